package dev.dagkeeper.history;

import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs as they are shown. Creating is in {@link RunCreation}, listing in {@link RunList}, selecting in {@link RunSelector}. */
final class PostgresRunStore implements RunStore {
    private static final int MAX_STEPS = 10_000;

    /** As stored, which is compressed: what is read can be a few times more. */
    private static final int MAX_PAGE_BYTES = 16 << 20;

    /** The ordinal of the step with the name {@code :name} in the run {@code :run}. */
    private static final String ORDINAL = "(SELECT step FROM step WHERE run_id = :run AND step_id = :name LIMIT 1)";

    private final Pool pool;

    PostgresRunStore(Pool pool) {
        this.pool = pool;
    }

    @Override
    public NewRun.Outcome create(NewRun run) {
        return pool.with("create run " + run.header().id(), handle -> RunCreation.create(handle, run));
    }

    @Override
    public Optional<StoredRun> find(RunId run) {
        return pool.with(
                "read run " + run,
                handle -> handle.createQuery("SELECT %s FROM run WHERE id = :id".formatted(RunRows.STORED))
                        .bind("id", run.value())
                        .map((row, context) -> RunRows.stored(row))
                        .findOne());
    }

    @Override
    public List<StoredRun> list(RunFilter filter) {
        return pool.with("list runs", handle -> RunList.query(handle, filter));
    }

    @Override
    public StepPage steps(RunId run, Optional<StepKey> after, int limit) {
        if (limit < 1 || limit > MAX_STEPS) {
            throw new IllegalArgumentException("expected a limit of 1 to " + MAX_STEPS + ", found " + limit);
        }
        var rows = pool.with(
                "read steps of run " + run,
                handle -> handle.createQuery("""
                        SELECT %s, place <= :limit AND (place = 1 OR bytes <= :max_bytes) AS fits
                        FROM (
                            SELECT *, row_number() OVER so_far AS place,
                                sum(coalesce(pg_column_size(outputs), 0)) OVER so_far AS bytes
                            FROM step
                            WHERE run_id = :run AND (step, index) > (:step, :index)
                            WINDOW so_far AS (ORDER BY step, index ROWS UNBOUNDED PRECEDING)
                            ORDER BY step, index
                            LIMIT :limit + 1
                        ) AS page
                        ORDER BY step, index
                        """.formatted(StepRows.STORED))
                        .bind("run", run.value())
                        .bind("step", after.map(StepKey::step).orElse(-1))
                        .bind("index", after.map(StepKey::index).orElse(StepKey.WHOLE))
                        .bind("limit", limit)
                        .bind("max_bytes", MAX_PAGE_BYTES)
                        .map((row, context) -> row.getBoolean("fits")
                                ? Optional.of(StepRows.stored(row))
                                : Optional.<StoredStep>empty())
                        .list());
        var steps = rows.stream().flatMap(Optional::stream).toList();
        return new StepPage(
                steps, steps.size() < rows.size() ? Optional.of(steps.getLast().key()) : Optional.empty());
    }

    @Override
    public List<StoredStep> step(RunId run, String displayName) {
        return pool.with(
                "read step " + displayName + " of run " + run,
                handle -> handle.createQuery("""
                        SELECT %s FROM step WHERE run_id = :run AND step = %s ORDER BY index LIMIT :limit
                        """.formatted(StepRows.STORED, ORDINAL))
                        .bind("run", run.value())
                        .bind("name", displayName)
                        .bind("limit", MAX_STEPS)
                        .map((row, context) -> StepRows.stored(row))
                        .list());
    }

    @Override
    public Map<StepState, Integer> stepCounts(RunId run) {
        return pool.with("count steps of run " + run, handle -> {
            var counts = new EnumMap<StepState, Integer>(StepState.class);
            handle.createQuery("SELECT state, count(*)::int AS steps FROM step WHERE run_id = :run GROUP BY state")
                    .bind("run", run.value())
                    .map((row, context) -> Map.entry(StepState.parse(row.getString("state")), row.getInt("steps")))
                    .forEach(row -> counts.put(row.getKey(), row.getValue()));
            return counts;
        });
    }

    @Override
    public Map<RunId, Map<StepState, Integer>> stepCounts(Collection<RunId> runs, int most) {
        var counts = new HashMap<RunId, Map<StepState, Integer>>();
        if (runs.isEmpty()) {
            return counts;
        }
        pool.with("count steps of " + runs.size() + " runs", handle -> {
            handle.createQuery("""
                            SELECT r.id, s.state, s.steps
                            FROM unnest(:runs) AS r (id)
                            CROSS JOIN LATERAL (
                                SELECT state, count(*)::int AS steps
                                FROM (SELECT state FROM step WHERE run_id = r.id LIMIT :most + 1) AS counted
                                GROUP BY state
                            ) AS s
                            """)
                    .bind("runs", SqlArray.uuids(runs, RunId::value))
                    .bind("most", most)
                    .map((row, context) -> Map.entry(
                            Columns.runId(row, "id"),
                            Map.entry(StepState.parse(row.getString("state")), row.getInt("steps"))))
                    .forEach(row -> counts.computeIfAbsent(row.getKey(), _ -> new EnumMap<>(StepState.class))
                            .put(row.getValue().getKey(), row.getValue().getValue()));
            return counts;
        });
        counts.values()
                .removeIf(states ->
                        states.values().stream().mapToInt(Integer::intValue).sum() > most);
        return counts;
    }

