package dev.dagkeeper.history;

import dev.dagkeeper.history.StoredTrigger.Progress;
import dev.dagkeeper.schedule.FireOutcome;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one transaction of the leader writes about triggers. A fire and its run are written together or not at all.
 *
 * @param fires fires with their outcomes; one that has its row already is left as it is, and its run is not created
 * @param progress how far triggers have come, one entry a trigger at most; a cursor never goes back
 * @param changes fires whose run came to wait, or was started or turned away after it had waited
 * @param backfills how far backfills have come, one entry a backfill at most
 */
public record FireWrites(
        List<NewFire> fires,
        List<TriggerProgress> progress,
        List<FireChange> changes,
        List<BackfillProgress> backfills) {
    /** Nothing. */
    public static final FireWrites NONE = new FireWrites(List.of(), List.of(), List.of());

    /** With nothing about backfills. */
    public FireWrites(List<NewFire> fires, List<TriggerProgress> progress, List<FireChange> changes) {
        this(fires, progress, changes, List.of());
    }

    public FireWrites {
        fires = List.copyOf(fires);
        progress = List.copyOf(progress);
        changes = List.copyOf(changes);
        backfills = List.copyOf(backfills);
    }

    /** Whether there is nothing to write. */
    public boolean isEmpty() {
        return fires.isEmpty() && progress.isEmpty() && changes.isEmpty() && backfills.isEmpty();
    }

    /**
     * A fire with its outcome.
     *
     * @param trigger by name
     * @param reason in words, for what was skipped or missed
     * @param run to be created with it
     */
    public record NewFire(
            long workflowId,
            String trigger,
            Instant fire,
            FireOutcome outcome,
            String reason,
            Optional<NewRun> run,
            Instant decidedAt) {}

    /** How far a trigger has come. */
    public record TriggerProgress(long trigger, Progress progress) {
        /** The same with the cursors at least there. */
        public TriggerProgress atLeast(Progress other) {
            return new TriggerProgress(trigger, progress.atLeast(other));
        }
    }

    /** What became of a fire that has a run. Has no effect on one that was skipped or missed. */
    public record FireChange(
            String namespace,
            String workflow,
            String trigger,
            Instant fire,
            FireOutcome outcome,
            String reason,
            Instant decidedAt) {}

    /**
     * How far a backfill has come. Has no effect on one that has ended.
     *
     * @param cursor the last fire that was decided about; absent before the first
     * @param end how it has ended, none of its runs being active; absent while it has not
     */
    public record BackfillProgress(long backfill, Optional<Instant> cursor, Optional<End> end) {
        /** How and when a backfill has ended. */
        public record End(boolean cancelled, Instant at) {}
    }
}
