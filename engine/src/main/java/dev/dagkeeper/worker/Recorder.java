package dev.dagkeeper.worker;

import dev.dagkeeper.history.StoreException;
import dev.dagkeeper.history.WorkerStore;
import dev.dagkeeper.history.WorkerStore.Recorded;
import dev.dagkeeper.run.StepKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records results, durably, as many in one transaction as have come in while the one before was under way: a lone result
 * waits for nobody. When Postgres is away it keeps them and tries again for as long as it takes. One thread of its own;
 * {@link #submit} may be called from any.
 */
final class Recorder implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Recorder.class);
    private static final int BATCH = 500;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final WorkerStore store;
    private final Listener listener;
    private final LinkedBlockingQueue<Optional<Recorded>> waiting = new LinkedBlockingQueue<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    /** Told on the recorder's thread once a batch is in Postgres. */
    interface Listener {
        /** All of {@code results} are dealt with; those not in {@code accepted} lost their claim before. */
        void recorded(List<Recorded> results, Set<StepKey> accepted);
    }

    Recorder(WorkerStore store, Listener listener) {
        this.store = store;
        this.listener = listener;
        thread = Thread.ofPlatform().name("worker-recorder").start(this::run);
    }

    void submit(Recorded result) {
        waiting.add(Optional.of(result));
    }

    private void run() {
        var batch = new ArrayList<Optional<Recorded>>(BATCH);
        boolean more = true;
        try {
            while (more) {
                batch.clear();
                batch.add(waiting.take());
                waiting.drainTo(batch, BATCH - 1);
                more = batch.stream().allMatch(Optional::isPresent);
                var results = batch.stream().flatMap(Optional::stream).toList();
                if (!results.isEmpty()) {
                    record(results);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void record(List<Recorded> results) throws InterruptedException {
        var pause = FIRST_PAUSE;
        while (true) {
            try {
                var accepted = store.record(results);
                listener.recorded(results, accepted);
                return;
            } catch (StoreException e) {
                log.warn("results wait for postgres count={} pause={}ms", results.size(), pause.toMillis(), e);
            }
            if (closing.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                log.warn("results not recorded count={}: their steps will run again", results.size());
                return;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    /** Records what is waiting, unless Postgres is away, and ends the thread. */
    @Override
    public void close() {
        waiting.add(Optional.empty());
        closing.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