    @Override
    public List<StoredAttempt> attempts(RunId run, String displayName) {
        return pool.with(
                "read attempts of step " + displayName + " of run " + run,
                handle -> handle.createQuery("""
                        SELECT run_id, step, index, claim, attempt, result, worker, started_at, ended_at, exit_code,
                            error_kind, error
                        FROM attempt
                        WHERE run_id = :run AND step = %s
                        ORDER BY index, claim
                        LIMIT :limit
                        """.formatted(ORDINAL))
                        .bind("run", run.value())
                        .bind("name", displayName)
                        .bind("limit", MAX_STEPS)
                        .map((row, context) -> attempt(row))
                        .list());
    }

    @Override
    public Map<String, String> waiting(Collection<String> keys) {
        return pool.with("read what steps wait for", handle -> {
            var reasons = new HashMap<String, String>();
            handle.createQuery("SELECT demand, reason FROM waiting WHERE demand = ANY (:demands)")
                    .bind("demands", SqlArray.texts(keys, key -> key))
                    .map((row, context) -> Map.entry(row.getString("demand"), row.getString("reason")))
                    .forEach(row -> reasons.put(row.getKey(), row.getValue()));
            return reasons;
        });
    }

    @Override
    public Map<RunId, Long> activeRevisions() {
        return pool.with("list active runs", handle -> {
            var revisions = new LinkedHashMap<RunId, Long>();
            handle.createQuery("""
                            SELECT id, revision_id FROM run
                            WHERE state IN ('queued', 'running', 'paused', 'cancelling') ORDER BY id
                            """)
                    .map((row, context) -> Map.entry(Columns.runId(row, "id"), row.getLong("revision_id")))
                    .forEach(row -> revisions.put(row.getKey(), row.getValue()));
            return revisions;
        });
    }

    @Override
    public List<LiveStep> live(Collection<StepKey> steps) {
        if (steps.isEmpty()) {
            return List.of();
        }
        var sorted = steps.stream().sorted().toList();
        return pool.with(
                "read what " + steps.size() + " steps do",
                handle -> handle.createQuery("""
                        SELECT s.run_id, s.step, s.index, s.step_id, s.state, s.worker
                        FROM unnest(:runs, :steps) AS k (run_id, step)
                        JOIN step s ON s.run_id = k.run_id AND s.step = k.step
                        WHERE s.state IN ('queued', 'running')
                        ORDER BY s.run_id, s.step, s.index
                        """)
                        .bind("runs", SqlArray.uuids(sorted, key -> key.run().value()))
                        .bind("steps", SqlArray.integers(sorted, StepKey::step))
                        .map((row, context) -> new LiveStep(
                                Columns.stepKey(row),
                                row.getString("step_id"),
                                StepState.parse(row.getString("state")),
                                Columns.optionalText(row, "worker")))
                        .list());
    }

    @Override
    public List<Ready> ready() {
        return pool.with(
                "read what is ready",
                // OFFSET keeps the planner from reading all steps at once.
                handle -> handle.createQuery("""
                        SELECT r.revision_id, s.step, sum(s.steps)::int AS steps, min(r.created_at) AS oldest
                        FROM run AS r CROSS JOIN LATERAL (
                            SELECT step, count(*) AS steps FROM step
                            WHERE run_id = r.id AND state = 'blocked'
                            GROUP BY step OFFSET 0
                        ) AS s
                        WHERE r.state IN ('queued', 'running', 'paused', 'cancelling')
                        GROUP BY r.revision_id, s.step
                        """)
                        .map((row, context) -> new Ready(
                                row.getLong("revision_id"),
                                row.getInt("step"),
                                row.getInt("steps"),
                                Columns.time(row, "oldest")))
                        .list());
    }

    @Override
    public Map<StepKey, String> names(Collection<StepKey> steps) {
        var keys = List.copyOf(steps);
        return pool.with("read names of " + keys.size() + " steps", handle -> {
            var names = new HashMap<StepKey, String>();
            handle.createQuery("""
                    SELECT s.run_id, s.step, s.index, s.step_id
                    FROM unnest(:runs, :steps, :indexes) AS k (run_id, step, index)
                    JOIN step AS s USING (run_id, step, index)
                    """)
                    .bind("runs", SqlArray.uuids(keys, key -> key.run().value()))
                    .bind("steps", SqlArray.integers(keys, StepKey::step))
                    .bind("indexes", SqlArray.integers(keys, StepKey::index))
                    .map((row, context) -> Map.entry(Columns.stepKey(row), row.getString("step_id")))
                    .forEach(row -> names.put(row.getKey(), row.getValue()));
            return names;
        });
    }

    private static StoredAttempt attempt(ResultSet row) throws SQLException {
        return new StoredAttempt(
                Columns.stepKey(row),
                row.getInt("claim"),
                row.getInt("attempt"),
                row.getString("result"),
                Columns.optionalText(row, "worker"),
                Columns.optionalTime(row, "started_at"),
                Columns.time(row, "ended_at"),
                Columns.optionalInteger(row, "exit_code"),
                StepRows.error(row));
    }

    @Override
    public Selected resolve(String selector) {
        return pool.with("find run " + selector, handle -> RunSelector.resolve(handle, selector));
    }
}
