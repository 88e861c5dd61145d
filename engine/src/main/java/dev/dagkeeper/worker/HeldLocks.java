package dev.dagkeeper.worker;

import dev.dagkeeper.cluster.MultiResult;
import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
import dev.dagkeeper.queue.Inbox;
import dev.dagkeeper.run.StepKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The locks this worker has or wants: from the claim until the lock node is certainly gone. An unlock whose outcome is
 * unknown is tried again after the reconnect, until there is no node or the session has ended. Thread-safe.
 */
final class HeldLocks {
    private static final Logger log = LoggerFactory.getLogger(HeldLocks.class);

    private final Map<StepKey, Integer> wanted = new ConcurrentHashMap<>();
    private final Map<StepKey, Integer> unlocking = new ConcurrentHashMap<>();
    private volatile Inbox inbox;

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

    /** Gives locks back after their results are recorded. */
    void unlock(Collection<StepKey> keys) {
        var batch = new ArrayList<StepKey>();
        for (var key : keys) {
            var claim = wanted.remove(key);
            if (claim != null) {
                unlocking.put(key, claim);
                batch.add(key);
            }
        }
        send(inbox, batch);
    }

    private void send(Inbox to, Collection<StepKey> batch) {
        if (batch.isEmpty()) {
            return;
        }
        to.unlock(batch, result -> {
            switch (result) {
                case MultiResult.Done() -> batch.forEach(unlocking::remove);
                case MultiResult.Unknown _ -> log.debug("unlock outcome unknown count={}", batch.size());
                case MultiResult.Refused refused -> {
                    int failed = refused.failedAt() - 1;
                    var rest = new ArrayList<>(batch);
                    if (failed < 0) {
                        // The incarnation is gone, and its ephemeral nodes with it.
                        batch.forEach(unlocking::remove);
                        return;
                    }
                    unlocking.remove(rest.remove(failed));
                    send(to, rest);
                }
            }
        });
    }

    /** After a lost session: from now on under this incarnation. */
    void moveTo(Inbox next) {
        inbox = next;
        unlocking.clear();
    }

    /**
     * After a reconnect: takes every wanted lock that this session does not hold, and sends every unlock again whose node
     * is still there.
     *
     * @throws ZooKeeperUnavailableException when it is away again; to be called after the next reconnect then
     */
    void restore() {
        var current = inbox;
        for (var entry : wanted.entrySet()) {
            if (!current.heldClaim(entry.getKey()).equals(java.util.Optional.of(entry.getValue()))) {
                log.info("lock taken again step={} claim={}", entry.getKey(), entry.getValue());
                current.relock(entry.getKey(), entry.getValue(), _ -> {});
            }
        }
        var again = new HashMap<StepKey, Integer>(unlocking);
        again.entrySet()
                .removeIf(entry -> !current.heldClaim(entry.getKey()).equals(java.util.Optional.of(entry.getValue())));
        unlocking.keySet().retainAll(Set.copyOf(again.keySet()));
        send(current, again.keySet());
    }
}
