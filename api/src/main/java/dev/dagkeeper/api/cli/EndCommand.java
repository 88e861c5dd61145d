package dev.dagkeeper.api.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Cancels or kills runs. */
@Command(
        description = {
            "End runs: cancel lets processes end in order and runs the 'always' hooks,",
            "kill gives processes no time and runs no hooks."
        })
final class EndCommand implements Callable<Integer> {
    private final Environment environment;
    private final boolean kill;

    @Parameters(arity = "1..*", paramLabel = "RUN", description = "ids, beginnings of ids, @latest or @failed")
    private List<String> runs = List.of();

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    EndCommand(Environment environment, boolean kill) {
        this.environment = environment;
        this.kill = kill;
    }

    @Override
    public Integer call() throws Exception {
        try (var connection = new Connector(environment, server).required()) {
            var answers = new ArrayList<JsonNode>();
            for (var run : runs) {
                answers.add(connection.client().end(Target.run(run), kill));
            }
            new Output(environment.out(), output.format)
                    .list(
                            answers,
                            answer -> answer.path("run").asString(""),
                            out -> answers.forEach(
                                    answer -> out.println(answer.path("run").asString("") + " "
                                            + answer.path("kind").asString("") + " "
                                            + answer.path("outcome").asString(""))));
            return ExitCode.SUCCEEDED.number();
        }
    }
}
