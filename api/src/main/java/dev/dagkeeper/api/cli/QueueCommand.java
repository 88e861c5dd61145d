package dev.dagkeeper.api.cli;

import java.util.ArrayList;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Shows what waits in the inboxes of workers. */
@Command(
        name = "queue",
        description = "Show the steps that were given to workers and have not started, and what waits behind them.")
final class QueueCommand implements Callable<Integer> {
    private final Environment environment;

    @Option(names = "--limit", paramLabel = "N", description = "at most so many; default ${DEFAULT-VALUE}")
    private int limit = 500;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    QueueCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        if (limit < 1) {
            throw new Failure(ExitCode.USAGE, "--limit is " + limit + "; expected 1 or more");
        }
        try (var connection = new Connector(environment, server).required()) {
            var queue = connection.client().queue(limit);
            if (!queue.path("available").asBoolean(false)) {
                environment.err().println("ZooKeeper is away: it is not known what is queued.");
            }
            var items = new ArrayList<JsonNode>();
            queue.path("items").forEach(items::add);
            new Output(environment.out(), output.format)
                    .list(
                            items,
                            item -> item.path("run").asString(""),
                            out -> table(items).print(out));
            var depth = queue.path("depth").asInt(0);
            if (depth > items.size()) {
                environment.err().println(items.size() + " of " + depth + " items shown; --limit N shows more.");
            }
            for (var waiting : queue.path("backlog")) {
                environment
                        .err()
                        .println("queue " + waiting.path("queue").asString("") + ": "
                                + waiting.path("steps").asInt(0)
                                + " ready, with no worker yet; the oldest of their runs is of "
                                + waiting.path("oldestRun").asString(""));
            }
            return ExitCode.SUCCEEDED.number();
        }
    }

    /** The step's name, or its number where the name is not known. */
    static String step(JsonNode item) {
        return item.path("name").isString()
                ? item.path("name").asString("")
                : Integer.toString(item.path("step").asInt(0));
    }

    private static Table table(Iterable<JsonNode> items) {
        var table = new Table("RUN", "STEP", "INDEX", "CLAIM", "PRIORITY", "WORKER", "SINCE");
        for (var item : items) {
            table.row(
                    item.path("run").asString(""),
                    step(item),
                    item.path("index").isNull() ? "" : item.path("index").asInt(),
                    item.path("claim").asInt(0),
                    item.path("priority").asInt(0),
                    item.path("worker").asString(""),
                    item.path("since").asString(""));
        }
        return table;
    }
}
