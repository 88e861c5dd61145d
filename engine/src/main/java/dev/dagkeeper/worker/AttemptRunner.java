package dev.dagkeeper.worker;

import dev.dagkeeper.executor.ExecutorCatalog;
import dev.dagkeeper.history.WorkerStore;
import dev.dagkeeper.process.StepProcesses;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out attempts: reads what a step needs, fills its templates, runs its executor with a timeout, and says what is
 * to be recorded. Thread-safe. How many attempts run at once is the caller's affair.
 *
 * <p>A store that does not answer delays an attempt and never fails it.
 */
public final class AttemptRunner implements Attempts {
    private static final Logger LOG = LoggerFactory.getLogger(AttemptRunner.class);
    private static final int HEADERS_KEPT = 4_096;
    private static final int REVISIONS_KEPT = 64;
    private static final long CLOSE_SECONDS = 20;

    private final WorkerResources resources;
    private final Set<Attempt> running = ConcurrentHashMap.newKeySet();
    private final Semaphore ended = new Semaphore(0);

    private AttemptRunner(WorkerResources resources) {
        this.resources = resources;
    }

    /**
     * Takes over the work directory: ends processes and deletes files that an earlier worker left there.
     *
     * @param clock gives the times of results: the database's time, as well as this process knows it
     * @throws IOException when the directory is in use by another worker or cannot be written
     */
    public static AttemptRunner open(
            AttemptSettings settings,
            WorkerStore store,
            Revisions revisions,
            ExecutorCatalog executors,
            SecretAccess secrets,
            InstantSource clock)
            throws IOException {
        var work = WorkDirectory.open(settings.workDirectory());
        try {
            var processes = StepProcesses.open(work.root(), settings.guard());
            work.clear();
            var timers = new ScheduledThreadPoolExecutor(
                    1, Thread.ofPlatform().daemon().name("attempt-timers").factory());
            timers.setRemoveOnCancelPolicy(true);
            return new AttemptRunner(new WorkerResources(
                    settings,
                    store,
                    executors,
                    secrets,
                    clock,
                    work,
                    processes,
                    new LogShipper(store),
                    new LoadOnce<>(HEADERS_KEPT, run -> header(store, run), header -> {}),
                    new LoadOnce<>(REVISIONS_KEPT, id -> revision(revisions, id, work), AttemptRunner::retire),
                    timers));
        } catch (IOException | RuntimeException failed) {
            work.close();
            throw failed;
        }
    }

    /** Starts an attempt on a virtual thread of its own and returns at once. */
    @Override
    public RunningAttempt start(Claimed claimed, AttemptListener listener) {
        var attempt = new Attempt(
                claimed, resources.clock().instant(), resources.settings().grace());
        running.add(attempt);
        var task = new AttemptTask(attempt, listener, resources);
        Thread.ofVirtual()
                .name("attempt " + claimed.key() + "#" + claimed.attempt())
                .start(() -> {
                    try {
                        task.run();
                    } finally {
                        running.remove(attempt);
                        ended.release();
                    }
                });
        return attempt;
    }

    /** Abandons what still runs, waits for its end (at most 20 seconds), and gives everything back. */
    @Override
    public void close() throws IOException {
        running.forEach(attempt -> attempt.stop(Stop.ABANDON));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
        try {
            while (!running.isEmpty() && System.nanoTime() < deadline) {
                ended.tryAcquire(100, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        resources.timers().shutdownNow();
        resources.shipper().close();
        resources.processes().close();
        resources.work().close();
    }

    private static RunHeader header(WorkerStore store, RunId run) {
        return store.header(run).orElseThrow(() -> new MissingException("there is no run " + run));
    }

    private static Revision revision(Revisions revisions, long id, WorkDirectory work) {
        var content = revisions
                .find(id)
                .orElseThrow(() -> new MissingException("the revision that the run is pinned to, " + id
                        + ", is not in the store; submit the workflow again"));
        return new Revision(id, content, work);
    }

    private static void retire(Revision revision) {
        try {
            revision.retire();
        } catch (IOException left) {
            LOG.warn("cannot delete the files of a revision: {}", left.getMessage());
        }
    }
}
