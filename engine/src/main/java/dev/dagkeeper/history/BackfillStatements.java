package dev.dagkeeper.history;

import dev.dagkeeper.history.FireWrites.BackfillProgress;
import dev.dagkeeper.history.LeaderTransaction.Part;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.schedule.Backfill;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** What the leader reads and writes about backfills. */
final class BackfillStatements {
    private static final String ACTIVE = "('queued', 'running', 'paused', 'cancelling')";

    private BackfillStatements() {}

    static List<StoredBackfill> open(Handle handle) {
        return handle.createQuery("""
                        SELECT b.id, b.workflow_id, w.namespace, w.name AS workflow, b.trigger, b.revision_id,
                            r.number AS revision, b.schedule, b.reprocess, b.max_active, b.direction, b.inputs, b.priority,
                            b.paused_at IS NOT NULL AS paused,
                            CASE WHEN b.cancelled_at IS NOT NULL THEN b.changed_by END AS cancelled_by, b.cursor,
                            ARRAY(SELECT id FROM run WHERE state IN %s AND trigger = 'backfill:' || b.id) AS active
                        FROM backfill b
                        JOIN workflow w ON w.id = ANY (ARRAY[b.workflow_id])
                        JOIN workflow_revision r ON r.id = ANY (ARRAY[b.revision_id])
                        WHERE b.state = 'running'
                        ORDER BY b.id
                        """.formatted(ACTIVE))
                .map((row, context) -> stored(row))
                .list();
    }

    private static StoredBackfill stored(ResultSet row) throws SQLException {
        return new StoredBackfill(
                row.getLong("id"),
                row.getLong("workflow_id"),
                row.getString("namespace"),
                row.getString("workflow"),
                row.getString("trigger"),
                row.getLong("revision_id"),
                row.getInt("revision"),
                row.getString("schedule"),
                reprocess(row),
                row.getInt("max_active"),
                direction(row),
                Json.readObject(row.getString("inputs")),
                row.getInt("priority"),
                row.getBoolean("paused"),
                Columns.optionalText(row, "cancelled_by"),
                Columns.optionalTime(row, "cursor"),
                runs(row));
    }

    static Backfill.Reprocess reprocess(ResultSet row) throws SQLException {
        return Backfill.Reprocess.parse(row.getString("reprocess")).orElseThrow();
    }

    static Backfill.Direction direction(ResultSet row) throws SQLException {
        return Backfill.Direction.parse(row.getString("direction")).orElseThrow();
    }

    private static Set<RunId> runs(ResultSet row) throws SQLException {
        return Arrays.stream((UUID[]) row.getArray("active").getArray())
                .map(RunId::new)
                .collect(Collectors.toSet());
    }

    /** What has become of the fires of a trigger from one time to another, both included. */
    static Map<Instant, Backfill.Before> fireRuns(
            Handle handle, String namespace, String workflow, String trigger, Instant first, Instant last) {
        var fires = new HashMap<Instant, Backfill.Before>();
        handle.createQuery("""
                        SELECT nominal_time, bool_or(state IN %s) AS active, (array_agg(state ORDER BY id DESC))[1] AS newest
                        FROM run
                        WHERE namespace = :namespace AND workflow = :workflow AND series = :trigger AND series <> ''
                            AND nominal_time BETWEEN :first AND :last AND state <> 'skipped'
                        GROUP BY nominal_time
                        """.formatted(ACTIVE))
                .bind("namespace", namespace)
                .bind("workflow", workflow)
                .bind("trigger", trigger)
                .bind("first", first)
                .bind("last", last)
                .map((row, context) -> Map.entry(
                        Columns.time(row, "nominal_time"),
                        before(row.getBoolean("active"), RunState.parse(row.getString("newest")))))
                .forEach(row -> fires.put(row.getKey(), row.getValue()));
        return fires;
    }

    private static Backfill.Before before(boolean active, RunState newest) {
        if (active) {
            return Backfill.Before.ACTIVE;
        }
        return switch (newest) {
            case QUEUED, RUNNING, PAUSED, CANCELLING -> Backfill.Before.ACTIVE;
            case FAILED, CANCELLED -> Backfill.Before.FAILED;
            case SUCCEEDED, WARNED -> Backfill.Before.SUCCEEDED;
            case SKIPPED -> Backfill.Before.NOTHING;
        };
    }

    static Part progress(List<BackfillProgress> unordered) {
        var backfills = unordered.stream()
                .sorted(Comparator.comparingLong(BackfillProgress::backfill))
                .toList();
        return Part.of(
                "backfills",
                backfills.size(),
                """
                UPDATE backfill b SET cursor = coalesce(w.cursor, b.cursor), state = w.state, ended_at = w.ended_at
                FROM unnest(?, ?, ?, ?) AS w (id, cursor, state, ended_at)
                WHERE b.id = ANY (ARRAY[w.id]) AND b.state = 'running'
                """,
                List.of(SqlArray.longs(backfills, BackfillProgress::backfill)),
                SqlArray.optionalTimes(backfills, BackfillProgress::cursor),
                SqlArray.texts(backfills, BackfillStatements::state),
                SqlArray.optionalTimes(backfills, backfill -> backfill.end().map(BackfillProgress.End::at)));
    }

    private static String state(BackfillProgress backfill) {
        return backfill.end()
                .map(end -> end.cancelled() ? "cancelled" : "finished")
                .orElse("running");
    }
}
