package dev.dagkeeper.workflow;

import java.util.Locale;
import java.util.Optional;

/**
 * How many runs of a group may be active at once, and what becomes of one that comes when there are as many.
 *
 * @param group evaluated when a run is created; absent: the workflow is the group
 * @param max 1 to 10,000
 */
public record Concurrency(Optional<Template> group, int max, OnConflict onConflict) {
    /** What becomes of a run that comes when its group is full. */
    public enum OnConflict {
        /** It starts all the same. */
        ALLOW,
        /** It waits; the highest priority first, then the oldest. */
        QUEUE,
        /** It waits when nobody of its group does; otherwise it is skipped. */
        QUEUE_FIRST,
        /** It waits in the place of whoever of its group does, and those are skipped. */
        QUEUE_LATEST,
        /** It ends as skipped. */
        SKIP,
        /** It ends as failed. */
        FAIL,
        /** The oldest active run of the group is cancelled for it, and it takes the place once that has ended. */
        CANCEL_RUNNING;

        /** As it is written in a workflow: {@code on-conflict: cancel-running}. */
        public String setting() {
            return "on-conflict: " + name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
