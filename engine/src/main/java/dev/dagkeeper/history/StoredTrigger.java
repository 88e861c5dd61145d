package dev.dagkeeper.history;

import java.time.Instant;
import java.util.Optional;

/**
 * A trigger as the leader reads it.
 *
 * @param id internal
 * @param name its id in the workflow
 * @param revisionId what its runs are pinned to
 * @param revision the number of that revision
 * @param schedule when it fires, as JSON
 * @param since when this schedule was deployed
 * @param removedAt since when no deployed revision has it
 * @param pausedAt since when an operator has it paused
 * @param pausedBy who paused it last; empty when nobody did
 * @param resumedAt when it was resumed last
 * @param resumedBy who resumed it last; empty when nobody did
 * @param change greater with every change of what the api writes
 * @param progress how far it has come; absent before its first fire
 */
public record StoredTrigger(
        long id,
        long workflowId,
        String namespace,
        String workflow,
        String name,
        long revisionId,
        int revision,
        String schedule,
        Instant since,
        Optional<Instant> removedAt,
        Optional<Instant> pausedAt,
        String pausedBy,
        Optional<Instant> resumedAt,
        String resumedBy,
        long change,
        Optional<Progress> progress) {
    /** The same, having come so far. */
    public StoredTrigger with(Optional<Progress> other) {
        return new StoredTrigger(
                id,
                workflowId,
                namespace,
                workflow,
                name,
                revisionId,
                revision,
                schedule,
                since,
                removedAt,
                pausedAt,
                pausedBy,
                resumedAt,
                resumedBy,
                change,
                other);
    }

    /**
     * How far a trigger has come. Written by the leader only.
     *
     * @param cursor every fire up to this instant has its outcome
     * @param failures how many of its runs have failed in a row
     * @param suspendedAt when it paused itself after failed runs; over once an operator has resumed it later
     * @param reason in words why it paused itself; empty when it did not
     * @param event of its datasets every event up to this one has been consumed; 0 for a trigger by the clock
     */
    public record Progress(Instant cursor, int failures, Optional<Instant> suspendedAt, String reason, long event) {
        /** Of a trigger by the clock. */
        public Progress(Instant cursor, int failures, Optional<Instant> suspendedAt, String reason) {
            this(cursor, failures, suspendedAt, reason, 0);
        }

        /** The same with the cursors at least there. */
        public Progress atLeast(Progress other) {
            return new Progress(
                    other.cursor.isAfter(cursor) ? other.cursor : cursor,
                    failures,
                    suspendedAt,
                    reason,
                    Math.max(event, other.event));
        }
    }
}
