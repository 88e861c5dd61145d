package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.Member;
import dev.dagkeeper.cluster.Members;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.master.Repair.Cause;
import dev.dagkeeper.queue.Lock;
import dev.dagkeeper.queue.Outbox;
import dev.dagkeeper.queue.QueueView;
import dev.dagkeeper.queue.StopNote;
import dev.dagkeeper.run.StepKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares everything the leader believes with ZooKeeper and Postgres, and puts right what no signal did. Every repair is
 * counted and told. Not thread-safe: the leader's.
 */
final class Sweep {
    private static final Logger log = LoggerFactory.getLogger(Sweep.class);

    private final Coordination zooKeeper;
    private final LeaderStore store;
    private final Outbox outbox;
    private final Term term;
    private final Dispatch dispatch;
    private final TakingUp takingUp;
    private final Commands commands;
    private final TakingBack takingBack;
    private final LeaderMetrics metrics;
    private final Suspicions suspicions = new Suspicions();

    /** Stray locks whose holders were told to let go. */
    private final Set<Lock> told = new HashSet<>();

    private Cause cause = Cause.PERIODIC;

    Sweep(
            LeaderStores stores,
            Term term,
            Dispatch dispatch,
            TakingUp takingUp,
            Commands commands,
            TakingBack takingBack,
            LeaderMetrics metrics) {
        zooKeeper = stores.zooKeeper();
        store = stores.postgres();
        outbox = stores.outbox();
        this.term = term;
        this.dispatch = dispatch;
        this.takingUp = takingUp;
        this.commands = commands;
        this.takingBack = takingBack;
        this.metrics = metrics;
    }

    /**
     * Looks at everything once.
     *
     * @param inGrace whether nothing may be called lost yet
     * @return whether some of it is to be looked at again soon
     */
    boolean look(Cause why, boolean inGrace, Instant now) throws InterruptedException {
        cause = why;
        suspicions.begin(why != Cause.PERIODIC);
        runsAndCommands(now);
        var members = members(now);
        var view = QueueView.read(zooKeeper);
        preferKnown(view);
        steps(view, members, inGrace, now);
        strayItems(view);
        strayLocks(view, members);
        deadInboxes(now);
        unreadable(view);
        metrics.looked();
        return suspicions.end();
    }

    private void count(Repair repair, Object thing) {
        if (cause == Cause.PERIODIC) {
            log.warn("only the sweep noticed, repaired kind={} thing={}", repair.text(), thing);
        } else {
            log.info("repaired kind={} cause={} thing={}", repair.text(), cause.text(), thing);
        }
        metrics.repaired(repair, cause);
    }

    private boolean confirms(Repair repair, Object thing) {
        if (!suspicions.confirms(repair, thing)) {
            return false;
        }
        count(repair, thing);
        return true;
    }

    private boolean confirmsLater(Repair repair, Object thing) {
        if (!suspicions.confirmsLater(repair, thing)) {
            return false;
        }
        count(repair, thing);
        return true;
    }

    private void runsAndCommands(Instant now) {
        var missed = takingUp.unknown(store.newRuns()).stream()
                .filter(run -> confirms(Repair.MISSED_RUN, run.id()))
                .toList();
        takingUp.take(missed, now);
        for (var command : commands.pending()) {
            if (confirms(Repair.MISSED_COMMAND, command.id())) {
                commands.carryOut(command, now);
            }
        }
    }

    private Set<String> members(Instant now) throws InterruptedException {
        var members = Members.list(zooKeeper);
        var alive = members.stream().map(Member::incarnation).collect(Collectors.toCollection(HashSet::new));
        var differing = new HashSet<>(alive);
        term.fleet().incarnations().forEach(known -> {
            if (!differing.remove(known)) {
                differing.add(known);
            }
        });
        boolean missed = false;
        for (var incarnation : differing) {
            missed |= confirms(Repair.MISSED_WORKER, incarnation);
        }
        if (missed) {
            takingBack.workersLeft(term.membersAre(members), now);
        }
        return alive;
    }

