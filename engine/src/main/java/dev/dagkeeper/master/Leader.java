package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Bells;
import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.EpochFence;
import dev.dagkeeper.cluster.Members;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.cluster.TreeWatch;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.RunIds;
import dev.dagkeeper.master.Repair.Cause;
import dev.dagkeeper.master.Timers.Timer;
import dev.dagkeeper.queue.Lock;
import dev.dagkeeper.queue.Outbox;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.settings.LiveSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One term of one leader: hear what happened, decide, write it in one transaction, dispatch. Whatever the
 * signals were that came meanwhile, they make the next round, so batches form by themselves under load and a lone step
 * waits for nobody.
 *
 * <p>The memory of a term is only as good as its writes: when one is refused, or its outcome is unknown, the term ends and
 * the next one loads everything again under a new epoch. Not thread-safe; {@link Lead} drives it.
 */
final class Leader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Leader.class);

    /** How long the news that a step has started may wait for a transaction that is made anyway. */
    private static final Duration NEWS_DELAY = Duration.ofMillis(50);

    private final Coordination zooKeeper;
    private final LeaderStore store;
    private final InstantSource clock;
    private final LeaderSettings settings;
    private final Consumer<Signal> signals;
    private final LongSupplier nanoTime;
    private final List<TreeWatch> watches = new ArrayList<>();
    private final Term term;
    private final Outbox outbox;
    private final Dispatch dispatch;
    private final TakingUp takingUp;
    private final Commands commands;
    private final TakingBack takingBack;
    private final Reconciliation reconciliation;
    private final Waits waits;
    private final Scheduling scheduling;
    private final Backfills backfills;
    private volatile boolean over;
    private long newsSince;

    Leader(
            Coordination zooKeeper,
            LeaderStore store,
            Workflows workflows,
            InstantSource clock,
            LongSupplier nanoTime,
            LeaderSettings settings,
            LeaderMetrics metrics,
            Consumer<Signal> signals,
            LiveSettings live,
            Alarms.Maker alarms,
            RunIds ids,
            EpochFence fence) {
        this.zooKeeper = zooKeeper;
        this.store = store;
        this.clock = clock;
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.signals = signals;
        outbox = new Outbox(zooKeeper, fence);
        term = new Term(store, fence.epoch(), metrics);
        dispatch = new Dispatch(term, outbox, metrics, this::tell);
        term.settingsAre(live);
        takingUp = new TakingUp(zooKeeper, store, workflows, term);
        commands = new Commands(store, term, takingUp);
        var stores = new LeaderStores(zooKeeper, store, outbox);
        takingBack = new TakingBack(stores, term, metrics);
        var sweep = new Sweep(stores, term, dispatch, takingUp, commands, takingBack, metrics);
        reconciliation =
                new Reconciliation(zooKeeper, term, dispatch, takingBack, sweep, new SweepTimes(settings, nanoTime));
        waits = new Waits(store, term, dispatch.placing(), nanoTime.getAsLong());
        var fired = new FiredRuns(workflows, ids);
        scheduling = new Scheduling(
                store,
                term,
                takingUp,
                fired,
                alarms.make(trigger -> tell(new Signal.Fired(trigger))),
                metrics.schedules());
        backfills = new Backfills(store, term, takingUp, fired);
        term.whenRunsEnd((header, state, now) -> {
            scheduling.ended(header, state, now);
            backfills.ended(header);
        });
        term.whenRunsLeaveTheQueue(scheduling::outcome);
    }

    /**
     * Watches, loads, and does what there is to do.
     *
     * @throws TermEndedException when this term's memory cannot be relied on any more
     */
    void begin() throws InterruptedException {
        outbox.prepare();
        watches.add(watchLocks());
        watches.add(watchWorkers());
        watches.add(new Bells(zooKeeper).listen(bell -> tell(new Signal.Rung(bell))));
        log.info("leader starts epoch={}", term.epoch());
        lookAround();
        takingUp.all(clock.instant());
        takingBack.emptyInboxes(term.fleet().pollNewlyClosed(), clock.instant());
        // Steps first: workers may be idle, and of triggers there may be very many.
        finishRound(true);
        scheduling.read(clock.instant());
        log.info("leader knows triggers epoch={} triggers={}", term.epoch(), scheduling.size());
    }

    private void lookAround() {
        term.fleet().drain(store.drainedWorkers());
        term.membersAre(Members.list(zooKeeper));
        // Before the runs, some of which end as they are taken up: that must be heard.
        backfills.read();
    }

    /**
     * Does what {@link #begin} does, as far as that only reads and decides.
     *
     * @param most how many runs to load at most
     * @param goOn asked now and then; else it leaves off
     * @return how many runs there were
     */
    int rehearse(int most, BooleanSupplier goOn) throws InterruptedException {
        lookAround();
        int runs = takingUp.rehearse(most, goOn, clock.instant());
        if (goOn.getAsBoolean()) {
            dispatch.placeReady(clock.instant());
            scheduling.readPage(clock.instant());
        }
        return runs;
    }

    /**
     * Does what the signals and the time ask for.
     *
     * @throws TermEndedException when this term's memory cannot be relied on any more
     */
    void round(List<Signal> round) throws InterruptedException {
        handle(round);
        finishRound(!round.isEmpty());
    }

    /** Ends the watches; answers that still come are about a term that is over. */
    @Override
    public void close() {
        over = true;
        watches.forEach(TreeWatch::close);
        scheduling.close();
    }

    private void tell(Signal signal) {
        if (!over) {
            signals.accept(signal);
        }
    }

    private TreeWatch watchLocks() {
        return zooKeeper.watch(Paths.LOCKS, new TreeWatch.Listener() {
            @Override
            public void created(String path) {
                if (Lock.isPath(path)) {
                    tell(new Signal.Locked(Lock.key(path)));
                }
            }

            @Override
            public void deleted(String path) {
                if (Lock.isPath(path)) {
                    tell(new Signal.Unlocked(Lock.key(path)));
                }
            }

            @Override
            public void listAgain() {
                tell(new Signal.ListAgain());
            }
        });
    }

    private TreeWatch watchWorkers() {
        return zooKeeper.watch(Paths.WORKERS, new TreeWatch.Listener() {
            @Override
            public void created(String path) {
                tell(new Signal.MembersChanged());
            }

            @Override
            public void deleted(String path) {
                tell(new Signal.MembersChanged());
            }

            @Override
            public void changed(String path) {
                tell(new Signal.MembersChanged());
            }

            @Override
            public void listAgain() {
                tell(new Signal.MembersChanged());
            }
        });
    }

    /** How long there is nothing to do unless a signal comes. */
    Duration untilDue() {
        if (dispatch.hasFollowUps() || backfills.isDue()) {
            return Duration.ZERO;
        }
        var wait = shorter(
                term.timers().untilNext(clock.instant(), settings.sweepInterval()), reconciliation.untilSweep());
        wait = scheduling.untilDue(clock.instant(), wait);
        if (!term.batch().isEmpty()) {
            wait = shorter(wait, NEWS_DELAY.minusNanos(nanoTime.getAsLong() - newsSince));
        }
        wait = shorter(wait, waits.untilDue(nanoTime.getAsLong(), wait));
        return wait.isNegative() ? Duration.ZERO : wait;
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private void handle(List<Signal> round) throws InterruptedException {
        var now = clock.instant();
        var unlocked = new LinkedHashSet<StepKey>();
        boolean members = false;
        boolean runs = false;
        boolean commanded = false;
        boolean drains = false;
        boolean triggers = false;
        boolean datasets = false;
        var sweep = reconciliation.sweepDue();
        for (var signal : round) {
            switch (signal) {
                case Signal.Locked(var key) -> reconciliation.locked(key, now);
                case Signal.Unlocked(var key) -> unlocked.add(key);
                case Signal.Fired(var trigger) -> scheduling.fired(trigger, now);
                case Signal.MembersChanged() -> members = true;
                case Signal.Rung(var bell) -> {
                    runs |= bell.equals(Bells.RUNS);
                    commanded |= bell.equals(Bells.COMMANDS);
                    drains |= bell.equals(Bells.WORKERS);
                    triggers |= bell.equals(Bells.TRIGGERS);
                    datasets |= bell.equals(Bells.DATASETS);
                }
                case Signal.ListAgain() -> sweep = Optional.of(reconciliation.watchSet());
                case Signal.NotSent(var failure) -> {
                    if (dispatch.notSent(failure, now)) {
                        sweep = Optional.of(Cause.UNKNOWN_OUTCOME);
                    }
                }
                case Signal.SettingsChanged(var live) -> term.settingsAre(live);
                case Signal.StepDown() -> {}
            }
        }
        hearUnlocked(unlocked, now);
        if (members) {
            takingBack.workersLeft(term.membersAre(Members.list(zooKeeper)), now);
        }
        if (drains || sweep.isPresent()) {
            term.fleet().drain(store.drainedWorkers());
        }
        if (members || drains) {
            takingBack.emptyInboxes(term.fleet().pollNewlyClosed(), now);
        }
        if (runs) {
            takingUp.fresh(now);
        }
        if (commanded) {
            commands.pending().forEach(command -> commands.carryOut(command, now));
        }
        if (triggers || sweep.isPresent()) {
            scheduling.read(now);
            backfills.read();
        }
        if (datasets || sweep.isPresent()) {
            scheduling.hear(now);
        }
        if (sweep.isPresent()) {
            reconciliation.sweep(sweep.get(), now);
            scheduling.sweep(now);
        }
        dispatch.followUp(now);
        fireTimers(now);
        scheduling.round(now);
        backfills.round(now);
    }

    /** A lock went: its result is recorded, or its worker is lost. */
    private void hearUnlocked(Set<StepKey> unlocked, Instant now) throws InterruptedException {
        var claims = new HashMap<StepKey, Integer>();
        for (var key : unlocked) {
            term.currentClaim(key).ifPresentOrElse(claim -> claims.put(key, claim), () -> term.forget(key));
        }
        if (claims.isEmpty()) {
            return;
        }
        var silent = term.hear(claims, now);
        reconciliation.suspect(silent, now);
    }

    private void fireTimers(Instant now) {
        for (Timer timer : term.timers().poll(now)) {
            takingUp.find(timer.run(), now)
                    .filter(run -> timer.stands(run.active(), now))
                    .ifPresent(run -> term.decide(run, timer.event(), now));
        }
    }

    /** Places what is ready, writes what was decided, and only then sends what was placed. */
    private void finishRound(boolean heard) throws InterruptedException {
        var now = clock.instant();
        takingUp.giveFreePlaces(now);
        if (term.past().hasQuestions()) {
            // What has ended is to be found by who asks about it.
            term.write();
            term.past().answer(store, term, now);
        }
        var sendings = dispatch.place(now);
        if (term.batch().isUrgent() || newsAreOld()) {
            term.write();
            newsSince = 0;
        } else if (!term.batch().isEmpty() && newsSince == 0) {
            newsSince = nanoTime.getAsLong();
        }
        if (term.tookProduced()) {
            scheduling.hear(now);
        }
        dispatch.send(sendings);
        waits.placed(heard || !sendings.isEmpty(), nanoTime.getAsLong());
        waits.tell(nanoTime.getAsLong());
    }

    private boolean newsAreOld() {
        return !term.batch().isEmpty() && newsSince != 0 && nanoTime.getAsLong() - newsSince >= NEWS_DELAY.toNanos();
    }
}
