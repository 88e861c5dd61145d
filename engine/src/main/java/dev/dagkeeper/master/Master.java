package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Election;
import dev.dagkeeper.cluster.EpochFence;
import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.RunIds;
import dev.dagkeeper.settings.LiveSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A candidate for the lead; while elected it leads, on a thread of its own. What it does then is in {@link Lead}.
 */
public final class Master implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Master.class);

    /** Signals handled in one round at most, so that a transaction stays short. */
    private static final int ROUND = 2_000;

    private final ZooKeeperConnection zooKeeper;
    private final LeaderStore store;
    private final Workflows workflows;
    private final InstantSource clock;
    private final LeaderSettings settings;
    private final Consumer<String> refused;
    private final LeaderMetrics metrics;
    private final Election election;
    private final Rehearsal rehearsal;
    private @Nullable LeadThread lead;
    private volatile LiveSettings live;

    /**
     * Becomes a candidate.
     *
     * @param id of this process, for those who ask who leads
     * @param clock Postgres time
     * @param live as they are now; {@link #settingsAre} tells of others
     * @param refused told the reason each time it was elected but must not lead this cluster; on a thread that {@link #close}
     *     waits for
     */
    public Master(
            ZooKeeperConnection zooKeeper,
            String id,
            LeaderStore store,
            Workflows workflows,
            InstantSource clock,
            LeaderSettings settings,
            LiveSettings live,
            Consumer<String> refused,
            MeterRegistry meters) {
        this.zooKeeper = zooKeeper;
        this.store = store;
        this.workflows = workflows;
        this.clock = clock;
        this.settings = settings;
        this.live = live;
        this.refused = refused;
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
        rehearsal = new Rehearsal(this::understudy, zooKeeper, this::leads);
        rehearsal.start();
    }

    /** Whether it leads now, as far as it knows. Thread-safe. */
    public synchronized boolean leads() {
        return lead != null;
    }

    /** A leader of no epoch: whatever it wrote would be refused. */
    private Leader understudy() {
        return new Leader(
                zooKeeper,
                store,
                workflows,
                clock,
                System::nanoTime,
                settings,
                new LeaderMetrics(new SimpleMeterRegistry()),
                _ -> {},
                live,
                this::alarms,
                new RunIds(clock),
                new EpochFence(0));
    }

    private Alarms alarms(LongConsumer fired) {
        return new QuartzAlarms(clock, InstantSource.system(), fired);
    }

    /** Leads by these settings from the next round on, now or once elected. Thread-safe. */
    public synchronized void settingsAre(LiveSettings now) {
        live = now;
        if (lead != null) {
            lead.signals.add(new Signal.SettingsChanged(now));
        }
    }

    private synchronized void begin() {
        end();
        log.info("elected as leader");
        lead = new LeadThread();
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
        rehearsal.close();
        election.close();
        end();
    }

    /** One time as the elected leader. */
    private final class LeadThread implements AutoCloseable {
        private final LinkedBlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
        private final Thread thread = Thread.ofPlatform().name("leader").start(this::run);

        private void run() {
            var round = new ArrayList<Signal>();
            round.add(new Signal.SettingsChanged(live));
            try (var terms = new Lead(
                    zooKeeper,
                    store,
                    workflows,
                    clock,
                    System::nanoTime,
                    settings,
                    metrics,
                    signals::add,
                    Master.this::alarms,
                    new RunIds(clock),
                    refused)) {
                while (round.stream().noneMatch(Signal.StepDown.class::isInstance)) {
                    terms.round(round);
                    round.clear();
                    var first = signals.poll(terms.untilDue().toNanos(), TimeUnit.NANOSECONDS);
                    if (first != null) {
                        round.add(first);
                        signals.drainTo(round, ROUND);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            signals.add(new Signal.StepDown());
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
