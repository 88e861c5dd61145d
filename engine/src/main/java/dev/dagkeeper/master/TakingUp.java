package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.LeaderStore.QueuedRun;
import dev.dagkeeper.queue.QueueView;
import dev.dagkeeper.run.ConcurrencyGroups;
import dev.dagkeeper.run.ConcurrencyGroups.Arrival;
import dev.dagkeeper.run.Event;
import dev.dagkeeper.run.GroupMember;
import dev.dagkeeper.run.GroupName;
import dev.dagkeeper.run.Reasons;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins runs: all at the begin of a term, later those that are new, and those that wait when they get a place in their
 * concurrency group. One that waits is known by its row only, unless it has deadlines; it is loaded when it begins, or is
 * ended. Not thread-safe: the leader's.
 */
final class TakingUp {
    private static final Logger log = LoggerFactory.getLogger(TakingUp.class);

    /** Runs that a candidate loads before it looks whether it has been elected meanwhile. */
    private static final int REHEARSED = 4;

    private final Coordination zooKeeper;
    private final LeaderStore store;
    private final Workflows workflows;
    private final Term term;
    private final Loading loading;

    TakingUp(Coordination zooKeeper, LeaderStore store, Workflows workflows, Term term) {
        this.zooKeeper = zooKeeper;
        this.store = store;
        this.workflows = workflows;
        this.term = term;
        loading = new Loading(store, workflows, term);
    }

    /** All runs that are not final, at the begin of a term. */
    void all(Instant now) throws InterruptedException {
        boolean doubt = store.mayHaveLostWrites();
        var view = QueueView.read(zooKeeper);
        var begun = store.begunRuns();
        var queued = store.queuedRuns();
        loading.load(begun, view, false, now);
        restore(queued, view, now);
        if (doubt) {
            log.warn("postgres has crashed: whatever waits to be placed gets another claim epoch={}", term.epoch());
            List.copyOf(term.runs()).forEach(run -> doubt(run, now));
        }
        log.info(
                "leader loaded epoch={} runs={} queued={} items={} locks={}",
                term.epoch(),
                begun.size(),
                queued.size(),
                view.items().size(),
                view.locks().size());
    }

    /**
     * As {@link #all} for a term that will never begin.
     *
     * @param most how many runs to take at most, the newest
     * @param goOn asked now and then; else it leaves off
     * @return how many there were
     */
    int rehearse(int most, BooleanSupplier goOn, Instant now) throws InterruptedException {
        var begun = newest(store.begunRuns(), most);
        var queued = newest(store.queuedRuns(), most - begun.size());
        var view = QueueView.read(zooKeeper);
        for (int from = 0; from < begun.size() && goOn.getAsBoolean(); from += REHEARSED) {
            loading.load(begun.subList(from, Math.min(from + REHEARSED, begun.size())), view, false, now);
        }
        if (goOn.getAsBoolean()) {
            restore(queued, view, now);
        }
        return begun.size() + queued.size();
    }

    private static <T> List<T> newest(List<T> all, int most) {
        return all.subList(Math.max(0, all.size() - most), all.size());
    }

    /** Who waits goes on waiting; then it is decided about the others, oldest first, as if they came now. */
    private void restore(List<QueuedRun> queued, QueueView view, Instant now) {
        var others = new ArrayList<QueuedRun>();
        var watched = new ArrayList<RunId>();
        for (var run : queued) {
            var member = run.waits() ? member(run) : Optional.<GroupMember>empty();
            if (member.isPresent()) {
                term.groups().waiting(member.get());
                if (!addTimers(run)) {
                    watched.add(run.id());
                }
            } else {
                others.add(run);
            }
        }
        load(watched, now);
        begin(term.groups().fill().stream().map(GroupMember::run).toList(), view, now);
        take(others, view, now);
    }

    /** Runs that are new. */
    void fresh(Instant now) {
        take(unknown(store.newRuns()), now);
    }

    /**
     * Those of the runs that this term does not know. What began and ended within this round is still queued in Postgres,
     * and not to be begun again.
     */
    List<QueuedRun> unknown(List<QueuedRun> runs) {
        return runs.stream()
                .filter(run -> term.find(run.id()).isEmpty()
                        && !term.groups().contains(run.id())
                        && !term.batch().concerns(run.id()))
                .toList();
    }

    /** Begins runs that came, or lets them wait, or turns them away, as their groups say. */
    void take(List<QueuedRun> runs, Instant now) {
        take(runs, QueueView.NOTHING, now);
    }

    private void take(List<QueuedRun> runs, QueueView view, Instant now) {
        var beginning = new ArrayList<RunId>();
        for (var run : runs) {
            var member = member(run);
            if (member.isEmpty()) {
                beginning.add(run.id());
                continue;
            }
            var arrival = term.groups().arrive(member.get());
            if (arrival.fate() == ConcurrencyGroups.Fate.STARTS
                    && arrival.superseded().isEmpty()) {
                beginning.add(run.id());
                continue;
            }
            // Those before it come first: it may be they whom it cancels.
            begin(beginning, view, now);
            beginning.clear();
            carryOut(run, member.get(), arrival, view, now);
        }
        begin(beginning, view, now);
        giveFreePlaces(now);
    }

