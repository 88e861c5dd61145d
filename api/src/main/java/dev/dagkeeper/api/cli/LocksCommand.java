package dev.dagkeeper.api.cli;

import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Shows who runs which step. */
@Command(name = "locks", description = "Show the steps that run, by the locks of their workers.")
final class LocksCommand implements Callable<Integer> {
    private final Environment environment;

    @Option(names = "--worker", paramLabel = "NAME", description = "only what this worker, or incarnation, holds")
    private @Nullable String worker;

    @Option(names = "--limit", paramLabel = "N", description = "at most so many; default ${DEFAULT-VALUE}")
    private int limit = 500;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    LocksCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        if (limit < 1) {
            throw new Failure(ExitCode.USAGE, "--limit is " + limit + "; expected 1 or more");
        }
        try (var connection = new Connector(environment, server).required()) {
            var answer = connection.client().locks(Optional.ofNullable(worker), limit);
            if (!answer.path("available").asBoolean(false)) {
                environment.err().println("ZooKeeper is away: it is not known what is locked.");
            }
            var locks = new ArrayList<JsonNode>();
            answer.path("items").forEach(locks::add);
            new Output(environment.out(), output.format)
                    .list(
                            locks,
                            lock -> lock.path("run").asString("") + "/" + QueueCommand.step(lock),
                            out -> table(locks).print(out));
            var held = answer.path("held").asInt(0);
            if (held > locks.size()) {
                environment
                        .err()
                        .println(locks.size() + " of " + held
                                + " locks shown; --limit N shows more, --worker NAME those of one worker.");
            }
            return ExitCode.SUCCEEDED.number();
        }
    }

    private static Table table(Iterable<JsonNode> locks) {
        var table = new Table("RUN", "STEP", "INDEX", "CLAIM", "WORKER", "SINCE");
        for (var lock : locks) {
            table.row(
                    lock.path("run").asString(""),
                    QueueCommand.step(lock),
                    lock.path("index").isNull() ? "" : lock.path("index").asInt(),
                    lock.path("claim").asInt(0),
                    lock.path("worker").asString(""),
                    lock.path("since").asString(""));
        }
        return table;
    }
}
