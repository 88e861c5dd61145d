package dev.dagkeeper.worker;

import dev.dagkeeper.history.StoreException;
import dev.dagkeeper.history.WorkerStore;
import dev.dagkeeper.history.WorkerStore.LogChunk;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the logs of running attempts to the store, those of all attempts together. Thread-safe; one thread of its own.
 */
final class LogShipper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogShipper.class);
    private static final long EVERY_MILLIS = 200;
    private static final long STORE_AGAIN_MILLIS = 1_000;

    private final WorkerStore store;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<AttemptLog> waiting = new LinkedHashSet<>();
    private boolean urgent;
    private boolean closed;
    private final Thread thread;

    LogShipper(WorkerStore store) {
        this.store = store;
        this.thread = Thread.ofPlatform().daemon().name("log-shipper").start(this::run);
    }

    /**
     * The log has something to send.
     *
     * @param now whether it has whole chunks, which do not wait for the next round
     */
    void ship(AttemptLog log, boolean now) {
        lock.lock();
        try {
            if (waiting.add(log) || (now && !urgent)) {
                urgent |= now;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The log's rest is stored by somebody else. */
    void forget(AttemptLog log) {
        lock.lock();
        try {
            waiting.remove(log);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (awaitRound()) {
                var logs = takeWaiting();
                if (!send(logs)) {
                    logs.forEach(log -> ship(log, false));
                    pause();
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether there is a next round; false when it is closed. */
    private boolean awaitRound() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.await();
            }
            long left = TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS);
            while (left > 0 && !urgent && !closed) {
                left = changed.awaitNanos(left);
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private List<AttemptLog> takeWaiting() {
        lock.lock();
        try {
            var logs = List.copyOf(waiting);
            waiting.clear();
            urgent = false;
            return logs;
        } finally {
            lock.unlock();
        }
    }

    private void pause() throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(STORE_AGAIN_MILLIS);
            while (left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean send(List<AttemptLog> logs) {
        var byLog = new LinkedHashMap<AttemptLog, List<LogChunk>>();
        var all = new ArrayList<LogChunk>();
        for (var log : logs) {
            var chunks = log.unsent();
            if (!chunks.isEmpty()) {
                byLog.put(log, chunks);
                all.addAll(chunks);
            }
        }
        if (all.isEmpty()) {
            return true;
        }
        try {
            store.appendLogs(all);
        } catch (StoreException unavailable) {
            LOG.warn("cannot store logs, trying again: {}", unavailable.getMessage());
            return false;
        }
        byLog.forEach(AttemptLog::sent);
        return true;
    }
}
