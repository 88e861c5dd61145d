package dev.dagkeeper.workflow;

import java.time.Duration;

/**
 * By when the main steps of a run must have ended. It strikes once, while they have not.
 *
 * @param from what it is counted from
 * @param within after that
 * @param action what happens when it has not ended by then
 */
public record Deadline(From from, Duration within, Action action) {
    /** What a deadline is counted from. */
    public enum From {
        /** The fire the run was created for; for a manual run its creation. */
        SCHEDULED,
        /** The run's creation. */
        QUEUED,
        /** The moment when the run was taken up. */
        STARTED
    }

    /** What happens at a deadline. */
    public enum Action {
        ALERT,
        CANCEL,
        FAIL
    }
}
