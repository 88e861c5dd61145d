package dev.dagkeeper.history;

import dev.dagkeeper.schedule.FireOutcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** Triggers and fires as they are shown. */
final class PostgresScheduleStore implements ScheduleStore {
    private static final String TRIGGER = """
            w.namespace, w.name AS workflow, t.name, r.number, t.schedule, t.since, t.removed_at, t.paused_at, t.paused_by,
            t.resumed_at, t.resumed_by, c.cursor, coalesce(c.failures, 0) AS failures, coalesce(c.reason, '') AS reason,
            CASE WHEN c.suspended_at > coalesce(t.resumed_at, '-infinity') THEN c.suspended_at END AS suspended_at
            """;

    private static final String MORE = """
            JOIN workflow_revision r ON r.id = t.revision_id LEFT JOIN trigger_cursor c ON c.trigger_id = t.id
            """;

    private static final String NAMED = """
            workflow_id = (SELECT id FROM workflow WHERE namespace = :namespace AND name = :workflow)
            """;

    private final Pool pool;

    PostgresScheduleStore(Pool pool) {
        this.pool = pool;
    }

    /** Each workflow is asked for its triggers by itself, so that their index gives the order and a page costs a page. */
    @Override
    public List<TriggerView> list(TriggerFilter filter) {
        var workflows = new StringBuilder();
        filter.namespace().ifPresent(_ -> workflows.append(" AND w.namespace = :namespace"));
        filter.workflow().ifPresent(_ -> workflows.append(" AND w.name = :workflow"));
        var triggers = new StringBuilder();
        filter.after().ifPresent(_ -> {
            workflows.append(" AND (w.namespace, w.name) >= (:after_namespace, :after_workflow)");
            triggers.append(" AND (w.namespace, w.name, name) > (:after_namespace, :after_workflow, :after_trigger)");
        });
        return pool.with("list triggers", handle -> {
            var query = handle.createQuery("""
                    SELECT %s
                    FROM workflow w CROSS JOIN LATERAL (
                        SELECT * FROM trigger WHERE workflow_id = w.id AND removed_at IS NULL%s ORDER BY name LIMIT :limit
                    ) AS t %s
                    WHERE w.deployed_revision IS NOT NULL%s
                    ORDER BY w.namespace, w.name, t.name
                    LIMIT :limit
                    """.formatted(TRIGGER, triggers, MORE, workflows));
            filter.namespace().ifPresent(namespace -> query.bind("namespace", namespace));
            filter.workflow().ifPresent(workflow -> query.bind("workflow", workflow));
            filter.after()
                    .ifPresent(after -> query.bind("after_namespace", after.namespace())
                            .bind("after_workflow", after.workflow())
                            .bind("after_trigger", after.trigger()));
            return query.bind("limit", filter.limit())
                    .map((row, context) -> trigger(row))
                    .list();
        });
    }

    @Override
    public Optional<TriggerView> find(TriggerName name) {
        return pool.with("read trigger " + name, handle -> find(handle, name));
    }

    private static Optional<TriggerView> find(Handle handle, TriggerName name) {
        return handle.createQuery("""
                        SELECT %s FROM workflow w JOIN trigger t ON t.workflow_id = w.id %s
                        WHERE w.namespace = :namespace AND w.name = :workflow AND t.name = :trigger
                        """.formatted(TRIGGER, MORE))
                .bind("namespace", name.namespace())
                .bind("workflow", name.workflow())
                .bind("trigger", name.trigger())
                .map((row, context) -> trigger(row))
                .findOne();
    }

    @Override
    public List<FireView> fires(FireFilter filter) {
        var conditions = new StringBuilder();
        filter.from().ifPresent(_ -> conditions.append(" AND fire >= :from"));
        filter.until().ifPresent(_ -> conditions.append(" AND fire < :until"));
        if (!filter.outcomes().isEmpty()) {
            // Written out, so that it is seen that the index of what was not started has them.
            conditions.append(filter.outcomes().stream()
                    .map(outcome -> "'" + outcome.text() + "'")
                    .collect(Collectors.joining(", ", " AND outcome IN (", ")")));
        }
        var name = filter.trigger();
        return pool.with("list fires of " + name, handle -> {
            // The state is asked for run by run: a join could read a month of runs for one page.
            var query = handle.createQuery("""
                    SELECT fire, outcome, reason, run_id, decided_at,
                        (SELECT state FROM run WHERE id = fire.run_id) AS run_state
                    FROM fire
                    WHERE %s AND trigger = :trigger%s
                    ORDER BY fire DESC
                    LIMIT :limit
                    """.formatted(NAMED, conditions));
            filter.from().ifPresent(from -> query.bind("from", from));
            filter.until().ifPresent(until -> query.bind("until", until));
            return query.bind("namespace", name.namespace())
                    .bind("workflow", name.workflow())
                    .bind("trigger", name.trigger())
                    .bind("limit", filter.limit())
                    .map((row, context) -> fire(row))
                    .list();
        });
    }

    @Override
    public Optional<TriggerView> pause(TriggerName name, String by) {
        return change("pause", name, by, """
                UPDATE trigger SET paused_at = clock_timestamp(), paused_by = :by, change = DEFAULT
                WHERE %s AND name = :trigger AND removed_at IS NULL AND paused_at IS NULL
                """);
    }

    @Override
    public Optional<TriggerView> resume(TriggerName name, String by) {
        return change("resume", name, by, """
                UPDATE trigger SET paused_at = NULL, resumed_at = clock_timestamp(), resumed_by = :by, change = DEFAULT
                WHERE %s AND name = :trigger AND removed_at IS NULL
                    AND (paused_at IS NOT NULL OR EXISTS (
                        SELECT FROM trigger_cursor c
                        WHERE c.trigger_id = trigger.id AND c.suspended_at > coalesce(trigger.resumed_at, '-infinity')))
                """);
    }

    private Optional<TriggerView> change(String what, TriggerName name, String by, String update) {
        return pool.inTransaction(what + " trigger " + name, handle -> {
            TriggerWrites.takeTurn(handle);
            handle.createUpdate(update.formatted(NAMED))
                    .bind("by", Text.storable(by))
                    .bind("namespace", name.namespace())
                    .bind("workflow", name.workflow())
                    .bind("trigger", name.trigger())
                    .execute();
            return find(handle, name).filter(trigger -> trigger.removedAt().isEmpty());
        });
    }

    private static TriggerView trigger(ResultSet row) throws SQLException {
        return new TriggerView(
                new TriggerName(row.getString("namespace"), row.getString("workflow"), row.getString("name")),
                row.getInt("number"),
                row.getString("schedule"),
                Columns.time(row, "since"),
                Columns.optionalTime(row, "removed_at"),
                Columns.optionalTime(row, "paused_at"),
                row.getString("paused_by"),
                Columns.optionalTime(row, "resumed_at"),
                row.getString("resumed_by"),
                Columns.optionalTime(row, "cursor"),
                row.getInt("failures"),
                Columns.optionalTime(row, "suspended_at"),
                row.getString("reason"));
    }

    private static FireView fire(ResultSet row) throws SQLException {
        var run = Optional.ofNullable(row.getObject("run_id", java.util.UUID.class));
        return new FireView(
                Columns.time(row, "fire"),
                FireOutcome.parse(row.getString("outcome")),
                row.getString("reason"),
                run.map(dev.dagkeeper.run.RunId::new),
                Columns.optionalText(row, "run_state"),
                Columns.time(row, "decided_at"));
    }
}
