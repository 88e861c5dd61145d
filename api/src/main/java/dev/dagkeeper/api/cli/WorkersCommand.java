package dev.dagkeeper.api.cli;

import dev.dagkeeper.workflow.Amounts;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Lists the workers. */
@Command(name = "workers", description = "List the workers that are alive.")
final class WorkersCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(arity = "0..1", paramLabel = "list", description = "the only thing there is to do with them")
    private @Nullable String action;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    WorkersCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        if (action != null && !action.equals("list")) {
            throw new Failure(ExitCode.USAGE, "unknown argument '" + action + "'; expected 'list' or nothing");
        }
        try (var connection = new Connector(environment, server).required()) {
            var answer = connection.client().workers();
            if (!answer.path("available").asBoolean(false)) {
                environment.err().println("ZooKeeper is away: it is not known who is alive.");
            }
            var workers = new ArrayList<JsonNode>();
            answer.path("items").forEach(workers::add);
            new Output(environment.out(), output.format)
                    .list(
                            workers,
                            worker -> worker.path("id").asString(""),
                            out -> table(workers).print(out));
            return ExitCode.SUCCEEDED.number();
        }
    }

    private static Table table(Iterable<JsonNode> workers) {
        var table = new Table(
                "WORKER", "RUNNING", "QUEUED", "SLOTS", "CPU", "MEMORY", "QUEUES", "ZONE", "LABELS", "VERSION", "ID");
        for (var worker : workers) {
            table.row(
                    worker.path("worker").asString(""),
                    worker.path("running").asInt(0),
                    worker.path("queued").asInt(0),
                    worker.path("slots").asInt(0),
                    Amounts.cores(worker.path("cpu").asDouble(0)),
                    Amounts.memory(worker.path("memory").asLong(0)),
                    StreamSupport.stream(worker.path("queues").spliterator(), false)
                            .map(JsonNode::asString)
                            .collect(Collectors.joining(",")),
                    worker.path("zone").asString(""),
                    worker.path("labels").properties().stream()
                            .map(label ->
                                    label.getKey() + "=" + label.getValue().asString(""))
                            .collect(Collectors.joining(",")),
                    worker.path("version").asString(""),
                    worker.path("id").asString(""));
        }
        return table;
    }
}
