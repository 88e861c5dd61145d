package dev.dagkeeper.history;

import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/** What workers read and write; how results are recorded is in {@link Recording}. */
final class PostgresWorkerStore implements WorkerStore {
    private final Pool pool;
    private final InstantSource databaseClock;

    PostgresWorkerStore(Pool pool, InstantSource databaseClock) {
        this.pool = pool;
        this.databaseClock = databaseClock;
    }

    @Override
    public Optional<RunHeader> header(RunId run) {
        return pool.with(
                "read run " + run,
                handle -> handle.createQuery("SELECT %s FROM run WHERE id = :id".formatted(RunRows.HEADER))
                        .bind("id", run.value())
                        .map((row, context) -> RunRows.header(row))
                        .findOne());
    }

    @Override
    public Map<StepKey, Extras> extras(Collection<StepKey> keys) {
        if (keys.isEmpty()) {
            return Map.of();
        }
        var rows = keys.stream().sorted().distinct().toList();
        return pool.with("read items and states of " + rows.size() + " steps", handle -> {
            var extras = new HashMap<StepKey, Extras>();
            bindKeys(handle.createQuery("""
                            SELECT s.run_id, s.step, s.index, s.item, s.resume_state
                            FROM unnest(:runs, :steps, :indexes) AS k (run_id, step, index)
                            JOIN step s ON s.run_id = ANY (ARRAY[k.run_id]) AND s.step = k.step AND s.index = k.index
                            """), rows, key -> key)
                    .map((row, context) -> Map.entry(
                            Columns.stepKey(row),
                            new Extras(Columns.optionalJson(row, "item"), Columns.optionalJson(row, "resume_state"))))
                    .forEach(row -> extras.put(row.getKey(), row.getValue()));
            return extras;
        });
    }

    @Override
    public Map<Integer, UpstreamRow> upstreams(RunId run, Collection<Integer> steps) {
        if (steps.isEmpty()) {
            return Map.of();
        }
        return pool.with("read upstreams in run " + run, handle -> {
            var upstreams = new Upstreams();
            handle.createQuery("""
                            SELECT step, index, state, CASE WHEN state IN ('succeeded', 'warned') THEN outputs END AS outputs
                            FROM step
                            WHERE run_id = :run AND step = ANY (:steps)
                            ORDER BY step, index
                            """)
                    .bind("run", run.value())
                    .bind("steps", SqlArray.integers(steps, step -> step))
                    .map((row, context) -> new Upstreams.Row(
                            row.getInt("step"),
                            row.getInt("index"),
                            row.getString("state"),
                            Json.readObject(row.getString("outputs"))))
                    .forEach(upstreams::add);
            return upstreams.result();
        });
    }

    @Override
    public Set<StepKey> record(Collection<Recorded> results) {
        if (results.isEmpty()) {
            return Set.of();
        }
        return pool.with("record " + results.size() + " results", handle -> {
            var recorded = new HashSet<>(Recording.of(results).run(handle));
            var others = results.stream()
                    .filter(result -> !recorded.contains(result.key()))
                    .toList();
            if (!others.isEmpty()) {
                recorded.addAll(recordedBefore(handle, others));
            }
            return recorded;
        });
    }

    /** The attempt row stays when the leader has already forgotten the report for the next claim. */
    private static List<StepKey> recordedBefore(Handle handle, List<Recorded> results) {
        return bindKeys(handle.createQuery("""
                        SELECT a.run_id, a.step, a.index
                        FROM unnest(:runs, :steps, :indexes, :claims) AS k (run_id, step, index, claim)
                        JOIN attempt a ON a.run_id = ANY (ARRAY[k.run_id]) AND a.step = k.step AND a.index = k.index AND a.claim = k.claim
                        WHERE a.result <> 'lost'
                        """), results, Recorded::key)
                .bind("claims", SqlArray.integers(results, Recorded::claim))
                .map((row, context) -> Columns.stepKey(row))
                .list();
    }

    @Override
    public Set<StepKey> standing(Map<StepKey, Integer> claims) {
        if (claims.isEmpty()) {
            return Set.of();
        }
        var rows = claims.entrySet().stream().sorted(Map.Entry.comparingByKey()).toList();
        return pool.with("check " + rows.size() + " claims", handle -> {
            var standing = bindKeys(
                            handle.createQuery("""
                            SELECT s.run_id, s.step, s.index
                            FROM unnest(:runs, :steps, :indexes, :claims) AS k (run_id, step, index, claim)
                            JOIN step s ON s.run_id = ANY (ARRAY[k.run_id]) AND s.step = k.step AND s.index = k.index
                            WHERE s.claim = k.claim AND s.report IS NULL AND s.state NOT IN %s
                            """.formatted(StepRows.FINAL)),
                            rows,
                            Map.Entry<StepKey, Integer>::getKey)
                    .bind("claims", SqlArray.integers(rows, Map.Entry<StepKey, Integer>::getValue))
                    .map((row, context) -> Columns.stepKey(row))
                    .list();
            return Set.copyOf(standing);
        });
    }

    @Override
    public void appendLogs(Collection<LogChunk> chunks) {
        if (chunks.isEmpty()) {
            return;
        }
        pool.with(
                "append " + chunks.size() + " log chunks",
                handle -> LogChunks.bind(
                                handle.createUpdate(
                                        """
                        WITH not_durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
                        INSERT INTO log_chunk (run_id, step, index, claim, seq, attempt, at, bytes)
                        SELECT %s FROM not_durable, unnest(%s) AS l (%s)
                        ON CONFLICT DO NOTHING
                        """.formatted(LogChunks.SELECTED, LogChunks.PARAMETERS, LogChunks.COLUMNS)),
                                List.copyOf(chunks))
                        .execute());
    }

    @Override
    public Instant now() {
        return databaseClock.instant();
    }

    static <S extends SqlStatement<S>, T> S bindKeys(S statement, Collection<T> rows, Function<T, StepKey> key) {
        var columns = SqlArray.keys(rows, key);
        return statement
                .bind("runs", columns.get(0))
                .bind("steps", columns.get(1))
                .bind("indexes", columns.get(2));
    }
}
