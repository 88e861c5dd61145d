package dev.dagkeeper.history;

import dev.dagkeeper.run.GroupName;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

final class PostgresInspectionStore implements InspectionStore {
    private static final String ACTIVE = "('queued', 'running', 'paused', 'cancelling')";

    private final Pool pool;
    private final InstantSource databaseClock;

    PostgresInspectionStore(Pool pool, InstantSource databaseClock) {
        this.pool = pool;
        this.databaseClock = databaseClock;
    }

    /** Works on one snapshot. */
    private <T> T inSnapshot(String what, Pool.Work<T> work) {
        return pool.inTransaction(what, handle -> {
            handle.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            return work.run(handle);
        });
    }

    @Override
    public Scope scope(Instant createdSince, int mostEnded) {
        return inSnapshot("list runs to inspect", handle -> {
            var active = handle.createQuery("SELECT id FROM run WHERE state IN %s ORDER BY id".formatted(ACTIVE))
                    .map((row, context) -> Columns.runId(row, "id"))
                    .list();
            // The beginning of an id is the time of creation, so the key finds the newest.
            var ended = handle.createQuery("""
                            SELECT id FROM run
                            WHERE id >= first_run_id(:since) AND state NOT IN %s
                            ORDER BY id DESC
                            LIMIT :most
                            """.formatted(ACTIVE))
                    .bind("since", createdSince)
                    .bind("most", (long) mostEnded + 1)
                    .map((row, context) -> Columns.runId(row, "id"))
                    .list();
            boolean more = ended.size() > mostEnded;
            return new Scope(active, (more ? ended.subList(0, mostEnded) : ended).reversed(), more);
        });
    }

    @Override
    public List<RunRecord> records(Collection<RunId> runs) {
        if (runs.isEmpty()) {
            return List.of();
        }
        var ids = SqlArray.uuids(runs, RunId::value);
        return inSnapshot("inspect " + runs.size() + " runs", handle -> {
            var steps = byRun(
                    handle,
                    ids,
                    """
                    SELECT run_id, step, index, step_id, state, claim, attempt, due_at, report, report_ended_at
                    FROM step WHERE run_id = ANY (:ids) ORDER BY run_id, step, index
                    """,
                    (row, context) -> step(row),
                    record -> record.key().run());
            var attempts = byRun(
                    handle,
                    ids,
                    """
                    SELECT run_id, step, index, claim, attempt, result, started_at, ended_at
                    FROM attempt WHERE run_id = ANY (:ids) ORDER BY run_id, step, index, claim
                    """,
                    (row, context) -> attempt(row),
                    record -> record.key().run());
            var events = byRun(
                    handle,
                    ids,
                    """
                    SELECT run_id, seq, at, step_id, coalesce(index, -1) AS index, type, from_state, to_state
                    FROM event WHERE run_id = ANY (:ids) ORDER BY run_id, seq
                    """,
                    (row, context) -> Map.entry(Columns.runId(row, "run_id"), event(row)),
                    Map.Entry::getKey);
            return handle.createQuery("""
                            SELECT id, revision_id, state, reason, verdict, created_at, due_at
                            FROM run WHERE id = ANY (:ids) ORDER BY id
                            """)
                    .bind("ids", ids)
                    .map((row, context) -> {
                        var id = Columns.runId(row, "id");
                        return new RunRecord(
                                id,
                                row.getLong("revision_id"),
                                RunState.parse(row.getString("state")),
                                row.getString("reason"),
                                RunRows.verdict(row),
                                Columns.time(row, "created_at"),
                                Columns.optionalTime(row, "due_at"),
                                steps.getOrDefault(id, List.of()),
                                attempts.getOrDefault(id, List.of()),
                                events.getOrDefault(id, List.of()).stream()
                                        .map(Map.Entry::getValue)
                                        .toList());
                    })
                    .list();
        });
    }

    private static <T> Map<RunId, List<T>> byRun(
            Handle handle, SqlArray ids, String sql, RowMapper<T> mapper, java.util.function.Function<T, RunId> run) {
        var rows = new HashMap<RunId, List<T>>();
        handle.createQuery(sql)
                .bind("ids", ids)
                .map(mapper)
                .forEach(row -> rows.computeIfAbsent(run.apply(row), _ -> new ArrayList<>())
                        .add(row));
        return rows;
    }

    private static StepRecord step(ResultSet row) throws SQLException {
        return new StepRecord(
                Columns.stepKey(row),
                row.getString("step_id"),
                StepState.parse(row.getString("state")),
                row.getInt("claim"),
                row.getInt("attempt"),
                Columns.optionalTime(row, "due_at"),
                Columns.optionalText(row, "report"),
                Columns.optionalTime(row, "report_ended_at"));
    }

    private static AttemptRecord attempt(ResultSet row) throws SQLException {
        return new AttemptRecord(
                Columns.stepKey(row),
                row.getInt("claim"),
                row.getInt("attempt"),
                row.getString("result"),
                Columns.optionalTime(row, "started_at"),
                Columns.time(row, "ended_at"));
    }

    private static EventRecord event(ResultSet row) throws SQLException {
        return new EventRecord(
                row.getLong("seq"),
                Columns.time(row, "at"),
                Columns.optionalText(row, "step_id"),
                row.getInt("index"),
                row.getString("type"),
                row.getString("from_state"),
                row.getString("to_state"));
    }

