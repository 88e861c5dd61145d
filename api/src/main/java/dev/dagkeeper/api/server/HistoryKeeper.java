package dev.dagkeeper.api.server;

import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
import dev.dagkeeper.history.Database;
import dev.dagkeeper.history.StoreException;
import dev.dagkeeper.settings.LiveSettings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes room for the runs of the coming months, ends the history that is kept no longer and forgets drains of workers that are
 * gone, in the process that leads, every hour and when the retention is changed. It has a thread and connections of its own: the leader does not wait for it.
 * Thread-safe.
 */
final class HistoryKeeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HistoryKeeper.class);
    private static final Duration INTERVAL = Duration.ofHours(1);

    /** How long the drain of one start of a worker is kept at least, for those who ask what became of it. */
    private static final Duration DRAINS_KEPT = Duration.ofDays(1);

    /** When a month was in use, or Postgres did not answer. */
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Database database;
    private final InstantSource clock;
    private final BooleanSupplier leads;
    private final Supplier<List<String>> workers;
    private final Semaphore wakings = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;
    private volatile LiveSettings settings;

    /**
     * @param clock Postgres time
     * @param leads whether this process leads now
     * @param workers the incarnations that are there now
     */
    HistoryKeeper(
            Database database,
            InstantSource clock,
            BooleanSupplier leads,
            Supplier<List<String>> workers,
            LiveSettings settings) {
        this.database = database;
        this.clock = clock;
        this.leads = leads;
        this.workers = workers;
        this.settings = settings;
        thread = Thread.ofPlatform().name("history-keeper").daemon().start(this::run);
    }

    /** Goes by these settings from now on. */
    void settingsAre(LiveSettings now) {
        var changed = !now.retentionDays().equals(settings.retentionDays());
        settings = now;
        if (changed) {
            wakings.release();
        }
    }

    private void run() {
        // Whoever has just been started has better things to do.
        var wait = SOON;
        try {
            while (!closed) {
                if (wakings.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                    wakings.drainPermits();
                }
                if (!closed) {
                    wait = !leads.getAsBoolean() || keep() ? INTERVAL : SOON;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether all is done that there is to do. */
    private boolean keep() {
        try {
            database.createPartitions();
            forgetDrains();
            var days = settings.retentionDays();
            if (days.isEmpty()) {
                return true;
            }
            var outcome = database.dropHistory(clock.instant().minus(Duration.ofDays(days.getAsInt())));
            if (!outcome.dropped().isEmpty()) {
                log.info("history dropped months={} days={}", outcome.dropped(), days.getAsInt());
            }
            if (!outcome.unfinished().isEmpty()) {
                log.warn("history kept, it has unfinished runs months={}", outcome.unfinished());
            }
            return outcome.busy().isEmpty();
        } catch (StoreException | ZooKeeperUnavailableException e) {
            log.warn("history not looked after, tried again shortly: {}", e.getMessage());
            return false;
        }
    }

    private void forgetDrains() {
        var forgotten =
                database.drains().forgetGone(workers.get(), clock.instant().minus(DRAINS_KEPT));
        if (!forgotten.isEmpty()) {
            log.info("drains of workers that are gone forgotten workers={}", forgotten);
        }
    }

    @Override
    public void close() {
        closed = true;
        wakings.release();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
