package dev.dagkeeper.history;

import dev.dagkeeper.history.FireWrites.FireChange;
import dev.dagkeeper.history.FireWrites.NewFire;
import dev.dagkeeper.history.FireWrites.TriggerProgress;
import dev.dagkeeper.history.LeaderTransaction.Part;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The statements of a {@link LeaderTransaction} that are about triggers. */
final class FireStatements {
    private FireStatements() {}

    /** One statement for each list that is not empty. */
    static List<Part> of(FireWrites writes) {
        var parts = new ArrayList<Part>();
        if (!writes.fires().isEmpty()) {
            parts.add(fires(writes.fires()));
        }
        if (!writes.progress().isEmpty()) {
            parts.add(progress(writes.progress()));
        }
        if (!writes.changes().isEmpty()) {
            parts.add(changes(writes.changes()));
        }
        if (!writes.backfills().isEmpty()) {
            parts.add(BackfillStatements.progress(writes.backfills()));
        }
        return parts;
    }

    /** One statement for fires, runs and steps: a run is created only by inserting its fire. */
    private static Part fires(List<NewFire> unordered) {
        var fires = unordered.stream()
                .sorted(Comparator.comparingLong(NewFire::workflowId)
                        .thenComparing(NewFire::trigger)
                        .thenComparing(NewFire::fire))
                .toList();
        var runs = fires.stream().flatMap(fire -> fire.run().stream()).toList();
        var headers = runs.stream().map(NewRun::header).toList();
        var steps = runs.stream().flatMap(FireStatements::steps).toList();
        var parameters = new ArrayList<SqlArray>();
        parameters.addAll(fireColumns(fires));
        parameters.addAll(runColumns(headers, runs));
        parameters.addAll(stepColumns(steps));
        return new Part(
                "steps of fired runs",
                """
                WITH fired AS (
                    INSERT INTO fire (workflow_id, trigger, fire, outcome, reason, run_id, decided_at)
                    SELECT w.workflow_id, w.trigger, w.fire, w.outcome, w.reason, w.run_id, w.decided_at
                    FROM unnest(?, ?, ?, ?, ?, ?, ?)
                        AS w (workflow_id, trigger, fire, outcome, reason, run_id, decided_at)
                    ON CONFLICT DO NOTHING
                    RETURNING run_id
                ), created AS (
                    INSERT INTO run (%s)
                    SELECT w.id, w.revision_id, w.namespace, w.workflow, w.revision, w.trigger, w.nominal_time,
                        w.interval_start, w.interval_end, w.priority, w.inputs::json, w.labels::jsonb, w.created_at, w.due_at,
                        w.concurrency_group, w.series, w.events::json
                    FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) AS w (%s)
                    WHERE (w.id IN (SELECT run_id FROM fired)) IS TRUE
                    RETURNING id
                )
                INSERT INTO step (run_id, step, step_id, reason)
                SELECT w.run_id, w.step, w.step_id, w.reason
                FROM unnest(?, ?, ?, ?) AS w (run_id, step, step_id, reason)
                WHERE (w.run_id IN (SELECT id FROM created)) IS TRUE
                """.formatted(RunCreation.COLUMNS, RunCreation.COLUMNS),
                parameters,
                steps.size());
    }

    private static List<SqlArray> fireColumns(List<NewFire> fires) {
        return List.of(
                SqlArray.longs(fires, NewFire::workflowId),
                SqlArray.texts(fires, NewFire::trigger),
                SqlArray.times(fires, NewFire::fire),
                SqlArray.texts(fires, fire -> fire.outcome().text()),
                SqlArray.texts(fires, NewFire::reason),
                SqlArray.of(
                        "uuid",
                        fires,
                        fire -> fire.run().map(run -> run.header().id().value()).orElse(null)),
                SqlArray.times(fires, NewFire::decidedAt));
    }

    private static List<SqlArray> runColumns(List<RunHeader> headers, List<NewRun> runs) {
        return List.of(
                SqlArray.uuids(headers, header -> header.id().value()),
                SqlArray.longs(headers, RunHeader::revisionId),
                SqlArray.texts(headers, RunHeader::namespace),
                SqlArray.texts(headers, header -> header.facts().workflow()),
                SqlArray.integers(headers, header -> header.facts().revision()),
                SqlArray.texts(headers, header -> header.facts().trigger()),
                SqlArray.times(headers, header -> header.facts().time()),
                SqlArray.times(headers, header -> header.facts().intervalStart()),
                SqlArray.times(headers, header -> header.facts().intervalEnd()),
                SqlArray.integers(headers, RunHeader::priority),
                SqlArray.texts(headers, header -> Json.write(header.inputs())),
                SqlArray.texts(runs, RunCreation::labels),
                SqlArray.times(headers, RunHeader::createdAt),
                SqlArray.optionalTimes(headers, RunHeader::due),
                SqlArray.texts(headers, RunHeader::group),
                SqlArray.texts(headers, RunHeader::series),
                SqlArray.optionalJson(
                        headers, header -> RunRows.eventsJson(header.facts().events())));
    }

    private static List<SqlArray> stepColumns(List<Step> steps) {
        return List.of(
                SqlArray.uuids(steps, step -> step.run().value()),
                SqlArray.integers(steps, Step::ordinal),
                SqlArray.texts(steps, step -> step.pending().name()),
                SqlArray.texts(steps, step -> step.pending().reason()));
    }

