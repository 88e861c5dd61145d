package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Election;
import dev.dagkeeper.cluster.EpochFence;
import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.StoreException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A candidate for the lead; while elected it leads, term by term. A term ends when its memory cannot be relied on: another
 * epoch was raised, a store did not answer, the outcome of a commit is unknown. As long as it is still elected it then takes
 * a new epoch and loads everything again.
 */
public final class Master implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Master.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final ZooKeeperConnection zooKeeper;
    private final LeaderStore store;
    private final Workflows workflows;
    private final InstantSource clock;
    private final LeaderSettings settings;
    private final LeaderMetrics metrics;
    private final Election election;
    private @Nullable Lead lead;

    /**
     * Becomes a candidate.
     *
     * @param id of this process, for those who ask who leads
     * @param clock Postgres time
     */
    public Master(
            ZooKeeperConnection zooKeeper,
            String id,
            LeaderStore store,
            Workflows workflows,
            InstantSource clock,
            LeaderSettings settings,
            MeterRegistry meters) {
        this.zooKeeper = zooKeeper;
        this.store = store;
        this.workflows = workflows;
        this.clock = clock;
        this.settings = settings;
        metrics = new LeaderMetrics(meters);
        election = new Election(zooKeeper, id, new Election.Listener() {
            @Override
            public void elected() {
                begin();
            }

            @Override
            public void deposed() {
                end();
            }
        });
    }

    private synchronized void begin() {
        end();
        log.info("elected as leader");
        lead = new Lead();
    }

    private synchronized void end() {
        if (lead != null) {
            lead.close();
            lead = null;
            log.info("not the leader any more");
        }
    }

    /** Gives up the lead and the candidature. */
    @Override
    public void close() {
        election.close();
        end();
    }

    /** One time as the elected leader: a thread and its terms. */
    private final class Lead implements AutoCloseable {
        private final LinkedBlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
        private final CountDownLatch closing = new CountDownLatch(1);
        private final Thread thread = Thread.ofPlatform().name("leader").start(this::run);

        private void run() {
            var pause = FIRST_PAUSE;
            try {
                while (closing.getCount() > 0) {
                    long began = System.nanoTime();
                    try {
                        term();
                    } catch (TermEndedException e) {
                        log.warn("term ended: {}", e.getMessage());
                    } catch (StoreException | ZooKeeperUnavailableException | KeeperException e) {
                        log.warn("term ended, a store did not answer", e);
                    } catch (RuntimeException e) {
                        // A leader without a thread would be worse than one that tries again from what is stored.
                        log.error("term ended by an error of the program, please report it", e);
                    }
                    pause = System.nanoTime() - began > LONGEST_PAUSE.toNanos() ? FIRST_PAUSE : pause.multipliedBy(2);
                    pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
                    if (closing.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                        return;
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void term() throws KeeperException, InterruptedException {
            signals.clear();
            if (closing.getCount() == 0) {
                return;
            }
            var fence = EpochFence.raise(zooKeeper, store.raiseEpoch());
            if (fence.isEmpty()) {
                throw new TermEndedException("a leader with a higher epoch is there already");
            }
            metrics.termBegan();
            new Leader(zooKeeper, store, workflows, clock, settings, metrics, signals, fence.get()).lead();
        }

        @Override
        public void close() {
            closing.countDown();
            signals.add(new Signal.StepDown());
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
