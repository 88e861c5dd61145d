package dev.dagkeeper.api.cli;

import dev.dagkeeper.workflow.Amounts;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Lists the workers; the other commands about them are its subcommands. */
@Command(name = "workers", description = "List the workers that are alive; drain one, or let it take steps again.")
final class WorkersCommand implements Callable<Integer> {
    private final Environment environment;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    WorkersCommand(Environment environment) {
        this.environment = environment;
    }

    /** The command with the subcommand that is named; with none before an option; with all to list or suggest them. */
    static CommandLine withSubcommands(Environment environment, String named) {
        var line = new CommandLine(new WorkersCommand(environment));
        var help = named.equals("-h") || named.equals("--help");
        if (!named.startsWith("-") || help) {
            line.addSubcommand("list", new WorkersCommand(environment));
            line.addSubcommand("drain", new DrainCommand(environment));
            line.addSubcommand("resume", new ResumeCommand(environment));
        }
        return line;
    }

    @Override
    public Integer call() throws Exception {
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
            for (var drain : answer.path("drains")) {
                var name = drain.path("worker").asString("");
                if (workers.stream()
                        .noneMatch(worker -> name.equals(worker.path("worker").asString(""))
                                || name.equals(worker.path("id").asString("")))) {
                    environment.err().println(name + " is drained and not running.");
                }
            }
            return ExitCode.SUCCEEDED.number();
        }
    }

    /** With the reason where it is not an operator's wish. */
    private static String state(JsonNode worker) {
        var state = worker.path("state").asString("");
        return state.equals("refused") ? state + ": " + worker.path("reason").asString("") : state;
    }

    private static Table table(Iterable<JsonNode> workers) {
        var table = new Table(
                "WORKER", "STATE", "RUNNING", "QUEUED", "SLOTS", "CPU", "MEMORY", "QUEUES", "ZONE", "LABELS", "VERSION",
                "SINCE", "SESSION", "ID");
        for (var worker : workers) {
            table.row(
                    worker.path("worker").asString(""),
                    state(worker),
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
                    worker.path("since").asString(""),
                    worker.path("session").asString(""),
                    worker.path("id").asString(""));
        }
        return table;
    }
}
