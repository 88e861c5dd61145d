package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.Members;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.master.Repair.Cause;
import dev.dagkeeper.queue.Item;
import dev.dagkeeper.queue.Lock;
import dev.dagkeeper.queue.StopNote;
import dev.dagkeeper.run.StepKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what the leader believes and what is in ZooKeeper together: when a step's lock went without a result, after every
 * reconnect, and now and then as a safety net.
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
    private final TakingBack takingBack;
    private final Sweep sweep;
    private final SweepTimes times;

    Reconciliation(
            Coordination zooKeeper,
            Term term,
            Dispatch dispatch,
            TakingBack takingBack,
            Sweep sweep,
            SweepTimes times) {
        this.zooKeeper = zooKeeper;
        this.term = term;
        this.dispatch = dispatch;
        this.takingBack = takingBack;
        this.sweep = sweep;
        this.times = times;
    }

    /**
     * The watch on the locks was set, at the begin of a term or after a reconnect.
     *
     * @return why everything is to be compared now
     */
    Cause watchSet() {
        return times.watchSet();
    }

    /** Why everything is to be compared now; empty when it is not. */
    Optional<Cause> sweepDue() {
        return times.due();
    }

    Duration untilSweep() {
        return times.untilDue();
    }

    /** Looks up steps whose lock went and for which nothing is recorded. */
    void suspect(Map<StepKey, Integer> silent, Instant now) throws InterruptedException {
        if (silent.isEmpty()) {
            return;
        }
        if (times.inGrace()) {
            times.sweepAfterGrace();
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
            takingBack.workersLeft(term.membersAre(Members.list(zooKeeper)), now);
            lost.forEach((key, claim) -> takingBack.lose(key, claim, now));
        }
    }

    private boolean hasItem(StepKey key, int claim) {
        return term.fleet()
                .holder(key)
                .filter(incarnation -> zooKeeper.children(Paths.inbox(incarnation)).stream()
                        .flatMap(name -> Item.find(name).stream())
                        .anyMatch(item -> item.key().equals(key) && item.claim() == claim))
                .isPresent();
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
        dispatch.tellAfterWriting(new StopNote(lock.key(), lock.claim(), true), lock.incarnation());
    }

    /** Compares everything that is believed with what is there. */
    void sweep(Cause cause, Instant now) throws InterruptedException {
        term.confirm();
        times.swept(sweep.look(cause, times.inGrace(), now));
        takingBack.emptyInboxes(term.fleet().closed(), now);
    }
}
