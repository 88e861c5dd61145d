package dev.dagkeeper.api.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Lists datasets; the other commands about them are its subcommands. */
@Command(
        name = "datasets",
        description = "List datasets, who produces them and who waits for them; see their updates, or record one.")
final class DatasetsCommand implements Callable<Integer> {
    private final Environment environment;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    DatasetsCommand(Environment environment) {
        this.environment = environment;
    }

    /** The command with its subcommands. */
    static CommandLine withSubcommands(Environment environment) {
        return new CommandLine(new DatasetsCommand(environment))
                .addSubcommand("list", new DatasetsCommand(environment))
                .addSubcommand("events", new DatasetEventsCommand(environment))
                .addSubcommand("post", new DatasetPostCommand(environment));
    }

    @Override
    public Integer call() throws Exception {
        try (var connection = new Connector(environment, server).toAsk()) {
            var datasets = connection.client().datasets().list();
            if (datasets.isEmpty()) {
                environment.err().println("No datasets.");
            }
            new Output(environment.out(), output.format)
                    .list(
                            datasets,
                            dataset -> dataset.path("uri").asString(""),
                            out -> table(datasets).print(out));
            return ExitCode.SUCCEEDED.number();
        }
    }

    private static Table table(List<JsonNode> datasets) {
        var table = new Table("DATASET", "UPDATED", "PRODUCED BY", "STARTS");
        for (var dataset : datasets) {
            table.row(
                    dataset.path("uri").asString(""),
                    ScheduleText.utc(dataset.path("updatedAt")),
                    links(dataset.path("producers"), "step", "/"),
                    links(dataset.path("consumers"), "trigger", "."));
        }
        return table;
    }

    private static String links(JsonNode links, String name, String separator) {
        return StreamSupport.stream(links.spliterator(), false)
                .map(link -> link.path("namespace").asString("") + "."
                        + link.path("workflow").asString("") + separator
                        + link.path(name).asString(""))
                .collect(Collectors.joining(", "));
    }
}
