package dev.dagkeeper.run;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the leader knows about one step instance. */
record Slot(
        StepState state,
        String reason,
        int claim,
        int attempt,
        int lost,
        @Nullable String worker,
        @Nullable Instant due) {

    /** Whether an attempt of it was given away at least once and came back, or is at work. */
    boolean begun() {
        return claim > 1 || state == StepState.RUNNING || state == StepState.WAITING;
    }

    /** Another state under the same claim, with nobody at work on it. */
    Slot to(StepState next, String why) {
        return new Slot(next, why, claim, attempt, lost, null, null);
    }

    /** In a worker's hands. */
    Slot at(StepState next, String why, String holder) {
        return new Slot(next, why, claim, attempt, lost, holder, null);
    }

    /** The same under a raised claim. */
    Slot again() {
        return new Slot(state, reason, claim + 1, attempt, lost, worker, due);
    }

    /** Ready again under a raised claim. */
    Slot again(String why, int nextAttempt, int nextLost) {
        return new Slot(StepState.BLOCKED, why, claim + 1, nextAttempt, nextLost, null, null);
    }

    /** Waiting for a time, under a raised claim. */
    Slot waiting(String why, int nextAttempt, Instant until) {
        return new Slot(StepState.WAITING, why, claim + 1, nextAttempt, 0, null, until);
    }
}
