package dev.dagkeeper.history;

import dev.dagkeeper.history.ScheduleStore.TriggerName;
import dev.dagkeeper.schedule.Backfill;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/** Backfills as they are shown, and what operators ask of them. */
final class PostgresBackfillStore implements BackfillStore {
    private static final String SHOWN = """
            SELECT b.id, w.namespace, w.name AS workflow, b.trigger, r.number AS revision, b.schedule, b.range_from,
                b.range_until, b.fires, b.reprocess, b.max_active, b.direction, b.inputs, b.priority, b.created_at,
                b.created_by, b.paused_at, b.cancelled_at, b.changed_by, b.cursor, b.state, b.ended_at,
                (SELECT json_object_agg(state, fires) FROM (
                    SELECT coalesce(run.state, f.outcome) AS state, count(*) AS fires
                    FROM fire f LEFT JOIN run ON run.id = f.run_id
                    WHERE f.workflow_id = b.workflow_id AND f.trigger = 'backfill:' || b.id
                    GROUP BY 1) AS counted) AS started
            FROM backfill b
            JOIN workflow w ON w.id = b.workflow_id
            JOIN workflow_revision r ON r.id = b.revision_id
            """;

    private final Pool pool;

    PostgresBackfillStore(Pool pool) {
        this.pool = pool;
    }

    @Override
    public Outcome create(NewBackfill backfill) {
        var name = backfill.trigger();
        return pool.inTransaction("create a backfill of " + name, handle -> {
            var query = handle.createQuery("""
                    INSERT INTO backfill (workflow_id, trigger, revision_id, schedule, range_from, range_until, fires, reprocess,
                        max_active, direction, inputs, priority, created_by, key, request_hash)
                    SELECT w.id, :trigger, r.id, :schedule::json, :from, :until, :fires, :reprocess, :max_active, :direction,
                        :inputs::json, :priority, :by, :key, :request_hash
                    FROM workflow w JOIN workflow_revision r ON r.workflow_id = w.id AND r.number = :revision
                    WHERE w.namespace = :namespace AND w.name = :workflow
                    ON CONFLICT (key) DO NOTHING
                    RETURNING id
                    """);
            var id = query.bind("namespace", name.namespace())
                    .bind("workflow", name.workflow())
                    .bind("trigger", name.trigger())
                    .bind("revision", backfill.revision())
                    .bind("schedule", backfill.schedule())
                    .bind("from", backfill.from())
                    .bind("until", backfill.until())
                    .bind("fires", backfill.fires())
                    .bind("reprocess", backfill.reprocess().text())
                    .bind("max_active", backfill.maxActive())
                    .bind("direction", backfill.direction().text())
                    .bind("inputs", Json.write(backfill.inputs()))
                    .bind("priority", backfill.priority())
                    .bind("by", Text.storable(backfill.by()))
                    .bind(
                            "key",
                            backfill.idempotency().map(NewRun.Idempotency::key).orElse(null))
                    .bind(
                            "request_hash",
                            backfill.idempotency()
                                    .map(NewRun.Idempotency::requestHash)
                                    .orElse(null))
                    .mapTo(Long.class)
                    .findOne();
            return id.<Outcome>map(Outcome.Created::new)
                    .orElseGet(() -> earlier(handle, backfill.idempotency().orElseThrow()));
        });
    }

    private static Outcome earlier(Handle handle, NewRun.Idempotency idempotency) {
        return handle.createQuery("SELECT id, request_hash FROM backfill WHERE key = :key")
                .bind("key", idempotency.key())
                .map((row, context) -> row.getString("request_hash").equals(idempotency.requestHash())
                        ? new Outcome.Replayed(row.getLong("id"))
                        : new Outcome.KeyTaken(row.getLong("id")))
                .one();
    }

    @Override
    public Optional<BackfillView> find(long id) {
        return pool.with("read backfill " + id, handle -> find(handle, id));
    }

