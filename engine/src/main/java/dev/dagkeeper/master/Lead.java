package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Compatibility;
import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.EpochFence;
import dev.dagkeeper.cluster.Protocol;
import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.RunIds;
import dev.dagkeeper.history.StoreException;
import dev.dagkeeper.settings.LiveSettings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One time as the elected leader: its terms, one after another. A term ends when its memory cannot be relied on: another
 * epoch was raised, a store did not answer, the outcome of a commit is unknown; after a pause the next one takes a new epoch
 * and loads everything again.
 *
 * <p>It does not wait and has no thread: whoever drives it calls {@link #round} with the signals that came, at the latest
 * when {@link #untilDue} is over. Not thread-safe.
 */
final class Lead implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Lead.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final Coordination zooKeeper;
    private final LeaderStore store;
    private final Workflows workflows;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final LeaderSettings settings;
    private final LeaderMetrics metrics;
    private final Consumer<Signal> signals;
    private final Alarms.Maker alarms;
    private final RunIds ids;
    private final Consumer<String> refused;
    private @Nullable Leader leader;
    private LiveSettings live = LiveSettings.DEFAULT;
    private Duration pause = FIRST_PAUSE;
    private long termBegan;
    private long nextTerm;

    /**
     * @param clock Postgres time
     * @param nanoTime the monotonic clock
     * @param signals takes what comes from other threads, to be handed to {@link #round}
     * @param alarms wake it when triggers are due
     * @param ids of the runs that it starts
     * @param refused told the reason each time it must not lead this cluster
     */
    Lead(
            Coordination zooKeeper,
            LeaderStore store,
            Workflows workflows,
            InstantSource clock,
            LongSupplier nanoTime,
            LeaderSettings settings,
            LeaderMetrics metrics,
            Consumer<Signal> signals,
            Alarms.Maker alarms,
            RunIds ids,
            Consumer<String> refused) {
        this.zooKeeper = zooKeeper;
        this.store = store;
        this.workflows = workflows;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.settings = settings;
        this.metrics = metrics;
        this.signals = signals;
        this.alarms = alarms;
        this.ids = ids;
        this.refused = refused;
        nextTerm = nanoTime.getAsLong();
    }

    /** How long there is nothing to do unless a signal comes. */
    Duration untilDue() {
        return leader == null ? Duration.ofNanos(Math.max(0, nextTerm - nanoTime.getAsLong())) : leader.untilDue();
    }

    /**
     * Does what the signals and the time ask for. Signals that come between two terms are about nothing that is known, the
     * settings aside, which outlive a term.
     */
    void round(List<Signal> round) throws InterruptedException {
        for (var signal : round) {
            if (signal instanceof Signal.SettingsChanged(var settings)) {
                live = settings;
            }
        }
        try {
            if (leader != null) {
                leader.round(round);
            } else if (nanoTime.getAsLong() - nextTerm >= 0) {
                begin();
            }
        } catch (TermEndedException e) {
            log.warn("term ended: {}", e.getMessage());
            end();
        } catch (StoreException | ZooKeeperUnavailableException e) {
            log.warn("term ended, a store did not answer", e);
            end();
        } catch (RuntimeException e) {
            // A leader without a term would be worse than one that tries again from what is stored.
            log.error("term ended by an error of the program, please report it", e);
            end();
        }
    }

    private void begin() throws InterruptedException {
        termBegan = nanoTime.getAsLong();
        // Before the epoch is raised: with that it would be the leader, and the workers would go.
        var objection = Compatibility.objectionToLead(zooKeeper, Protocol.SUPPORTED);
        if (objection.isPresent()) {
            refused.accept(objection.get());
            throw new TermEndedException("this process must not lead: " + objection.get());
        }
        var fence = EpochFence.raise(zooKeeper, store.raiseEpoch());
        if (fence.isEmpty()) {
            throw new TermEndedException("a leader with a higher epoch is there already");
        }
        metrics.termBegan();
        leader = new Leader(
                zooKeeper,
                store,
                workflows,
                clock,
                nanoTime,
                settings,
                metrics,
                signals,
                live,
                alarms,
                ids,
                fence.get());
        leader.begin();
    }

    private void end() {
        close();
        boolean lasted = nanoTime.getAsLong() - termBegan > LONGEST_PAUSE.toNanos();
        pause = lasted ? FIRST_PAUSE : pause.multipliedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        nextTerm = nanoTime.getAsLong() + pause.toNanos();
    }

    @Override
    public void close() {
        if (leader != null) {
            leader.close();
            leader = null;
        }
    }
}
