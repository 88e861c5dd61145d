package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.Members;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.LeaderStore.PendingCommand;
import dev.dagkeeper.history.RunWrites.LostAttempt;
import dev.dagkeeper.master.Repair.Cause;
import dev.dagkeeper.queue.Item;
import dev.dagkeeper.queue.Lock;
import dev.dagkeeper.queue.Outbox;
import dev.dagkeeper.queue.Outbox.Sending;
import dev.dagkeeper.queue.StopNote;
import dev.dagkeeper.run.Event;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
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
    private final Dispatch dispatch;
    private final Outbox outbox;
    private final LeaderSettings settings;
    private final LeaderMetrics metrics;
    private final LongSupplier nanoTime;
    private final Sweep sweep;
    private boolean watched;
    private Optional<Cause> afterGrace = Optional.empty();
    private long graceUntil;
    private long nextSweep;

    Reconciliation(
            Coordination zooKeeper,
            Term term,
            Dispatch dispatch,
            Outbox outbox,
            LeaderSettings settings,
            LeaderMetrics metrics,
            LongSupplier nanoTime,
            LeaderStore store,
            Loading loading,
            BiConsumer<PendingCommand, Instant> commands) {
        this.zooKeeper = zooKeeper;
        this.term = term;
        this.dispatch = dispatch;
        this.outbox = outbox;
        this.settings = settings;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
        nextSweep = nanoTime.getAsLong() + settings.sweepInterval().toNanos();
        beginGrace(Cause.ELECTION);
        sweep = new Sweep(zooKeeper, store, loading, term, dispatch, outbox, metrics, this, commands);
    }

    /**
     * The watch on the locks was set, at the begin of a term or after a reconnect. From now on, for the length of the grace,
     * nothing is lost; a sweep follows.
     *
     * @return why everything is to be compared now
     */
    Cause watchSet() {
        var cause = watched ? Cause.RECONNECT : Cause.ELECTION;
        watched = true;
        beginGrace(cause);
        return cause;
    }

    private void beginGrace(Cause cause) {
        graceUntil = nanoTime.getAsLong() + settings.absenceGrace().toNanos();
        afterGrace = Optional.of(cause);
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

    /** Why everything is to be compared now; empty when it is not. */
    Optional<Cause> sweepDue() {
        if (nanoTime.getAsLong() - nextSweep < 0) {
            return Optional.empty();
        }
        if (inGrace() || afterGrace.isEmpty()) {
            return Optional.of(Cause.PERIODIC);
        }
        var cause = afterGrace;
        afterGrace = Optional.empty();
        return cause;
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
            if (term.currentClaim(key).orElse(-1) == claim
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

    void endFallen(Lock lock) {
        log.info(
                "claim was taken away, its holder is told step={} claim={} worker={}",
                lock.key(),
                lock.claim(),
                lock.incarnation());
        dispatch.tellAfterWriting(new StopNote(lock.key(), lock.claim(), true), lock.incarnation());
    }

    private boolean hasItem(StepKey key, int claim) {
        return term.fleet()
                .holder(key)
                .filter(incarnation -> zooKeeper.children(Paths.inbox(incarnation)).stream()
                        .flatMap(name -> Item.find(name).stream())
                        .anyMatch(item -> item.key().equals(key) && item.claim() == claim))
                .isPresent();
    }

    void lose(StepKey key, int claim, Instant now) {
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

    /** Compares everything that is believed with what is there. */
    void sweep(Cause cause, Instant now) throws InterruptedException {
        term.confirm();
        boolean again = sweep.look(cause, inGrace(), now);
        metrics.looked();
        nextSweep = nanoTime.getAsLong() + (again ? settings.settle() : settings.sweepInterval()).toNanos();
        if (inGrace()) {
            sweepAt(graceUntil);
        } else {
            afterGrace = Optional.empty();
        }
        emptyInboxes(term.fleet().closed(), now);
    }

    /** Takes back what lies in the inboxes of workers that are gone. Their locks go by themselves. */
    void workersLeft(List<String> gone, Instant now) throws InterruptedException {
        for (var incarnation : gone) {
            var names = zooKeeper.children(Paths.inbox(incarnation));
            // Whatever else lies there keeps the inbox from being removed.
            names.stream()
                    .filter(name -> Item.find(name).isEmpty())
                    .forEach(name -> outbox.remove(Paths.inbox(incarnation) + "/" + name));
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
                .flatMap(name -> Item.find(name).stream())
                .map(item -> new Sending(item, incarnation))
                .toList();
        for (var item : outbox.withdraw(sendings)) {
            term.takenBack(item, now);
        }
        return sendings.size();
    }
}
