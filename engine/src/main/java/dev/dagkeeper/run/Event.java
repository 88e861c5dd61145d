package dev.dagkeeper.run;

import java.time.Instant;
import java.util.Optional;

/**
 * What can happen to an active run. An event about a claim that is not the instance's current one changes nothing, so
 * hearing of something twice, or late, is harmless.
 */
public sealed interface Event {
    /** The run begins: its steps without unmet needs become ready. */
    record Started() implements Event {}

    /** A ready instance was given to a worker: {@code blocked -> queued}. */
    record Placed(StepKey key, int claim, String worker) implements Event {}

    /** A queued item was taken back before any worker claimed it: {@code queued -> blocked}, or cancelled. */
    record Withdrawn(StepKey key, int claim) implements Event {}

    /** A worker holds the lock of the claim: {@code queued -> running}. */
    record Running(StepKey key, int claim, String worker, Instant at) implements Event {}

    /** The worker's recorded result. */
    record Reported(StepKey key, int claim, Report report) implements Event {}

    /**
     * The lock and the item of the claim are gone and there is no result.
     *
     * @param returned whether the worker's incarnation is still alive or came back, so the step is not suspected of
     *     having killed it
     */
    record Lost(StepKey key, int claim, boolean returned) implements Event {}

    /** The instance, which nobody has, may have been given to a worker under this claim, and nobody knows. */
    record Doubted(StepKey key, int claim) implements Event {}

    /**
     * It is known how the same step of the run of the fire before stands.
     *
     * @param objection in words, why it must not start; empty when it may
     */
    record PastHeard(int step, Optional<String> objection) implements Event {}

    /** The time that a waiting instance waited for has come. */
    record Due(StepKey key) implements Event {}

    /**
     * A queued run does not get a place in its concurrency group.
     *
     * @param as {@code SKIPPED}, or {@code FAILED}, which its hooks hear of
     * @param reason in words
     */
    record TurnedAway(RunState as, String reason) implements Event {
        public TurnedAway {
            if (as != RunState.SKIPPED && as != RunState.FAILED) {
                throw new IllegalArgumentException("expected skipped or failed, found " + as.text());
            }
        }
    }

    /** The run's own time is up. */
    record RunTimedOut() implements Event {}

    /** The time of one of the workflow's deadlines has come, and the run has not ended. */
    record DeadlinePassed(int deadline) implements Event {}

    /** An operator wants it ended; {@code kill} gives processes no grace and runs no hooks. */
    record CancelRequested(boolean kill, String by) implements Event {}
}
