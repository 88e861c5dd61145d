package dev.dagkeeper.worker;

import dev.dagkeeper.history.StoreException;
import dev.dagkeeper.history.WorkerStore;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the claims of a worker still stand, by Postgres: asked after a lost session, and every few seconds while ZooKeeper
 * is away. What has fallen is ended; when neither store has answered for long, so is everything. Not thread-safe.
 */
final class Standing {
    private static final Logger log = LoggerFactory.getLogger(Standing.class);

    /** How often a worker without ZooKeeper asks. */
    private static final Duration PAUSE = Duration.ofSeconds(3);

    private final WorkerStore store;
    private final HeldLocks locks;
    private final RunningAttempts running;
    private final Duration isolationTimeout;
    private final LongSupplier nanoTime;
    private long lastContact;
    private long next;

    /**
     * @param running what runs now
     * @param isolationTimeout after so long without either store, all attempts are ended
     */
    Standing(
            WorkerStore store,
            HeldLocks locks,
            RunningAttempts running,
            Duration isolationTimeout,
            LongSupplier nanoTime) {
        this.store = store;
        this.locks = locks;
        this.running = running;
        this.isolationTimeout = isolationTimeout;
        this.nanoTime = nanoTime;
        lastContact = nanoTime.getAsLong();
    }

    /** ZooKeeper is there again. */
    void connected() {
        lastContact = nanoTime.getAsLong();
    }

    /** ZooKeeper is away from now on. */
    void disconnected() {
        next = nanoTime.getAsLong() + PAUSE.toNanos();
    }

    /** How long until {@link #check} has something to do, while ZooKeeper is away. */
    long nanosUntilNext() {
        return next - nanoTime.getAsLong();
    }

    /** To be called while ZooKeeper is away: when it is time, claims that Postgres does not show any more are ended. */
    void check() {
        if (nanosUntilNext() > 0) {
            return;
        }
        next = nanoTime.getAsLong() + PAUSE.toNanos();
        if (endFallen()) {
            lastContact = nanoTime.getAsLong();
        } else if (nanoTime.getAsLong() - lastContact > isolationTimeout.toNanos()) {
            log.warn(
                    "neither store answered for {}: ending all processes running={}", isolationTimeout, running.size());
            running.abandon();
        }
    }

    /**
     * Ends the attempts whose claims do not stand any more.
     *
     * @return whether Postgres answered
     */
    boolean endFallen() {
        try {
            var held = locks.wanted();
            if (held.isEmpty()) {
                return true;
            }
            var standing = store.standing(held);
            held.forEach((key, claim) -> {
                if (!standing.contains(key)) {
                    running.find(key, claim).ifPresent(this::endFallen);
                }
            });
            return true;
        } catch (StoreException e) {
            log.debug("claims could not be checked", e);
            return false;
        }
    }

    private void endFallen(RunningAttempt attempt) {
        var claimed = attempt.claimed();
        log.warn("claim was taken away, ending the step step={} claim={}", claimed.key(), claimed.claim());
        locks.forget(claimed.key());
        attempt.stop(Stop.ABANDON);
    }
}
