package dev.dagkeeper.executors.shell;

import dev.dagkeeper.executor.StepContext;
import dev.dagkeeper.process.ProcessTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A script's process and all that it starts, from the start to the verified end of all of them. Used by one thread. */
final class ScriptProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ScriptProcess.class);
    /** A process that ends sooner is read afterwards by its own step's thread and costs no other. */
    private static final Duration SHORT = Duration.ofMillis(10);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    /** How long what a script left in the background may take to end. */
    private static final Duration LEFT_BEHIND = Duration.ofSeconds(2);

    private static final Duration KILLED = Duration.ofSeconds(5);
    private static final Duration QUIET = Duration.ofSeconds(2);

    private final Process process;
    private final ProcessTree tree;
    private final StepContext context;
    private final ExecutorService pumps;
    private Optional<OutputPump> pump = Optional.empty();

    private ScriptProcess(Process process, ProcessTree tree, StepContext context, ExecutorService pumps) {
        this.process = process;
        this.tree = tree;
        this.context = context;
        this.pumps = pumps;
    }

    /**
     * Starts it.
     *
     * @param builder without redirections; its command must lead a session of its own
     * @param pumps gives platform threads
     */
    static ScriptProcess start(ProcessBuilder builder, StepContext context, ExecutorService pumps) throws IOException {
        var marker = context.processMarker();
        int equals = marker.indexOf('=');
        builder.environment().put(marker.substring(0, equals), marker.substring(equals + 1));
        builder.redirectErrorStream(true).redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        var process = builder.start();
        return new ScriptProcess(process, new ProcessTree(process.pid(), marker), context, pumps);
    }

    /**
     * Waits for the script's end, ends what it left behind, and has all its output in the log.
     *
     * @return the exit code, 128 + n for signal n
     * @throws InterruptedException when told to end; then nothing of it runs any more
     */
    int await() throws InterruptedException, IOException {
        try (var _ = context.guard(process.pid())) {
            int exitCode = awaitExit();
            readRest();
            if (tree.groupExists()) {
                endLeftBehind();
            }
            readRest();
            if (pump.isPresent()) {
                finish(pump.get());
            }
            return exitCode;
        } finally {
            process.getInputStream().close();
        }
    }

    private int awaitExit() throws InterruptedException {
        try {
            if (!process.waitFor(SHORT.toNanos(), TimeUnit.NANOSECONDS)) {
                var started = new OutputPump(process.getInputStream(), context.log());
                pumps.execute(started);
                pump = Optional.of(started);
            }
            return process.waitFor();
        } catch (InterruptedException told) {
            end();
            throw told;
        }
    }

    /** Told to end: TERM to everything, the grace, KILL to everything, and a look whether all of it is gone. */
    private void end() {
        tree.terminate();
        awaitEnd(System.nanoTime(), Optional.empty());
        kill();
        try {
            readRest();
            if (pump.isPresent()) {
                finish(pump.get());
            }
        } catch (IOException closed) {
            LOG.debug("the output of a process was closed", closed);
        }
    }

    /** Without a pump, takes what the pipe holds now. */
    private void readRest() throws IOException {
        if (pump.isEmpty()) {
            OutputPump.drain(process.getInputStream(), context.log());
        }
    }

    /** Waits until nothing is left or the grace is over, which may grow shorter meanwhile. */
    private void awaitEnd(long since, Optional<Duration> atMost) {
        while (process.isAlive() || !tree.survivors().isEmpty()) {
            var grace = context.grace();
            var limit = atMost.filter(most -> most.compareTo(grace) < 0).orElse(grace);
            if (System.nanoTime() - since >= limit.toNanos()) {
                return;
            }
            // A second interrupt says that the grace has changed; it must not make this loop spin.
            if (!Thread.interrupted()) {
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            }
        }
    }

    private void endLeftBehind() {
        var left = tree.survivors();
        if (left.isEmpty()) {
            return;
        }
        say("the script ended and left " + left.size() + " processes in the background, which are ended now: " + left);
        tree.terminate();
        awaitEnd(System.nanoTime(), Optional.of(LEFT_BEHIND));
        kill();
    }

    private void kill() {
        if (!tree.kill(KILLED)) {
            LOG.error("processes {} of a step do not end", tree.survivors());
            say("these processes do not end even when killed: " + tree.survivors());
        }
    }

    /** All writers are gone, unless one escaped from group and session: then it is found by its marker. */
    private void finish(OutputPump copying) {
        try {
            if (!copying.await(Duration.ofMillis(50)) && !tree.survivors().isEmpty()) {
                kill();
            }
            if (!copying.awaitQuiet(QUIET)) {
                say("the output stays open although every known process has ended; the rest of it is not kept");
            }
        } catch (InterruptedException told) {
            // The script's own end came first and counts; what is still in the pipe is all that can be lost.
            kill();
            LOG.debug("told to end while reading the last output", told);
        }
    }

    private void say(String text) {
        try {
            context.log().write(("[dagkeeper] " + text + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException closed) {
            LOG.debug("the log is closed", closed);
        }
    }
}
