package dev.dagkeeper.worker;

import dev.dagkeeper.history.WorkerStore.Recorded;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records results as many at once as have come in while those before were under way: a lone result waits for nobody. One
 * thread of its own; {@link #submit} may be called from any.
 */
final class RecorderThread implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RecorderThread.class);
    private static final int BATCH = 500;

    private final Recorder recorder;
    private final LinkedBlockingQueue<Optional<Recorded>> waiting = new LinkedBlockingQueue<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().name("worker-recorder").unstarted(this::run);

    RecorderThread(Recorder recorder) {
        this.recorder = recorder;
    }

    void start() {
        thread.start();
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
                batch.forEach(result -> result.ifPresent(recorder::add));
                for (var pause = recorder.record(); !pause.isZero(); pause = recorder.record()) {
                    if (closing.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                        log.warn("results not recorded count={}: their steps will run again", recorder.size());
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