    /** Empty for a run that shares places with nobody, or whose workflow is not accepted. */
    private Optional<GroupMember> member(QueuedRun run) {
        if (run.group().isEmpty()) {
            return Optional.empty();
        }
        return workflows
                .find(run.revisionId())
                .flatMap(workflow -> workflow.concurrency())
                .map(rule -> new GroupMember(
                        run.id(), new GroupName(run.namespace(), run.group()), run.workflow(), run.priority(), rule));
    }

    private void carryOut(QueuedRun run, GroupMember member, Arrival arrival, QueueView view, Instant now) {
        var rule = member.rule().onConflict().setting();
        var group = member.group().group();
        turnAway(
                arrival.superseded().stream().map(GroupMember::run).toList(),
                new Event.TurnedAway(
                        RunState.SKIPPED,
                        "run " + run.id() + " (" + run.workflow() + ") took its place in group " + group + " (" + rule
                                + ")"),
                now);
        for (var victim : arrival.cancelled()) {
            var by = "run " + run.id() + " (" + run.workflow() + "), which wants its place in group " + group + " ("
                    + rule + ")";
            term.find(victim.run()).ifPresent(active -> term.decide(active, new Event.CancelRequested(false, by), now));
        }
        switch (arrival.fate()) {
            case STARTS -> begin(List.of(run.id()), view, now);
            case WAITS -> {
                var reason = ConcurrencyGroups.waits(member.group());
                var words = term.groups().words(member.group()).orElse(reason);
                term.batch().addWaiting(run.id(), reason, words, term.epoch(), now);
                if (!addTimers(run)) {
                    load(List.of(run.id()), now);
                }
            }
            case SKIPPED -> turnAway(List.of(run.id()), new Event.TurnedAway(RunState.SKIPPED, arrival.reason()), now);
            case FAILED -> turnAway(List.of(run.id()), new Event.TurnedAway(RunState.FAILED, arrival.reason()), now);
        }
    }

    /** Watches the time of a run that waits; false when that takes more than its row: then it is to be loaded. */
    private boolean addTimers(QueuedRun run) {
        startDeadline(run)
                .ifPresent(within -> term.timers()
                        .add(new Timers.Timer(
                                run.fire().plus(within),
                                run.id(),
                                new Event.TurnedAway(RunState.SKIPPED, Reasons.startDeadline(within)))));
        if (workflows
                .find(run.revisionId())
                .filter(workflow -> !workflow.deadlines().isEmpty())
                .isPresent()) {
            return false;
        }
        run.due().ifPresent(due -> term.timers().add(new Timers.Timer(due, run.id(), new Event.RunTimedOut())));
        return true;
    }

    private Optional<Duration> startDeadline(QueuedRun run) {
        return workflows.find(run.revisionId()).stream()
                .flatMap(workflow -> workflow.triggers().stream())
                .filter(trigger -> trigger.id().equals(run.trigger()))
                .findFirst()
                .flatMap(trigger -> trigger.schedule().startDeadline());
    }

    private void turnAway(List<RunId> runs, Event.TurnedAway event, Instant now) {
        load(runs, now);
        for (var run : runs) {
            term.find(run).ifPresent(queued -> term.decide(queued, event, now));
        }
    }

    /** Into memory, where they are not, without beginning. */
    private void load(List<RunId> runs, Instant now) {
        var missing = runs.stream().filter(run -> term.find(run).isEmpty()).toList();
        loading.load(missing, QueueView.NOTHING, false, now);
    }

    private void begin(List<RunId> runs, QueueView view, Instant now) {
        var missing = new ArrayList<RunId>();
        for (var run : runs) {
            term.find(run)
                    .ifPresentOrElse(known -> term.decide(known, new Event.Started(), now), () -> missing.add(run));
        }
        loading.load(missing, view, true, now);
        // What did not come, as its workflow is not accepted, must not keep its place.
        missing.stream().filter(run -> term.find(run).isEmpty()).forEach(term::leavesGroup);
    }

    /** Begins those that wait for the places of runs that ended. Looks at their groups only. */
    void giveFreePlaces(Instant now) {
        for (var left = term.takeLeft(); !left.isEmpty(); left = term.takeLeft()) {
            for (var run : left) {
                begin(term.groups().ended(run).stream().map(GroupMember::run).toList(), QueueView.NOTHING, now);
            }
        }
    }

    /** A run to be ended: one in memory, or one that waits and is loaded now. */
    Optional<LedRun> find(RunId run, Instant now) {
        if (term.groups().isWaiting(run)) {
            load(List.of(run), now);
        }
        return term.find(run);
    }

    /** Steps that no living worker has may yet have been given out, which was not on the disk when Postgres crashed. */
    private void doubt(LedRun run, Instant now) {
        var keys = new ArrayList<StepKey>();
        run.active().forEachReady(keys::add);
        run.active().forEachWaiting(keys::add);
        keys.forEach(key -> term.decide(run, new Event.Doubted(key, run.active().claim(key)), now));
    }
}
