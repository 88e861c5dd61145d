package dev.dagkeeper.api.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Holds backfills back, ends that, or ends them. */
@Command(
        description = {
            "Pause, resume or cancel backfills. While one is paused nothing new is started, and what runs goes on;",
            "cancel also cancels its active runs, and what was not started stays so."
        })
final class BackfillChangeCommand implements Callable<Integer> {
    private final Environment environment;
    private final String verb;

    @Parameters(arity = "1..*", paramLabel = "ID", description = "its number")
    private List<String> ids = List.of();

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    BackfillChangeCommand(Environment environment, String verb) {
        this.environment = environment;
        this.verb = verb;
    }

    @Override
    public Integer call() throws Exception {
        var numbers = ids.stream().map(BackfillText::number).toList();
        try (var connection = new Connector(environment, server).required()) {
            var answers = new ArrayList<JsonNode>();
            for (var number : numbers) {
                answers.add(connection.client().changeBackfill(number, verb));
            }
            new Output(environment.out(), output.format)
                    .list(
                            answers,
                            BackfillText::id,
                            out -> answers.forEach(answer -> out.println("backfill "
                                    + BackfillText.id(answer) + " is "
                                    + answer.path("state").asString("") + ", "
                                    + BackfillText.progress(answer))));
            return ExitCode.SUCCEEDED.number();
        }
    }
}
