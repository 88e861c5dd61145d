package dev.dagkeeper.process;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small process of its own session that reads from a pipe whose other end only this JVM holds. When the pipe closes,
 * however this JVM died, it ends the process groups it was told about and everything that carries the marker, within 2
 * seconds, and goes. Thread-safe.
 *
 * <p>It is told about a group only when that lives longer than a moment: what is younger is found by its marker, and a
 * guard that reads two lines for each of a thousand short steps a second would cost as much as they do.
 */
public final class ProcessGuard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessGuard.class);
    private static final long TELL_EVERY_MILLIS = 100;
    private static final long START_AGAIN_MILLIS = 1_000;

    private final String marker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Long> open = new HashSet<>();
    private final Set<Long> told = new HashSet<>();
    private @Nullable Thread teller;
    private @Nullable Process process;
    private boolean closed;

    /**
     * A guard that is not started yet.
     *
     * @param marker how the environment entry of every process to end begins: {@code NAME=value...}
     */
    public ProcessGuard(String marker) {
        this.marker = marker;
    }

    /**
     * Starts the guard's process when it does not run.
     *
     * @throws IOException when it cannot be started, which is also why no other process should be
     */
    public void ensureRunning() throws IOException {
        lock.lock();
        try {
            if (closed) {
                throw new IOException("the worker is closing");
            }
            if (process == null || !process.isAlive()) {
                start();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Watches over a process group until {@link #forget}. */
    public void watch(long group) {
        change(() -> open.add(group));
    }

    /** The group is gone. */
    public void forget(long group) {
        change(() -> open.remove(group));
    }

    /** Lets the guard go; it ends whatever is still there on its way. Waits for it for up to 3 seconds. */
    @Override
    public void close() {
        Optional<Process> last;
        Optional<Thread> thread;
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            last = Optional.ofNullable(process);
            thread = Optional.ofNullable(teller);
        } finally {
            lock.unlock();
        }
        try {
            if (thread.isPresent()) {
                thread.get().join();
            }
            if (last.isPresent()) {
                closePipe(last.get());
                if (!last.get().waitFor(3, TimeUnit.SECONDS)) {
                    LOG.warn("the guard process {} did not end", last.get().pid());
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void start() throws IOException {
        var builder = new ProcessBuilder("setsid", "sh", "-c", script(), "dagkeeper-guard", marker);
        // Without the marker of an engine around this one: then it would be ended before it can do its work.
        builder.environment().keySet().retainAll(Set.of("PATH"));
        builder.directory(new File("/"));
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD);
        var started = builder.start();
        process = started;
        told.clear();
        // Its end wakes the thread that starts another.
        var _ = started.onExit().thenRun(() -> change(() -> {}));
        if (teller == null) {
            teller = Thread.ofPlatform().daemon().name("process-guard").start(this::tell);
        }
    }

    private void tell() {
        lock.lock();
        try {
            while (!closed) {
                var current = process;
                if (current == null || !current.isAlive()) {
                    startAgain();
                } else if (open.equals(told)) {
                    changed.await();
                    if (!closed) {
                        waitMillis(TELL_EVERY_MILLIS);
                    }
                } else {
                    write(current);
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Waits whole, whatever changes meanwhile, unless it is closed. */
    private void waitMillis(long millis) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        while (left > 0 && !closed) {
            left = changed.awaitNanos(left);
        }
    }

    private void startAgain() throws InterruptedException {
        LOG.warn("the guard process ended; starting another");
        try {
            start();
        } catch (IOException failed) {
            LOG.error("cannot start the guard process: if this worker is killed now, its processes stay", failed);
            waitMillis(START_AGAIN_MILLIS);
        }
    }

    private void write(Process current) {
        var lines = new StringBuilder();
        for (var group : told) {
            if (!open.contains(group)) {
                lines.append("- ").append(group).append('\n');
            }
        }
        for (var group : open) {
            if (!told.contains(group)) {
                lines.append("+ ").append(group).append('\n');
            }
        }
        try {
            OutputStream pipe = current.getOutputStream();
            pipe.write(lines.toString().getBytes(StandardCharsets.US_ASCII));
            pipe.flush();
            told.clear();
            told.addAll(open);
        } catch (IOException ended) {
            // Its end is noticed by the next round, which starts another and tells it everything.
            current.destroyForcibly();
        }
    }

    private static void closePipe(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException closedAlready) {
            LOG.debug("the guard's pipe was closed", closedAlready);
        }
    }

    private static String script() {
        try (var in = ProcessGuard.class.getResourceAsStream("guard.sh")) {
            if (in == null) {
                throw new IllegalStateException("the resource guard.sh is missing from the engine's jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
