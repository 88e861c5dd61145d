package dev.dagkeeper.history;

import dev.dagkeeper.history.NewRun.Idempotency;
import dev.dagkeeper.history.ScheduleStore.TriggerName;
import dev.dagkeeper.schedule.Backfill;
import dev.dagkeeper.schedule.Backfill.Direction;
import dev.dagkeeper.schedule.Backfill.Reprocess;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Backfills, as the api shows them, and what operators say about them. What they start is the leader's to decide. Thread-safe;
 * methods throw {@link StoreException} when Postgres does not answer.
 */
public interface BackfillStore {
    /** Stores it, durably; asking again with the same key stores nothing new. */
    Outcome create(NewBackfill backfill);

    /** One backfill. */
    Optional<BackfillView> find(long id);

    /** Backfills, newest first, one page. */
    List<BackfillView> list(BackfillFilter filter);

    /** Holds it back, durably: what runs goes on, nothing new is started. No effect on one that is paused, cancelled or has ended. */
    Optional<BackfillView> pause(long id, String by);

    /** Ends a pause, durably. No effect on one that is not paused. */
    Optional<BackfillView> resume(long id, String by);

    /** Asks for its end, durably: nothing new is started, and its runs are cancelled. No effect on one that is cancelled or has ended. */
    Optional<BackfillView> cancel(long id, String by);

    /** As {@link LeaderStore#fireRuns}. */
    Map<Instant, Backfill.Before> fireRuns(TriggerName trigger, Instant first, Instant last);

    /**
     * A backfill to be stored.
     *
     * @param revision number of the revision that its runs are pinned to
     * @param schedule the pattern with the range, as JSON
     * @param from the first instant of the range
     * @param until the first instant after it
     * @param fires how many fires are in the range
     * @param maxActive how many of its runs may be active at once
     * @param inputs those that win over the trigger's
     * @param priority of its runs
     * @param by who creates it
     */
    record NewBackfill(
            TriggerName trigger,
            int revision,
            String schedule,
            Instant from,
            Instant until,
            int fires,
            Reprocess reprocess,
            int maxActive,
            Direction direction,
            Map<String, JsonNode> inputs,
            int priority,
            String by,
            Optional<Idempotency> idempotency) {
        public NewBackfill {
            inputs = Map.copyOf(inputs);
        }
    }

    /** What came of storing it. */
    sealed interface Outcome {
        /** It is stored. */
        record Created(long id) implements Outcome {}

        /** The same was asked before under this key; nothing new was stored. */
        record Replayed(long first) implements Outcome {}

        /** Something else was asked before under this key; nothing new was stored. */
        record KeyTaken(long first) implements Outcome {}
    }

    /**
     * Which backfills to list.
     *
     * @param before only those created before this one
     * @param limit 1 to 500
     */
    record BackfillFilter(Optional<String> namespace, Optional<String> workflow, Optional<Long> before, int limit) {
        public BackfillFilter {
            RevisionStorage.checkedLimit(limit);
        }
    }

    /** How far a backfill is. */
    enum State {
        RUNNING,
        PAUSED,
        CANCELLING,
        FINISHED,
        CANCELLED
    }

    /**
     * A backfill as stored.
     *
     * @param asked what was asked for
     * @param changedBy who paused, resumed or cancelled it last; empty when nobody has
     * @param cursor the last fire that was decided about
     * @param started how many of the fires that it started are in which state, by the states of runs; those without a
     *     run are {@code skipped}, those whose run is kept no longer {@code started}
     */
    record BackfillView(
            long id,
            NewBackfill asked,
            State state,
            Instant createdAt,
            Optional<Instant> pausedAt,
            Optional<Instant> cancelledAt,
            String changedBy,
            Optional<Instant> cursor,
            Optional<Instant> endedAt,
            Map<String, Integer> started) {}
}
