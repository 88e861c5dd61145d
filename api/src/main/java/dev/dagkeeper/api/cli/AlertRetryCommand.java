package dev.dagkeeper.api.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Has alerts that were given up sent again. */
@Command(
        description =
                "Send alerts again that were given up, by the channels by which they did not arrive. They keep their ids.")
final class AlertRetryCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(arity = "1..*", paramLabel = "ALERT", description = "ids, see alerts --state dead")
    private List<String> alerts = List.of();

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    AlertRetryCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        try (var connection = new Connector(environment, server).required()) {
            var answers = new ArrayList<JsonNode>();
            for (var alert : alerts) {
                answers.add(connection.client().alerts().retry(alert));
            }
            new Output(environment.out(), output.format)
                    .list(
                            answers,
                            answer -> answer.path("id").asString(""),
                            out -> answers.forEach(
                                    answer -> out.println(answer.path("id").asString("") + " is sent again")));
            return ExitCode.SUCCEEDED.number();
        }
    }
}