    @Override
    public Placements placements(Collection<StepKey> asked) {
        return inSnapshot("read who has which step", handle -> {
            long epoch = handle.createQuery("SELECT epoch FROM master_epoch")
                    .mapTo(Long.class)
                    .one();
            var active = handle.createQuery("SELECT EXISTS (SELECT FROM run WHERE state IN %s)".formatted(ACTIVE))
                    .mapTo(Boolean.class)
                    .one();
            return new Placements(epoch, active, placed(handle), asked(handle, asked));
        });
    }

    private static Map<StepKey, Placement> placed(Handle handle) {
        var placed = new HashMap<StepKey, Placement>();
        handle.createQuery("""
                        SELECT s.run_id, s.step, s.index, s.step_id, s.state, s.claim, s.report IS NOT NULL AS reported
                        FROM run r
                        JOIN step s ON s.run_id = r.id
                        WHERE r.state IN %s AND s.state IN ('queued', 'running')
                            AND NOT (s.index = -1 AND EXISTS (
                                SELECT FROM step i WHERE i.run_id = s.run_id AND i.step = s.step AND i.index = 0))
                        """.formatted(ACTIVE))
                .map((row, context) -> Map.entry(Columns.stepKey(row), placement(row)))
                .forEach(row -> placed.put(row.getKey(), row.getValue()));
        return placed;
    }

    private static Map<StepKey, Placement> asked(Handle handle, Collection<StepKey> keys) {
        var found = new HashMap<StepKey, Placement>();
        if (keys.isEmpty()) {
            return found;
        }
        var key = SqlArray.keys(keys, k -> k);
        handle.createQuery("""
                        SELECT s.run_id, s.step, s.index, s.step_id, s.state, s.claim, s.report IS NOT NULL AS reported
                        FROM unnest(:runs, :steps, :indexes) AS k (run_id, step, index)
                        JOIN step s ON s.run_id = k.run_id AND s.step = k.step AND s.index = k.index
                        """)
                .bind("runs", key.get(0))
                .bind("steps", key.get(1))
                .bind("indexes", key.get(2))
                .map((row, context) -> Map.entry(Columns.stepKey(row), placement(row)))
                .forEach(row -> found.put(row.getKey(), row.getValue()));
        return found;
    }

    private static Placement placement(ResultSet row) throws SQLException {
        return new Placement(
                row.getString("step_id"),
                StepState.parse(row.getString("state")),
                row.getInt("claim"),
                row.getBoolean("reported"));
    }

    @Override
    public Given given(LongPredicate revisions) {
        return inSnapshot("read since when workers have steps", handle -> {
            var runs = new HashMap<RunId, Long>();
            handle.createQuery("SELECT id, revision_id FROM run WHERE state IN %s".formatted(ACTIVE))
                    .map((row, context) -> Map.entry(Columns.runId(row, "id"), row.getLong("revision_id")))
                    .forEach(row -> runs.put(row.getKey(), row.getValue()));
            var wanted = new HashMap<Long, Boolean>();
            runs.values().removeIf(revision -> !wanted.computeIfAbsent(revision, revisions::test));
            return new Given(
                    PostgresSettingsStore.history(handle, Optional.empty(), 1).getFirst(), given(handle, runs));
        });
    }

    private static List<GivenStep> given(Handle handle, Map<RunId, Long> runs) {
        if (runs.isEmpty()) {
            return List.of();
        }
        return handle.createQuery("""
                        SELECT s.run_id, s.step, s.index, s.step_id, e.at
                        FROM step AS s
                        LEFT JOIN (
                            SELECT run_id, step_id, coalesce(index, -1) AS index, max(at) AS at
                            FROM event
                            WHERE run_id = ANY (:runs) AND to_state = 'queued'
                            GROUP BY run_id, step_id, coalesce(index, -1)
                        ) AS e ON e.run_id = s.run_id AND e.step_id = s.step_id AND e.index = s.index
                        WHERE s.run_id = ANY (:runs) AND s.state IN ('queued', 'running')
                            AND NOT (s.index = -1 AND EXISTS (
                                SELECT FROM step i WHERE i.run_id = s.run_id AND i.step = s.step AND i.index = 0))
                        ORDER BY s.run_id, s.step, s.index
                        """)
                .bind("runs", SqlArray.uuids(runs.keySet(), RunId::value))
                .map((row, context) -> {
                    var key = Columns.stepKey(row);
                    return new GivenStep(
                            key,
                            row.getString("step_id"),
                            runs.getOrDefault(key.run(), 0L),
                            Columns.optionalTime(row, "at"));
                })
                .list();
    }

    @Override
    public List<GroupedRun> grouped() {
        return pool.with(
                "read runs of concurrency groups",
                handle -> handle.createQuery("""
                        SELECT id, revision_id, namespace, concurrency_group, started_at FROM run
                        WHERE state IN ('running', 'paused', 'cancelling') AND concurrency_group <> ''
                            AND started_at IS NOT NULL
                        ORDER BY started_at, id
                        """)
                        .map((row, context) -> new GroupedRun(
                                Columns.runId(row, "id"),
                                row.getLong("revision_id"),
                                new GroupName(row.getString("namespace"), row.getString("concurrency_group")),
                                Columns.time(row, "started_at")))
                        .list());
    }

    @Override
    public List<OpenCommand> openCommands() {
        return pool.with(
                "read open commands",
                handle -> handle.createQuery("""
                        SELECT id, run_id, kind, created_at FROM command WHERE applied IS NULL ORDER BY id LIMIT 1000
                        """)
                        .map((row, context) -> new OpenCommand(
                                row.getLong("id"),
                                Columns.runId(row, "run_id"),
                                row.getString("kind"),
                                Columns.time(row, "created_at")))
                        .list());
    }

    @Override
    public Instant now() {
        return databaseClock.instant();
    }
}
