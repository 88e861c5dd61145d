package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.Members;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.history.RunWrites.LostAttempt;
import dev.dagkeeper.queue.Item;
import dev.dagkeeper.queue.Lock;
import dev.dagkeeper.queue.Outbox;
import dev.dagkeeper.queue.Outbox.Sending;
import dev.dagkeeper.queue.QueueView;
import dev.dagkeeper.queue.StopNote;
import dev.dagkeeper.run.Event;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what the leader believes and what is in ZooKeeper together: when a step's lock went without a result, when workers
 * left, after every reconnect, and now and then as a safety net.
 *
 * <p>Absence is concluded only in this order: sync, list the queue, list the locks, read Postgres. A step is lost when it
 * has no item, no lock and no result; and never within the grace that follows an election or a reconnect, in which workers
 * take their locks again. Not thread-safe: the leader's.
 */
final class Reconciliation {
    private static final Logger log = LoggerFactory.getLogger(Reconciliation.class);

    private final Coordination zooKeeper;
    private final Term term;
    private final Outbox outbox;
    private final LeaderSettings settings;
    private final LeaderMetrics metrics;
    private final LongSupplier nanoTime;
    private long graceUntil;
    private long nextSweep;

    Reconciliation(
            Coordination zooKeeper,
            Term term,
            Outbox outbox,
            LeaderSettings settings,
            LeaderMetrics metrics,
            LongSupplier nanoTime) {
        this.zooKeeper = zooKeeper;
        this.term = term;
        this.outbox = outbox;
        this.settings = settings;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
        nextSweep = nanoTime.getAsLong() + settings.sweepInterval().toNanos();
        beginGrace();
    }

    /** From now on, for the length of the grace, nothing is lost; a sweep follows. */
    void beginGrace() {
        graceUntil = nanoTime.getAsLong() + settings.absenceGrace().toNanos();
        sweepAt(graceUntil);
    }

    private boolean inGrace() {
        return nanoTime.getAsLong() - graceUntil < 0;
    }

    private void sweepAt(long time) {
        if (time - nextSweep < 0) {
            nextSweep = time;
        }
    }

    boolean isSweepDue() {
        return nanoTime.getAsLong() - nextSweep >= 0;
    }

    Duration untilSweep() {
        return Duration.ofNanos(Math.max(0, nextSweep - nanoTime.getAsLong()));
    }

    /** Looks up steps whose lock went and for which nothing is recorded. */
    void suspect(Map<StepKey, Integer> silent, Instant now) throws InterruptedException {
        if (silent.isEmpty()) {
            return;
        }
        if (inGrace()) {
            sweepAt(graceUntil);
            return;
        }
        zooKeeper.sync();
        var absent = new HashMap<StepKey, Integer>();
        silent.forEach((key, claim) -> {
            if (isCurrent(key, claim)
                    && !hasItem(key, claim)
                    && zooKeeper.read(Lock.path(key)).isEmpty()) {
                absent.put(key, claim);
            }
        });
        var lost = term.hear(absent, now);
        if (!lost.isEmpty()) {
            // Whether their workers are alive must not depend on which news came first.
            workersLeft(term.membersAre(Members.list(zooKeeper)), now);
            lost.forEach((key, claim) -> lose(key, claim, now));
        }
    }

    /**
     * Somebody took the lock of a step: under its current claim, or a worker that was away under an earlier one, which it
     * is then told to give up.
     */
    void locked(StepKey key, Instant now) {
        int claim = term.find(key.run())
                .filter(run -> run.active().has(key))
                .map(run -> run.active().claim(key))
                .orElse(1);
        if (claim == 1) {
            term.locked(key, now);
            return;
        }
        var path = Lock.path(key);
        zooKeeper.read(path).map(node -> Lock.parse(path, node.data())).ifPresent(lock -> {
            if (lock.claim() == claim) {
                term.locked(key, now);
            } else if (lock.claim() < claim) {
                endFallen(lock);
            }
        });
    }

    private void endFallen(Lock lock) {
        log.info(
                "claim was taken away, its holder is told step={} claim={} worker={}",
                lock.key(),
                lock.claim(),
                lock.incarnation());
        term.tellAfterWriting(new StopNote(lock.key(), lock.claim(), true), lock.incarnation());
    }

    private boolean hasItem(StepKey key, int claim) {
        return term.fleet()
                .holder(key)
                .filter(incarnation -> zooKeeper.children(Paths.inbox(incarnation)).stream()
                        .filter(name -> !StopNote.isNote(name))
                        .map(Item::parse)
                        .anyMatch(item -> item.key().equals(key) && item.claim() == claim))
                .isPresent();
    }

