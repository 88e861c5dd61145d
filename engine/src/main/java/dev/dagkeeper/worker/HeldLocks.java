package dev.dagkeeper.worker;

import dev.dagkeeper.cluster.MultiResult;
import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
import dev.dagkeeper.queue.Inbox;
import dev.dagkeeper.run.StepKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The locks this worker has or wants: from the claim until the lock node is certainly gone. An unlock whose outcome is
 * unknown is tried again after the reconnect, until there is no node or the session has ended. Thread-safe.
 *
 * <p>Everything is by step and claim: a step that was taken away from this worker may have come back to it under a later
 * claim, or be locked by another worker.
 */
final class HeldLocks {
    private static final Logger log = LoggerFactory.getLogger(HeldLocks.class);

    private final Map<StepKey, Integer> wanted = new ConcurrentHashMap<>();
    private final Map<StepKey, Integer> unlocking = new ConcurrentHashMap<>();
    private Inbox inbox;

    HeldLocks(Inbox inbox) {
        this.inbox = inbox;
    }

    /** The claims that are at work or wait to be recorded. */
    Map<StepKey, Integer> wanted() {
        return Map.copyOf(wanted);
    }

    /** A claim succeeded. */
    void add(StepKey key, int claim) {
        wanted.put(key, claim);
    }

    /** The claim was taken away: the lock is not wanted any more. */
    void forget(StepKey key) {
        wanted.remove(key);
    }

    /** Gives locks back after their results are recorded under these claims. */
    synchronized void unlock(Map<StepKey, Integer> claims) {
        var batch = new HashMap<StepKey, Integer>();
        claims.forEach((key, claim) -> {
            if (wanted.remove(key, claim)) {
                unlocking.put(key, claim);
                batch.put(key, claim);
            }
        });
        send(inbox, batch);
    }

    /** Gives back the lock of a claim that may have been taken away, so that another worker may have the lock now. */
    synchronized void giveUp(StepKey key, int claim) {
        if (!wanted.remove(key, claim)) {
            return;
        }
        unlocking.put(key, claim);
        try {
            if (inbox.heldClaim(key).equals(Optional.of(claim))) {
                send(inbox, Map.of(key, claim));
            } else {
                unlocking.remove(key, claim);
            }
        } catch (ZooKeeperUnavailableException e) {
            log.debug("lock given up after the reconnect step={} claim={}", key, claim, e);
        }
    }

    private void send(Inbox to, Map<StepKey, Integer> batch) {
        if (batch.isEmpty()) {
            return;
        }
        var keys = batch.keySet().stream().toList();
        to.unlock(keys, result -> {
            switch (result) {
                case MultiResult.Done() -> batch.forEach(unlocking::remove);
                case MultiResult.Unknown _ -> log.debug("unlock outcome unknown count={}", batch.size());
                case MultiResult.Refused refused -> {
                    int failed = refused.failedAt() - 1;
                    if (failed < 0) {
                        // The incarnation is gone, and its ephemeral nodes with it.
                        batch.forEach(unlocking::remove);
                        return;
                    }
                    var gone = keys.get(failed);
                    var rest = new HashMap<>(batch);
                    unlocking.remove(gone, rest.remove(gone));
                    send(to, rest);
                }
            }
        });
    }

    /** After a lost session: from now on under this incarnation. */
    synchronized void moveTo(Inbox next) {
        inbox = next;
        unlocking.clear();
    }

    /**
     * After a reconnect: takes every wanted lock that this session does not hold, and sends every unlock again whose node
     * is still there.
     *
     * @throws ZooKeeperUnavailableException when it is away again; to be called after the next reconnect then
     */
    synchronized void restore() {
        wanted.forEach((key, claim) -> {
            if (!holds(key, claim)) {
                log.info("lock taken again step={} claim={}", key, claim);
                inbox.relock(key, claim, result -> {
                    if (result instanceof MultiResult.Refused refused) {
                        log.warn("lock not taken again step={} claim={} cause={}", key, claim, refused.cause());
                    }
                });
            }
        });
        var again = new HashMap<>(unlocking);
        again.entrySet().removeIf(entry -> !holds(entry.getKey(), entry.getValue()));
        unlocking.forEach((key, claim) -> {
            if (!again.containsKey(key)) {
                unlocking.remove(key, claim);
            }
        });
        send(inbox, again);
    }

    private boolean holds(StepKey key, int claim) {
        return inbox.heldClaim(key).equals(Optional.of(claim));
    }
}
