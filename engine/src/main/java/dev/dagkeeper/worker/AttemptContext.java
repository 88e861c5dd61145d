package dev.dagkeeper.worker;

import dev.dagkeeper.config.Connections;
import dev.dagkeeper.executor.StepContext;
import dev.dagkeeper.process.StepProcesses;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What one attempt is lent. Everything that costs anything is made when it is first asked for. Thread-safe. */
final class AttemptContext implements StepContext {
    private final AttemptSettings settings;
    private final StepProcesses processes;
    private final AttemptLog log;
    private final Supplier<Duration> grace;
    private final Path root;
    private final Revision revision;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Path scratch;
    private @Nullable Path working;
    private @Nullable String marker;

    AttemptContext(
            AttemptSettings settings,
            StepProcesses processes,
            AttemptLog log,
            Supplier<Duration> grace,
            Path root,
            Revision revision) {
        this.settings = settings;
        this.processes = processes;
        this.log = log;
        this.grace = grace;
        this.root = root;
        this.revision = revision;
    }

    @Override
    public OutputStream log() {
        return log;
    }

    @Override
    public Path workingDirectory() throws IOException {
        lock.lock();
        try {
            if (working == null) {
                var directory = scratchDirectory().resolve("work");
                WorkDirectory.createPrivate(directory);
                revision.copyFilesInto(directory);
                working = directory;
            }
            return working;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Path scratchDirectory() throws IOException {
        lock.lock();
        try {
            if (scratch == null) {
                WorkDirectory.createPrivate(root);
                scratch = root;
            }
            return scratch;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Connections connections() {
        return settings.connections();
    }

    @Override
    public Map<String, String> baseEnvironment() {
        return settings.baseEnvironment();
    }

    @Override
    public Duration grace() {
        return grace.get();
    }

    @Override
    public String processMarker() {
        lock.lock();
        try {
            if (marker == null) {
                marker = processes.enter();
            }
            return marker;
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot start the process that guards this worker's processes", failed);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public GuardedGroup guard(long processGroup) {
        processes.watch(processGroup);
        return () -> processes.forget(processGroup);
    }

    /** Forgets the processes and deletes the directory, if there are any. */
    void close() throws IOException {
        lock.lock();
        try {
            if (marker != null) {
                processes.leave(marker);
                marker = null;
            }
            if (scratch != null) {
                DirectoryTree.delete(scratch);
                scratch = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
