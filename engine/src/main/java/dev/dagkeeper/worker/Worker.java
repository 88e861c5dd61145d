package dev.dagkeeper.worker;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.history.WorkerStore;
import dev.dagkeeper.history.WorkerStore.Recorded;
import dev.dagkeeper.run.StepKey;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process's part as a worker. One thread ({@code worker}) decides by its {@link Workbench}; attempts run on threads of
 * their own and results are recorded by a {@link RecorderThread}.
 */
public final class Worker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);

    private final Attempts attempts;
    private final Consumer<String> refused;
    private final LinkedBlockingQueue<WorkerSignal> signals = new LinkedBlockingQueue<>();
    private final Workbench bench;
    private final RecorderThread recorder;
    private final Thread thread;
    private final CountDownLatch drained = new CountDownLatch(1);

    /**
     * Joins the cluster and begins to take steps.
     *
     * @param attempts closed with this worker
     * @param isolationTimeout after so long without either store, all processes are ended
     * @param refused told once, with the reason, when a leader does not accept this worker; on its thread
     * @throws dev.dagkeeper.cluster.ZooKeeperUnavailableException when it cannot join now
     */
    public Worker(
            Coordination zooKeeper,
            WorkerInfo info,
            WorkerStore store,
            Attempts attempts,
            Duration isolationTimeout,
            Consumer<String> refused,
            MeterRegistry meters)
            throws InterruptedException {
        this.attempts = attempts;
        this.refused = refused;
        recorder = new RecorderThread(new Recorder(store, this::recorded));
        bench = new Workbench(
                zooKeeper,
                info,
                store,
                attempts,
                recorder::submit,
                isolationTimeout,
                new SecureRandom(),
                System::nanoTime,
                signals::add,
                meters);
        recorder.start();
        thread = Thread.ofPlatform().name("worker").start(this::run);
    }

    /**
     * Runs so many steps at once from now on. With fewer than run already it takes none until enough have ended; none is
     * ended for that. Thread-safe.
     *
     * @param slots at least 1
     */
    public void slots(int slots) {
        signals.add(new WorkerSignal.SlotsChanged(slots));
    }

    private void recorded(List<Recorded> results, Set<StepKey> accepted) {
        bench.recorded(results, accepted);
    }

    private void run() {
        var round = new ArrayList<WorkerSignal>();
        boolean told = false;
        try {
            while (round.stream().noneMatch(WorkerSignal.Close.class::isInstance)) {
                bench.round(round);
                round.clear();
                if (!told && bench.refusal().isPresent()) {
                    told = true;
                    refused.accept(bench.refusal().get());
                }
                if (bench.isDrained()) {
                    drained.countDown();
                }
                var first = signals.poll(bench.untilDue().toNanos(), TimeUnit.NANOSECONDS);
                if (first != null) {
                    round.add(first);
                    signals.drainTo(round);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Takes nothing new from now on, says so to the leader, and waits until what runs here has ended and is recorded. To be
     * closed afterwards. May be interrupted, and {@link #close} called by another thread, to leave at once.
     *
     * @return false when something still runs after the time
     */
    public boolean drain(Duration timeout) throws InterruptedException {
        signals.add(new WorkerSignal.Drain());
        return drained.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Ends everything that runs here without recording it, so it runs again elsewhere; records what has ended. */
    @Override
    public void close() {
        signals.add(new WorkerSignal.Close());
        try {
            thread.join();
            drained.countDown();
            bench.abandon();
            attempts.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            log.warn("the work directory could not be given up", e);
        }
        recorder.close();
        bench.close();
    }
}
