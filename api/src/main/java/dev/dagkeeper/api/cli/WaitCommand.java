package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.Run;
import dev.dagkeeper.api.client.UnreachableException;
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

/** Waits for a run to end. */
@Command(name = "wait", description = "Wait until a run ends; the exit code tells how it did.")
final class WaitCommand implements Callable<Integer> {
    private static final Duration TURN = Duration.ofSeconds(30);
    /** How long a server may be away while somebody waits for one of its runs. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Environment environment;

    @Parameters(paramLabel = "RUN", description = "an id, the beginning of one, @latest or @failed")
    private String run = "";

    @Option(names = "--timeout", paramLabel = "DURATION", description = "give up after this time, with exit code 7")
    private @Nullable String timeout;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    WaitCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        var limit = timeout == null ? Duration.ofDays(36_500) : duration(timeout);
        try (var connection = new Connector(environment, server).toAsk()) {
            // A selector such as @latest is resolved once: it must not wander to a newer run.
            var found = connection.client().run(Target.run(run));
            if (connection.isHosted() && !found.state().isFinal()) {
                throw nobodyRuns(found);
            }
            var ended = await(connection.client(), found, limit);
            new Output(environment.out(), output.format)
                    .object(
                            ended.json(),
                            json -> ended.id(),
                            out -> out.println(ended.id() + " " + ended.state().text()));
            if (!ended.state().isFinal()) {
                environment.err().println("Gave up waiting; the run goes on.");
            }
            return ExitCode.of(ended.state()).number();
        }
    }

    /** Nothing would ever happen to wait for. */
    static Failure nobodyRuns(Run run) {
        return new Failure(
                ExitCode.UNREACHABLE,
                "run " + run.id() + " is " + run.state().text()
                        + " and no server is running; it goes on when one is started");
    }

    private static Duration duration(String text) {
        return Durations.parse(text)
                .orElseThrow(() -> new Failure(
                        ExitCode.USAGE, "--timeout is '" + text + "'; expected a duration such as 90s, 15m or 2h"));
    }

    private static Run await(DagkeeperClient client, Run found, Duration limit) throws InterruptedException {
        var end = System.nanoTime() + limit.toNanos();
        var current = found;
        var answered = System.nanoTime();
        while (!current.state().isFinal() && System.nanoTime() < end) {
            try {
                // The server waits in whole seconds: the last part of the limit is asked for as one more.
                var left = Duration.ofNanos(end - System.nanoTime()).plusMillis(999);
                current = client.awaitFinal(current.id(), left.compareTo(TURN) < 0 ? left : TURN);
                answered = System.nanoTime();
            } catch (UnreachableException e) {
                if (System.nanoTime() - answered > PATIENCE.toNanos()) {
                    throw e;
                }
                pause();
            }
        }
        return current;
    }

    private static void pause() throws InterruptedException {
        var never = new CountDownLatch(1);
        if (never.await(1, TimeUnit.SECONDS)) {
            throw new IllegalStateException("nobody counts down");
        }
    }
}