    private static Optional<BackfillView> find(Handle handle, long id) {
        return handle.createQuery(SHOWN + "WHERE b.id = :id")
                .bind("id", id)
                .map((row, context) -> view(row))
                .findOne();
    }

    @Override
    public List<BackfillView> list(BackfillFilter filter) {
        var conditions = new StringBuilder("WHERE true");
        filter.namespace().ifPresent(_ -> conditions.append(" AND w.namespace = :namespace"));
        filter.workflow().ifPresent(_ -> conditions.append(" AND w.name = :workflow"));
        filter.before().ifPresent(_ -> conditions.append(" AND b.id < :before"));
        return pool.with("list backfills", handle -> {
            var query = handle.createQuery(SHOWN + conditions + " ORDER BY b.id DESC LIMIT :limit");
            filter.namespace().ifPresent(namespace -> query.bind("namespace", namespace));
            filter.workflow().ifPresent(workflow -> query.bind("workflow", workflow));
            filter.before().ifPresent(before -> query.bind("before", before));
            return query.bind("limit", filter.limit())
                    .map((row, context) -> view(row))
                    .list();
        });
    }

    @Override
    public Optional<BackfillView> pause(long id, String by) {
        return change(id, by, "paused_at = clock_timestamp()", "paused_at IS NULL");
    }

    @Override
    public Optional<BackfillView> resume(long id, String by) {
        return change(id, by, "paused_at = NULL", "paused_at IS NOT NULL");
    }

    @Override
    public Optional<BackfillView> cancel(long id, String by) {
        return change(id, by, "cancelled_at = clock_timestamp()", "true");
    }

    private Optional<BackfillView> change(long id, String by, String set, String condition) {
        return pool.inTransaction("change backfill " + id, handle -> {
            handle.createUpdate("""
                            UPDATE backfill SET %s, changed_by = :by
                            WHERE id = :id AND state = 'running' AND cancelled_at IS NULL AND %s
                            """.formatted(set, condition))
                    .bind("by", Text.storable(by))
                    .bind("id", id)
                    .execute();
            return find(handle, id);
        });
    }

    @Override
    public Map<Instant, Backfill.Before> fireRuns(TriggerName trigger, Instant first, Instant last) {
        return pool.with(
                "read runs of fires",
                handle -> BackfillStatements.fireRuns(
                        handle, trigger.namespace(), trigger.workflow(), trigger.trigger(), first, last));
    }

    private static BackfillView view(ResultSet row) throws SQLException {
        var asked = new NewBackfill(
                new TriggerName(row.getString("namespace"), row.getString("workflow"), row.getString("trigger")),
                row.getInt("revision"),
                row.getString("schedule"),
                Columns.time(row, "range_from"),
                Columns.time(row, "range_until"),
                row.getInt("fires"),
                BackfillStatements.reprocess(row),
                row.getInt("max_active"),
                BackfillStatements.direction(row),
                Json.readObject(row.getString("inputs")),
                row.getInt("priority"),
                row.getString("created_by"),
                Optional.empty());
        var paused = Columns.optionalTime(row, "paused_at");
        var cancelled = Columns.optionalTime(row, "cancelled_at");
        var started = new TreeMap<String, Integer>();
        Json.readObject(row.getString("started")).forEach((state, fires) -> started.put(state, fires.intValue()));
        return new BackfillView(
                row.getLong("id"),
                asked,
                state(row.getString("state"), paused.isPresent(), cancelled.isPresent()),
                Columns.time(row, "created_at"),
                paused,
                cancelled,
                row.getString("changed_by"),
                Columns.optionalTime(row, "cursor"),
                Columns.optionalTime(row, "ended_at"),
                started);
    }

    private static State state(String stored, boolean paused, boolean cancelled) {
        return switch (stored) {
            case "finished" -> State.FINISHED;
            case "cancelled" -> State.CANCELLED;
            default -> cancelled ? State.CANCELLING : paused ? State.PAUSED : State.RUNNING;
        };
    }
}
