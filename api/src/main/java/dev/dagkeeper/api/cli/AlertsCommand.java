package dev.dagkeeper.api.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Lists alerts; the other command about them is its subcommand. */
@Command(name = "alerts", description = "List alerts and what became of them; send those again that were given up.")
final class AlertsCommand implements Callable<Integer> {
    private final Environment environment;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "pending, sent, dead (given up), or listed (there was no channel)")
    private @Nullable String state;

    @Option(names = "--limit", paramLabel = "N", description = "at most so many; default ${DEFAULT-VALUE}")
    private int limit = 50;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    AlertsCommand(Environment environment) {
        this.environment = environment;
    }

    /** The command with its subcommands. */
    static CommandLine withSubcommands(Environment environment) {
        return new CommandLine(new AlertsCommand(environment))
                .addSubcommand("list", new AlertsCommand(environment))
                .addSubcommand("retry", new AlertRetryCommand(environment));
    }

    @Override
    public Integer call() throws Exception {
        if (limit < 1) {
            throw new Failure(ExitCode.USAGE, "--limit is " + limit + "; expected 1 or more");
        }
        try (var connection = new Connector(environment, server).toAsk()) {
            var alerts = connection.client().alerts().list(Optional.ofNullable(state), limit);
            if (alerts.isEmpty()) {
                environment.err().println("No alerts.");
            }
            new Output(environment.out(), output.format)
                    .list(
                            alerts,
                            alert -> alert.path("id").asString(""),
                            out -> table(alerts).print(out));
            return ExitCode.SUCCEEDED.number();
        }
    }

    private static Table table(List<JsonNode> alerts) {
        var table = new Table("ALERT", "AT", "STATE", "SUBJECT", "RUN", "DELIVERIES");
        for (var alert : alerts) {
            table.row(
                    alert.path("id").asString(""),
                    alert.path("at").asString(""),
                    alert.path("state").asString(""),
                    alert.path("subject").asString(""),
                    alert.path("run").asString(""),
                    StreamSupport.stream(alert.path("deliveries").spliterator(), false)
                            .map(AlertsCommand::delivery)
                            .collect(Collectors.joining("; ")));
        }
        return table;
    }

    private static String delivery(JsonNode delivery) {
        var error = delivery.path("error").asString("");
        return delivery.path("channel").asString("") + " "
                + delivery.path("state").asString("")
                + (error.isEmpty() ? "" : " after " + delivery.path("attempts").asInt(0) + ": " + error);
    }
}
