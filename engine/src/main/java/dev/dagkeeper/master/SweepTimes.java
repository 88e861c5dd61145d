package dev.dagkeeper.master;

import dev.dagkeeper.master.Repair.Cause;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * When everything is compared, and the grace that follows an election or a reconnect: workers take their locks again in it,
 * so nothing is lost. Not thread-safe: the leader's.
 */
final class SweepTimes {
    private final LeaderSettings settings;
    private final LongSupplier nanoTime;
    private boolean watched;
    private Optional<Cause> afterGrace = Optional.empty();
    private long graceUntil;
    private long nextSweep;

    /** A term begins, and its first grace with it. */
    SweepTimes(LeaderSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        nextSweep = nanoTime.getAsLong() + settings.sweepInterval().toNanos();
        beginGrace(Cause.ELECTION);
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
        sweepAfterGrace();
    }

    boolean inGrace() {
        return nanoTime.getAsLong() - graceUntil < 0;
    }

    /** A sweep at the end of the grace at the latest. */
    void sweepAfterGrace() {
        if (graceUntil - nextSweep < 0) {
            nextSweep = graceUntil;
        }
    }

    /** Why everything is to be compared now; empty when it is not. */
    Optional<Cause> due() {
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

    Duration untilDue() {
        return Duration.ofNanos(Math.max(0, nextSweep - nanoTime.getAsLong()));
    }

    /** @param again whether some of it is to be looked at again soon */
    void swept(boolean again) {
        nextSweep = nanoTime.getAsLong() + (again ? settings.settle() : settings.sweepInterval()).toNanos();
        if (inGrace()) {
            sweepAfterGrace();
        } else {
            afterGrace = Optional.empty();
        }
    }
}