    private static Stream<Step> steps(NewRun run) {
        return IntStream.range(0, run.steps().size())
                .mapToObj(step -> new Step(run.header().id(), step, run.steps().get(step)));
    }

    private record Step(RunId run, int ordinal, NewRun.PendingStep pending) {}

    private static Part progress(List<TriggerProgress> unordered) {
        var triggers = unordered.stream()
                .sorted(Comparator.comparingLong(TriggerProgress::trigger))
                .toList();
        return Part.of(
                "cursors",
                triggers.size(),
                """
                INSERT INTO trigger_cursor AS c (trigger_id, cursor, failures, suspended_at, reason, event_id)
                SELECT w.trigger_id, w.cursor, w.failures, w.suspended_at, w.reason, w.event_id
                FROM unnest(?, ?, ?, ?, ?, ?) AS w (trigger_id, cursor, failures, suspended_at, reason, event_id)
                ON CONFLICT (trigger_id) DO UPDATE SET
                    cursor = greatest(c.cursor, excluded.cursor), failures = excluded.failures,
                    suspended_at = excluded.suspended_at, reason = excluded.reason,
                    event_id = greatest(c.event_id, excluded.event_id)
                """,
                List.of(SqlArray.longs(triggers, TriggerProgress::trigger)),
                SqlArray.times(triggers, trigger -> trigger.progress().cursor()),
                SqlArray.integers(triggers, trigger -> trigger.progress().failures()),
                SqlArray.optionalTimes(triggers, trigger -> trigger.progress().suspendedAt()),
                SqlArray.texts(triggers, trigger -> trigger.progress().reason()),
                SqlArray.longs(triggers, trigger -> trigger.progress().event()));
    }

    private static Part changes(List<FireChange> unordered) {
        var changes = unordered.stream()
                .sorted(Comparator.comparing(FireChange::namespace)
                        .thenComparing(FireChange::workflow)
                        .thenComparing(FireChange::trigger)
                        .thenComparing(FireChange::fire))
                .toList();
        return Part.of(
                "fires",
                changes.size(),
                """
                UPDATE fire f SET outcome = w.outcome, reason = w.reason, decided_at = w.decided_at
                FROM unnest(?, ?, ?, ?, ?, ?, ?) AS w (namespace, workflow, trigger, fire, outcome, reason, decided_at)
                JOIN workflow ON workflow.namespace = ANY (ARRAY[w.namespace]) AND workflow.name = w.workflow
                WHERE f.workflow_id = ANY (ARRAY[workflow.id]) AND f.trigger = w.trigger AND f.fire = w.fire
                    AND f.outcome IN ('queued', 'started')
                """,
                List.of(SqlArray.texts(changes, FireChange::namespace)),
                SqlArray.texts(changes, FireChange::workflow),
                SqlArray.texts(changes, FireChange::trigger),
                SqlArray.times(changes, FireChange::fire),
                SqlArray.texts(changes, change -> change.outcome().text()),
                SqlArray.texts(changes, FireChange::reason),
                SqlArray.times(changes, FireChange::decidedAt));
    }

    /** Triggers in the order of their changes. */
    static List<StoredTrigger> read(org.jdbi.v3.core.Handle handle, long after, int most) {
        return handle.createQuery("""
                        SELECT t.id, t.workflow_id, w.namespace, w.name AS workflow, t.name, t.revision_id,
                            r.number AS revision, t.schedule, t.since, t.removed_at, t.paused_at, t.paused_by,
                            t.resumed_at, t.resumed_by, t.change, c.cursor, c.failures, c.suspended_at, c.reason, c.event_id
                        FROM trigger t
                        JOIN workflow w ON w.id = ANY (ARRAY[t.workflow_id])
                        JOIN workflow_revision r ON r.id = ANY (ARRAY[t.revision_id])
                        LEFT JOIN trigger_cursor c ON c.trigger_id = ANY (ARRAY[t.id])
                        WHERE t.change > :after
                        ORDER BY t.change
                        LIMIT :most
                        """)
                .bind("after", after)
                .bind("most", most)
                .map((row, context) -> trigger(row))
                .list();
    }

    private static StoredTrigger trigger(java.sql.ResultSet row) throws java.sql.SQLException {
        Optional<Instant> cursor = Columns.optionalTime(row, "cursor");
        Optional<StoredTrigger.Progress> progress = cursor.isEmpty()
                ? Optional.empty()
                : Optional.of(new StoredTrigger.Progress(
                        cursor.get(),
                        row.getInt("failures"),
                        Columns.optionalTime(row, "suspended_at"),
                        row.getString("reason"),
                        row.getLong("event_id")));
        return new StoredTrigger(
                row.getLong("id"),
                row.getLong("workflow_id"),
                row.getString("namespace"),
                row.getString("workflow"),
                row.getString("name"),
                row.getLong("revision_id"),
                row.getInt("revision"),
                row.getString("schedule"),
                Columns.time(row, "since"),
                Columns.optionalTime(row, "removed_at"),
                Columns.optionalTime(row, "paused_at"),
                row.getString("paused_by"),
                Columns.optionalTime(row, "resumed_at"),
                row.getString("resumed_by"),
                row.getLong("change"),
                progress);
    }
}
