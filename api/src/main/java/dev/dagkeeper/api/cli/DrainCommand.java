package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.workflow.Durations;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Drains a worker: it finishes what it runs and gets nothing new. */
@Command(
        description = {
            "Drain a worker: it finishes what it runs and gets nothing new, until it is resumed.",
            "A worker that is drained by its name stays so when it, or the leader, is started anew."
        })
final class DrainCommand implements Callable<Integer> {
    private static final long LOOK_MILLIS = 300;

    private final Environment environment;

    @Parameters(paramLabel = "WORKER", description = "a name, or the id of one start of it")
    private String worker = "";

    @Option(names = "--wait", description = "wait until it holds no step")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "wait at most so long, such as 10m; exit code 7 then")
    private @Nullable String timeout;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    DrainCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        var atMost = atMost();
        try (var connection = new Connector(environment, server).required()) {
            var answer = connection.client().drain(worker, false);
            boolean empty = !wait || awaitEmpty(connection.client(), atMost);
            new Output(environment.out(), output.format)
                    .object(
                            answer,
                            json -> json.path("worker").asString(""),
                            out -> out.println(worker + (wait && empty ? " holds nothing" : " gets nothing new")));
            if (!empty) {
                environment.err().println("It did not become empty within " + timeout + "; it stays drained.");
            }
            return (empty ? ExitCode.SUCCEEDED : ExitCode.GAVE_UP).number();
        }
    }

    private Duration atMost() {
        if (timeout == null) {
            return Duration.ofDays(365);
        }
        return Durations.parse(timeout)
                .orElseThrow(() -> new Failure(
                        ExitCode.USAGE, "--timeout is '" + timeout + "'; expected a duration, such as 30s or 10m"));
    }

    /** Only an operator waits so, and seldom, so looking now and then is cheap enough. */
    private boolean awaitEmpty(DagkeeperClient client, Duration atMost) throws InterruptedException {
        var begun = System.nanoTime();
        var never = new CountDownLatch(1);
        while (!isEmpty(client)) {
            if (System.nanoTime() - begun > atMost.toNanos()) {
                return false;
            }
            never.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
        return true;
    }

    private boolean isEmpty(DagkeeperClient client) {
        var workers = client.workers();
        if (!workers.path("available").asBoolean(false)) {
            return false;
        }
        for (var item : workers.path("items")) {
            var meant = worker.equals(item.path("worker").asString(""))
                    || worker.equals(item.path("id").asString(""));
            if (meant && item.path("running").asInt(0) + item.path("queued").asInt(0) > 0) {
                return false;
            }
        }
        return true;
    }
}