    private void lose(StepKey key, int claim, Instant now) {
        term.find(key.run()).ifPresent(run -> {
            var active = run.active();
            var worker = active.worker(key);
            boolean returned = active.state(key) == StepState.QUEUED
                    || term.fleet()
                            .isHolderAlive(key)
                            .orElseGet(
                                    () -> worker.filter(term.fleet()::isAlive).isPresent());
            boolean given = term.fleet().isHolderStopping(key);
            log.warn("claim lost step={} claim={} worker={}", key, claim, worker.orElse(""));
            metrics.lost();
            term.fleet().release(key);
            term.batch()
                    .addLost(new LostAttempt(
                            key,
                            claim,
                            active.attempt(key),
                            worker,
                            now,
                            "worker " + worker.orElse("unknown")
                                    + (given ? " was stopped and gave it back" : " went without a result")));
            term.decide(run, new Event.Lost(key, claim, returned), now);
        });
    }

    /** Compares everything believed queued or running with ZooKeeper, and ZooKeeper with that. */
    void sweep(Instant now) throws InterruptedException {
        nextSweep = nanoTime.getAsLong() + settings.sweepInterval().toNanos();
        if (inGrace()) {
            sweepAt(graceUntil);
        }
        term.confirm();
        workersLeft(term.membersAre(Members.list(zooKeeper)), now);
        var view = QueueView.read(zooKeeper);
        var claims = new HashMap<StepKey, Integer>();
        for (var run : term.runs()) {
            run.active().forEachPlaced(key -> claims.put(key, run.active().claim(key)));
        }
        term.hear(claims, now).forEach((key, claim) -> {
            if (isCurrent(key, claim) && !settle(key, claim, view, now) && !inGrace()) {
                metrics.repaired();
                log.warn("only the sweep noticed a lost claim step={} claim={}", key, claim);
                lose(key, claim, now);
            }
        });
        removeStray(view, now);
        emptyInboxes(term.fleet().closed(), now);
    }

    private boolean isCurrent(StepKey key, int claim) {
        return term.currentClaim(key).orElse(-1) == claim;
    }

    /** Whether ZooKeeper shows who has the step, which the term then knows. */
    private boolean settle(StepKey key, int claim, QueueView view, Instant now) {
        var lock = view.locks().get(key);
        if (lock != null && lock.claim() == claim) {
            term.find(key.run()).ifPresent(run -> term.assign(lock.incarnation(), run, key));
            term.locked(key, now);
            term.find(key.run())
                    .filter(run -> run.active().stopRequested(key))
                    .ifPresent(_ -> term.tellAfterWriting(new StopNote(key, claim, false), lock.incarnation()));
            return true;
        }
        if (lock != null && lock.claim() < claim) {
            endFallen(lock);
        }
        var item = view.items().get(key);
        if (item != null && item.item().claim() == claim) {
            term.find(key.run()).ifPresent(run -> term.assign(item.incarnation(), run, key));
            return true;
        }
        return false;
    }

    /** Withdraws items that are not the current claim of a placed step, and empties inboxes of workers that are gone. */
    private void removeStray(QueueView view, Instant now) throws InterruptedException {
        var stray = view.items().values().stream()
                .filter(sending ->
                        !isCurrent(sending.item().key(), sending.item().claim()))
                .toList();
        outbox.withdraw(stray);
        var gone = new ArrayList<>(zooKeeper.children(Paths.QUEUE));
        Members.list(zooKeeper).forEach(member -> gone.remove(member.incarnation()));
        workersLeft(gone, now);
    }

    /** Takes back what lies in the inboxes of workers that are gone. Their locks go by themselves. */
    void workersLeft(List<String> gone, Instant now) throws InterruptedException {
        for (var incarnation : gone) {
            var names = zooKeeper.children(Paths.inbox(incarnation));
            names.stream().filter(StopNote::isNote).forEach(name -> outbox.discard(StopNote.parse(name), incarnation));
            log.info("worker gone worker={} items={}", incarnation, takeBack(incarnation, names, now));
            outbox.removeInbox(incarnation);
        }
    }

    /**
     * Takes back what lies in the inboxes of workers that get nothing new. What was sent to them before arrives before they
     * are listed, since it goes through the same session.
     */
    void emptyInboxes(Set<String> closed, Instant now) throws InterruptedException {
        for (var incarnation : closed) {
            int items = takeBack(incarnation, zooKeeper.children(Paths.inbox(incarnation)), now);
            if (items > 0) {
                log.info("worker takes nothing new worker={} items={}", incarnation, items);
            }
        }
    }

    private int takeBack(String incarnation, List<String> names, Instant now) throws InterruptedException {
        var sendings = names.stream()
                .filter(name -> !StopNote.isNote(name))
                .map(name -> new Sending(Item.parse(name), incarnation))
                .toList();
        for (var item : outbox.withdraw(sendings)) {
            term.takenBack(item, now);
        }
        return sendings.size();
    }
}
