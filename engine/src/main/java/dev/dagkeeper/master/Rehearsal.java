package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.Members;
import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.StoreException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A candidate loads what it would lead, decides about it and throws all of it away: it reads only. A leader whose code is
 * compiled and whose workflows are cached takes over several times faster than one that does this for the first time, and
 * while it loads nothing is dispatched. One thread, which rests fifty times as long as it works.
 */
final class Rehearsal implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(3);
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(20);
    private static final int PAUSE_FACTOR = 50;

    /** A leader would load all that is active; this many runs are enough to be ready for that. */
    private static final int RUNS = 200;

    private final Coordination zooKeeper;
    private final LeaderStore store;
    private final Workflows workflows;
    private final InstantSource clock;
    private final BooleanSupplier leads;
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable Thread thread;

    /** @param leads whether this process leads now, so that there is nothing to rehearse */
    Rehearsal(
            Coordination zooKeeper,
            LeaderStore store,
            Workflows workflows,
            InstantSource clock,
            BooleanSupplier leads) {
        this.zooKeeper = zooKeeper;
        this.store = store;
        this.workflows = workflows;
        this.clock = clock;
        this.leads = leads;
    }

    /** From now on, now and then. */
    void start() {
        thread = Thread.ofPlatform().name("rehearsal").daemon().start(this::run);
    }

    private void run() {
        var pause = FIRST_PAUSE;
        try {
            while (!closing.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                long began = System.nanoTime();
                if (!leads.getAsBoolean()) {
                    safely();
                }
                var rest = Duration.ofNanos(System.nanoTime() - began).multipliedBy(PAUSE_FACTOR);
                pause = rest.compareTo(SHORTEST_PAUSE) > 0 ? rest : SHORTEST_PAUSE;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void safely() throws InterruptedException {
        try {
            log.debug("rehearsed runs={}", once());
        } catch (StoreException | ZooKeeperUnavailableException e) {
            log.debug("not rehearsed, a store did not answer", e);
        } catch (RuntimeException e) {
            // Nothing depends on it; a leader that meets the same will say so where it counts.
            log.debug("not rehearsed", e);
        }
    }

    /** Loads and decides once; returns how many runs there were. */
    int once() throws InterruptedException {
        // Of no epoch: whatever it wrote would be refused.
        var term = new Term(store, 0, new LeaderMetrics(new SimpleMeterRegistry()));
        term.membersAre(Members.list(zooKeeper));
        return new TakingUp(zooKeeper, store, workflows, term).rehearse(RUNS, clock.instant());
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
