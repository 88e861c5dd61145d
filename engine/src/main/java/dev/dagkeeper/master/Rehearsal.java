package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.LeaderInfo;
import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
import dev.dagkeeper.history.StoreException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A candidate loads what it would lead, decides about it and throws all of it away: it reads only. A leader whose code is
 * compiled and whose workflows are cached takes over several times faster than one that does this for the first time, and
 * while it loads nothing is dispatched. So it begins as soon as another leads: that one may be gone the next moment. One
 * thread, which rests fifty times as long as it works, and leaves off when its process is elected.
 */
final class Rehearsal implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);

    /** Between two looks whether another leads. */
    private static final Duration UNTIL_ANOTHER_LEADS = Duration.ofMillis(500);

    private static final Duration SHORTEST_REST = Duration.ofSeconds(5);
    private static final int REST_FACTOR = 50;

    /** A leader would load all that is active; this many runs are enough to be ready for that. */
    private static final int RUNS = 200;

    private final Supplier<Leader> understudy;
    private final Coordination zooKeeper;
    private final BooleanSupplier leads;
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable Thread thread;

    /**
     * @param understudy a leader whose writes would be refused, made anew for each time
     * @param leads whether this process leads now: then it is not to be held up
     */
    Rehearsal(Supplier<Leader> understudy, Coordination zooKeeper, BooleanSupplier leads) {
        this.understudy = understudy;
        this.zooKeeper = zooKeeper;
        this.leads = leads;
    }

    /** From now on, now and then. */
    void start() {
        thread = Thread.ofPlatform().name("rehearsal").daemon().start(this::run);
    }

    private void run() {
        var pause = UNTIL_ANOTHER_LEADS;
        try {
            while (!closing.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                pause = safely();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Rehearses, if there is reason to; returns how long to rest. */
    private Duration safely() throws InterruptedException {
        long began = System.nanoTime();
        try {
            // While nobody does, a leader is about to begin, perhaps here.
            if (leads.getAsBoolean() || LeaderInfo.present(zooKeeper).isEmpty()) {
                return UNTIL_ANOTHER_LEADS;
            }
            log.debug("rehearsed runs={}", once());
        } catch (StoreException | ZooKeeperUnavailableException e) {
            log.debug("not rehearsed, a store did not answer", e);
        } catch (RuntimeException e) {
            // Nothing depends on it; a leader that meets the same will say so where it counts.
            log.debug("not rehearsed", e);
        }
        var rest = Duration.ofNanos(System.nanoTime() - began).multipliedBy(REST_FACTOR);
        return rest.compareTo(SHORTEST_REST) > 0 ? rest : SHORTEST_REST;
    }

    /** Loads and decides once; returns how many runs there were. */
    int once() throws InterruptedException {
        try (var leader = understudy.get()) {
            return leader.rehearse(RUNS, () -> !leads.getAsBoolean() && closing.getCount() > 0);
        }
    }

    @Override
    public void close() {
        closing.countDown();
        if (thread == null) {
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
