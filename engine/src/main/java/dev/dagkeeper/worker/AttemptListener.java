package dev.dagkeeper.worker;

import dev.dagkeeper.history.WorkerStore.Recorded;

/** Hears of the end of attempts: exactly one call for each, on a thread that should not be held up for long. */
public interface AttemptListener {
    /** It ended, and this is to be recorded. */
    void ended(RunningAttempt attempt, Recorded result);

    /** It ended after {@link Stop#ABANDON}, or its run does not exist any more: nothing is to be recorded. */
    void abandoned(RunningAttempt attempt);
}
