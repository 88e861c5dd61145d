package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Bells;
import dev.dagkeeper.cluster.EpochFence;
import dev.dagkeeper.cluster.Members;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.cluster.TreeWatch;
import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.LeaderStore.PendingCommand;
import dev.dagkeeper.history.RunWrites.CommandOutcome;
import dev.dagkeeper.master.Timers.Timer;
import dev.dagkeeper.queue.Lock;
import dev.dagkeeper.queue.Outbox;
import dev.dagkeeper.run.Event;
import dev.dagkeeper.run.StepKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One term of one leader, on one thread: hear what happened, decide, write it in one transaction, dispatch. Whatever the
 * signals were that came meanwhile, they make the next round, so batches form by themselves under load and a lone step
 * waits for nobody.
 *
 * <p>The memory of a term is only as good as its writes: when one is refused, or its outcome is unknown, the term ends and
 * the next one loads everything again under a new epoch.
 */
final class Leader {
    private static final Logger log = LoggerFactory.getLogger(Leader.class);

    /** How long the news that a step has started may wait for a transaction that is made anyway. */
    private static final Duration NEWS_DELAY = Duration.ofMillis(50);

    /** Signals handled in one round at most, so that a transaction stays short. */
    private static final int ROUND = 2_000;

    private final ZooKeeperConnection zooKeeper;
    private final LeaderStore store;
    private final InstantSource clock;
    private final LeaderSettings settings;
    private final BlockingQueue<Signal> signals;
    private final Term term;
    private final Outbox outbox;
    private final Loading loading;
    private final Reconciliation reconciliation;
    private long newsSince;

    Leader(
            ZooKeeperConnection zooKeeper,
            LeaderStore store,
            Workflows workflows,
            InstantSource clock,
            LeaderSettings settings,
            LeaderMetrics metrics,
            BlockingQueue<Signal> signals,
            EpochFence fence) {
        this.zooKeeper = zooKeeper;
        this.store = store;
        this.clock = clock;
        this.settings = settings;
        this.signals = signals;
        outbox = new Outbox(zooKeeper, fence);
        term = new Term(store, outbox, fence.epoch(), metrics, signals);
        loading = new Loading(zooKeeper, store, workflows, term);
        reconciliation = new Reconciliation(zooKeeper, term, outbox, settings, metrics);
    }

    /**
     * Leads until told to step down.
     *
     * @throws TermEndedException when this term's memory cannot be relied on any more
     */
    void lead() throws InterruptedException {
        outbox.prepare();
        try (var _ = watchLocks();
                var _ = watchWorkers();
                var _ = new Bells(zooKeeper).listen(bell -> signals.add(new Signal.Rung(bell)))) {
            log.info("leader starts epoch={}", term.epoch());
            term.membersAre(Members.list(zooKeeper));
            loading.all(clock.instant());
            finishRound();
            var round = new ArrayList<Signal>();
            while (true) {
                round.clear();
                if (!await(round)) {
                    return;
                }
                handle(round);
                finishRound();
            }
        }
    }

    private TreeWatch watchLocks() {
        return new TreeWatch(zooKeeper, Paths.LOCKS, new TreeWatch.Listener() {
            @Override
            public void created(String path) {
                if (Lock.isPath(path)) {
                    signals.add(new Signal.Locked(Lock.key(path)));
                }
            }

            @Override
            public void deleted(String path) {
                if (Lock.isPath(path)) {
                    signals.add(new Signal.Unlocked(Lock.key(path)));
                }
            }

            @Override
            public void listAgain() {
                signals.add(new Signal.ListAgain());
            }
        });
    }

    private TreeWatch watchWorkers() {
        return new TreeWatch(zooKeeper, Paths.WORKERS, new TreeWatch.Listener() {
            @Override
            public void created(String path) {
                signals.add(new Signal.MembersChanged());
            }

            @Override
            public void deleted(String path) {
                signals.add(new Signal.MembersChanged());
            }

            @Override
            public void changed(String path) {
                signals.add(new Signal.MembersChanged());
            }

            @Override
            public void listAgain() {
                signals.add(new Signal.MembersChanged());
            }
        });
    }