    /** Every step that a worker is believed to have. */
    private void steps(QueueView view, Set<String> members, boolean inGrace, Instant now) {
        var claims = new HashMap<StepKey, Integer>();
        for (var run : term.runs()) {
            run.active().forEachPlaced(key -> claims.put(key, run.active().claim(key)));
        }
        var silent = new HashMap<>(claims);
        var missed = new HashMap<StepKey, Integer>();
        store.reports(claims, List.of()).forEach((key, heard) -> {
            silent.remove(key);
            if (confirms(Repair.MISSED_RESULT, Map.entry(key, heard.claim()))) {
                missed.put(key, heard.claim());
            }
        });
        term.hear(missed, now);
        silent.forEach((key, claim) -> {
            if (isCurrent(key, claim)
                    && !settle(key, claim, view, members, now)
                    && !inGrace
                    && confirms(Repair.LOST_CLAIM, Map.entry(key, claim))) {
                takingBack.lose(key, claim, now);
            }
        });
    }

    /** Of two items of a claim the one counts that lies where it is believed to lie. */
    private void preferKnown(QueueView view) {
        view.seconds().replaceAll(second -> {
            var key = second.item().key();
            var first = view.items().get(key);
            boolean known = term.fleet()
                    .holder(key)
                    .filter(second.incarnation()::equals)
                    .isPresent();
            if (first == null || !known || !first.item().equals(second.item())) {
                return second;
            }
            view.items().put(key, second);
            return first;
        });
    }

    private boolean isCurrent(StepKey key, int claim) {
        return term.currentClaim(key).orElse(-1) == claim;
    }

    /** Whether ZooKeeper shows who has the step, which the term then knows. */
    private boolean settle(StepKey key, int claim, QueueView view, Set<String> members, Instant now) {
        var lock = view.locks().get(key);
        if (lock != null && lock.claim() == claim) {
            if (members.contains(lock.incarnation())) {
                assign(key, claim, lock.incarnation());
            }
            if (term.isQueued(key) && confirms(Repair.MISSED_LOCK, lock)) {
                term.locked(key, now);
            }
            term.find(key.run())
                    .filter(run -> run.active().stopRequested(key))
                    .ifPresent(_ -> dispatch.tellAfterWriting(new StopNote(key, claim, false), lock.incarnation()));
            return true;
        }
        var item = view.items().get(key);
        if (item != null && item.item().claim() == claim) {
            assign(key, claim, item.incarnation());
            return true;
        }
        return false;
    }

    private void assign(StepKey key, int claim, String incarnation) {
        boolean known = term.fleet().holder(key).filter(incarnation::equals).isPresent();
        if (!known && confirms(Repair.MISPLACED_STEP, List.of(key, claim, incarnation))) {
            term.find(key.run()).ifPresent(run -> term.assign(incarnation, run, key));
        }
    }

    /** What could be taken back was there for nothing. */
    private void strayItems(QueueView view) throws InterruptedException {
        var stray = view.items().values().stream()
                .filter(sending ->
                        !isCurrent(sending.item().key(), sending.item().claim()))
                .toList();
        outbox.withdraw(stray).forEach(item -> count(Repair.STRAY_ITEM, item));
        outbox.withdraw(view.seconds()).forEach(item -> count(Repair.SECOND_ITEM, item));
    }

    /** Holders are told to let go; what is there afterwards all the same, or is held by nobody, is removed. */
    private void strayLocks(QueueView view, Set<String> members) {
        told.retainAll(view.locks().values());
        for (var lock : view.locks().values()) {
            boolean alive = members.contains(lock.incarnation());
            if (alive && isCurrent(lock.key(), lock.claim())) {
                continue;
            }
            boolean fallen = term.currentClaim(lock.key()).isPresent() && alive;
            if (confirmsLater(fallen ? Repair.FALLEN_LOCK : Repair.STRAY_LOCK, lock)) {
                if (alive && told.add(lock)) {
                    dispatch.tellAfterWriting(new StopNote(lock.key(), lock.claim(), true), lock.incarnation());
                } else {
                    outbox.remove(Lock.path(lock.key()));
                }
            }
        }
    }

    private void deadInboxes(Instant now) throws InterruptedException {
        var gone = new ArrayList<>(zooKeeper.children(Paths.QUEUE));
        Members.list(zooKeeper).forEach(member -> gone.remove(member.incarnation()));
        gone.removeIf(incarnation -> !confirms(Repair.DEAD_INBOX, incarnation));
        takingBack.workersLeft(gone, now);
    }

    private void unreadable(QueueView view) {
        for (var path : view.unreadable()) {
            if (confirmsLater(Repair.UNREADABLE_NODE, path)) {
                outbox.remove(path);
            }
        }
    }
}