    /** Waits for the next signals or the next time that something is due; false when told to step down. */
    private boolean await(List<Signal> round) throws InterruptedException {
        var wait = term.timers().untilNext(clock.instant(), settings.sweepInterval());
        wait = shorter(wait, reconciliation.untilSweep());
        if (!term.batch().isEmpty()) {
            wait = shorter(wait, NEWS_DELAY.minusNanos(System.nanoTime() - newsSince));
        }
        if (term.hasFollowUps()) {
            wait = Duration.ZERO;
        }
        var first = signals.poll(Math.max(0, wait.toNanos()), TimeUnit.NANOSECONDS);
        if (first != null) {
            round.add(first);
            signals.drainTo(round, ROUND);
        }
        return round.stream().noneMatch(Signal.StepDown.class::isInstance);
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private void handle(List<Signal> round) throws InterruptedException {
        var now = clock.instant();
        var unlocked = new LinkedHashSet<StepKey>();
        boolean members = false;
        boolean runs = false;
        boolean commands = false;
        boolean everything = reconciliation.isSweepDue();
        for (var signal : round) {
            switch (signal) {
                case Signal.Locked(var key) -> reconciliation.locked(key, now);
                case Signal.Unlocked(var key) -> unlocked.add(key);
                case Signal.MembersChanged() -> members = true;
                case Signal.Rung(var bell) -> {
                    runs |= bell.equals(Bells.RUNS);
                    commands |= bell.equals(Bells.COMMANDS);
                }
                case Signal.ListAgain() -> {
                    reconciliation.beginGrace();
                    everything = true;
                }
                case Signal.NotSent(var failure) -> everything |= term.notSent(failure, now);
                case Signal.StepDown() -> {}
            }
        }
        hearUnlocked(unlocked, now);
        if (members) {
            reconciliation.workersLeft(term.membersAre(Members.list(zooKeeper)), now);
        }
        if (runs || everything) {
            loading.fresh(now);
        }
        if (commands || everything) {
            decideCommands(now);
        }
        if (everything) {
            reconciliation.sweep(now);
        }
        term.followUp(now);
        fireTimers(now);
    }

    /** A lock went: its result is recorded, or its worker is lost. */
    private void hearUnlocked(Set<StepKey> unlocked, Instant now) throws InterruptedException {
        var claims = new HashMap<StepKey, Integer>();
        for (var key : unlocked) {
            term.currentClaim(key).ifPresent(claim -> claims.put(key, claim));
        }
        if (claims.isEmpty()) {
            return;
        }
        var silent = term.hear(claims, now);
        reconciliation.suspect(silent, now);
    }

    private void decideCommands(Instant now) {
        for (var command : store.pendingCommands()) {
            term.batch().addOutcome(decide(command, now));
        }
    }

    private CommandOutcome decide(PendingCommand command, Instant now) {
        var run = term.find(command.run());
        if (run.isEmpty()) {
            loading.fresh(now);
            run = term.find(command.run());
        }
        if (run.isEmpty()) {
            return new CommandOutcome(command.id(), false, "the run has ended already");
        }
        var cancel = new Event.CancelRequested(command.kind().equals("kill"), command.by());
        term.decide(run.get(), cancel, now);
        return new CommandOutcome(command.id(), true, "");
    }

    private void fireTimers(Instant now) {
        for (Timer timer : term.timers().poll(now)) {
            term.find(timer.run()).ifPresent(run -> {
                if (timer.step().isEmpty()) {
                    term.decide(run, new Event.RunTimedOut(), now);
                } else if (run.active()
                        .due(timer.step().get())
                        .filter(due -> !due.isAfter(now))
                        .isPresent()) {
                    term.decide(run, new Event.Due(timer.step().get()), now);
                }
            });
        }
    }

    /** Places what is ready, writes what was decided, and only then sends what was placed. */
    private void finishRound() throws InterruptedException {
        var now = clock.instant();
        var sendings = term.place(now);
        if (term.batch().isUrgent() || newsAreOld()) {
            term.write();
            newsSince = 0;
        } else if (!term.batch().isEmpty() && newsSince == 0) {
            newsSince = System.nanoTime();
        }
        term.dispatch(sendings);
    }

    private boolean newsAreOld() {
        return !term.batch().isEmpty() && newsSince != 0 && System.nanoTime() - newsSince >= NEWS_DELAY.toNanos();
    }
}
