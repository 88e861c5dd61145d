package dev.dagkeeper.history;

import dev.dagkeeper.run.Past;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepSnapshot;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.schedule.Backfill;
import dev.dagkeeper.workflow.DatasetEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import tools.jackson.databind.JsonNode;

/** What the leader reads; what it writes is a {@link LeaderTransaction}. */
final class PostgresLeaderStore implements LeaderStore {
    private final Pool pool;
    private final InstantSource databaseClock;

    PostgresLeaderStore(Pool pool, InstantSource databaseClock) {
        this.pool = pool;
        this.databaseClock = databaseClock;
    }

    @Override
    public long raiseEpoch() {
        // Waits for the share locks that open leader transactions hold; those that come later see another epoch.
        return pool.with(
                "raise the leader's epoch",
                handle -> handle.createQuery("""
                        UPDATE master_epoch SET epoch = epoch + 1, raised_at = clock_timestamp(), has_written = false
                        RETURNING epoch
                        """).mapTo(Long.class).one());
    }

    @Override
    public boolean mayHaveLostWrites() {
        return pool.with(
                "ask whether writes may be lost",
                handle -> handle.createQuery("SELECT NOT EXISTS (SELECT FROM leader_memory)")
                        .mapTo(Boolean.class)
                        .one());
    }

    @Override
    public List<RunId> begunRuns() {
        return pool.with(
                "list active runs",
                handle -> handle.createQuery(
                                "SELECT id FROM run WHERE state IN ('running', 'paused', 'cancelling') ORDER BY id")
                        .map((row, context) -> Columns.runId(row, "id"))
                        .list());
    }

    @Override
    public List<QueuedRun> queuedRuns() {
        return queued("state = 'queued'");
    }

    @Override
    public List<QueuedRun> newRuns() {
        return queued("state = 'queued' AND reason = ''");
    }

    private List<QueuedRun> queued(String condition) {
        return pool.with(
                "list queued runs",
                handle -> handle.createQuery("""
                        SELECT id, revision_id, namespace, workflow, concurrency_group, priority, trigger, nominal_time, due_at,
                            reason <> '' AS waits
                        FROM run WHERE %s ORDER BY id
                        """.formatted(condition))
                        .map((row, context) -> new QueuedRun(
                                Columns.runId(row, "id"),
                                row.getLong("revision_id"),
                                row.getString("namespace"),
                                row.getString("workflow"),
                                row.getString("concurrency_group"),
                                row.getInt("priority"),
                                row.getString("trigger"),
                                Columns.time(row, "nominal_time"),
                                Columns.optionalTime(row, "due_at"),
                                row.getBoolean("waits")))
                        .list());
    }

    @Override
    public List<LoadedRun> load(Collection<RunId> runs) {
        if (runs.isEmpty()) {
            return List.of();
        }
        var ids = SqlArray.uuids(runs, RunId::value);
        return pool.with("load " + runs.size() + " runs", handle -> {
            var steps = loadSteps(handle, ids);
            return handle.createQuery("""
                            SELECT %s, state, reason, verdict, started_at,
                                (SELECT coalesce(max(seq), 0) FROM event WHERE event.run_id = run.id) AS last_seq,
                                ARRAY(SELECT deadline FROM run_deadline d WHERE d.run_id = run.id) AS struck
                            FROM run
                            WHERE id = ANY (:ids) AND state NOT IN %s
                            ORDER BY id
                            """.formatted(RunRows.HEADER, RunRows.FINAL))
                    .bind("ids", ids)
                    .map((row, context) -> loadedRun(row, steps))
                    .list();
        });
    }

    private static Map<RunId, List<StepSnapshot>> loadSteps(Handle handle, SqlArray ids) {
        var steps = new HashMap<RunId, List<StepSnapshot>>();
        handle.createQuery("""
                        SELECT run_id, step, index, state, reason, claim, attempt, lost, worker, due_at, item,
                            report, exit_code, error_kind, error, retryable, ask_again_at
                        FROM step
                        WHERE run_id = ANY (:ids)
                        ORDER BY run_id, step, index
                        """)
                .bind("ids", ids)
                .map((row, context) -> StepRows.snapshot(row))
                .forEach(step -> steps.computeIfAbsent(step.key().run(), run -> new ArrayList<>())
                        .add(step));
        return steps;
    }

    private static LoadedRun loadedRun(ResultSet row, Map<RunId, List<StepSnapshot>> steps) throws SQLException {
        var header = RunRows.header(row);
        return new LoadedRun(
                header,
                RunState.parse(row.getString("state")),
                row.getString("reason"),
                RunRows.verdict(row),
                Columns.optionalTime(row, "started_at"),
                row.getLong("last_seq"),
                steps.getOrDefault(header.id(), List.of()),
                Columns.integers(row, "struck"));
    }

    @Override
    public Map<StepKey, Map<String, JsonNode>> outputs(RunId run, Collection<Integer> steps) {
        if (steps.isEmpty()) {
            return Map.of();
        }
        return pool.with("read outputs of run " + run, handle -> {
            var outputs = new LinkedHashMap<StepKey, Map<String, JsonNode>>();
            handle.createQuery("""
                            SELECT run_id, step, index, outputs
                            FROM step
                            WHERE run_id = :run AND step = ANY (:steps) AND outputs IS NOT NULL
                            ORDER BY step, index
                            """)
                    .bind("run", run.value())
                    .bind("steps", SqlArray.integers(steps, step -> step))
                    .map((row, context) -> Map.entry(Columns.stepKey(row), Json.readObject(row.getString("outputs"))))
                    .forEach(row -> outputs.put(row.getKey(), row.getValue()));
            return outputs;
        });
    }

    @Override
    public Map<StepKey, Heard> reports(Map<StepKey, Integer> claims, Collection<StepKey> withOutputs) {
        if (claims.isEmpty()) {
            return Map.of();
        }
        var wanted = new HashSet<>(withOutputs);
        var rows = claims.entrySet().stream().sorted(Map.Entry.comparingByKey()).toList();
        var key = SqlArray.keys(rows, Map.Entry<StepKey, Integer>::getKey);
        return pool.with("read " + rows.size() + " reports", handle -> {
            var heard = new LinkedHashMap<StepKey, Heard>();
            handle.createQuery("""
                            SELECT s.run_id, s.step, s.index, s.claim, s.report, s.exit_code, s.error_kind, s.error,
                                s.retryable, s.ask_again_at, s.report_worker, s.report_started_at, s.report_ended_at,
                                CASE WHEN k.wanted THEN s.outputs END AS outputs
                            FROM unnest(:runs, :steps, :indexes, :claims, :wanted)
                                AS k (run_id, step, index, claim, wanted)
                            JOIN step s ON s.run_id = ANY (ARRAY[k.run_id]) AND s.step = k.step AND s.index = k.index
                            WHERE s.claim = k.claim AND s.report IS NOT NULL
                            """)
                    .bind("runs", key.get(0))
                    .bind("steps", key.get(1))
                    .bind("indexes", key.get(2))
                    .bind("claims", SqlArray.integers(rows, Map.Entry<StepKey, Integer>::getValue))
                    .bind("wanted", SqlArray.booleans(rows, row -> wanted.contains(row.getKey())))
                    .map((row, context) -> Map.entry(Columns.stepKey(row), heard(row)))
                    .forEach(row -> heard.put(row.getKey(), row.getValue()));
            return heard;
        });
    }

    private static Heard heard(ResultSet row) throws SQLException {
        return new Heard(
                row.getInt("claim"),
                StepRows.report(row, Json.readObject(row.getString("outputs"))),
                row.getString("report_worker"),
                Columns.time(row, "report_started_at"),
                Columns.time(row, "report_ended_at"));
    }

    @Override
    public boolean write(long epoch, RunWrites writes) {
        var transaction = new LeaderTransaction(epoch, writes);
        return pool.with("write decisions about " + writes.steps().size() + " steps", handle -> {
            var connection = handle.getConnection();
            try {
                transaction.run(connection);
                return true;
            } catch (SQLException e) {
                LeaderTransaction.rollBack(connection, pool);
                if (LeaderTransaction.EPOCH_IS_OVER.equals(e.getSQLState())) {
                    return false;
                }
                throw e;
            }
        });
    }

    @Override
    public boolean explain(long epoch, boolean anew, Map<String, String> reasons, Collection<String> over) {
        return pool.with("write what steps wait for", handle -> {
            try {
                handle.useTransaction(transaction -> {
                    transaction.execute("SELECT fence(?, false)", epoch);
                    if (anew) {
                        WaitStatements.forgetAll(transaction);
                    }
                    WaitStatements.write(transaction, reasons, over);
                });
                return true;
            } catch (UnableToExecuteStatementException e) {
                if (e.getCause() instanceof SQLException cause
                        && LeaderTransaction.EPOCH_IS_OVER.equals(cause.getSQLState())) {
                    return false;
                }
                throw e;
            }
        });
    }

    @Override
    public List<PendingCommand> pendingCommands() {
        return pool.with(
                "read pending commands",
                handle -> handle.createQuery("""
                        SELECT id, run_id, kind, asked_by FROM command WHERE applied IS NULL ORDER BY id
                        """)
                        .map((row, context) -> new PendingCommand(
                                row.getLong("id"),
                                Columns.runId(row, "run_id"),
                                row.getString("kind"),
                                row.getString("asked_by")))
                        .list());
    }

    @Override
    public Map<PastQuestion, Past.Step> past(Collection<PastQuestion> questions) {
        if (questions.isEmpty()) {
            return Map.of();
        }
        var asked = List.copyOf(questions);
        return pool.with("read the steps before of " + asked.size() + " steps", handle -> {
            var found = new HashMap<PastQuestion, Past.Step>();
            handle.createQuery("""
                            SELECT k.place, before.id, before.nominal_time, same.state
                            FROM unnest(:namespaces, :workflows, :series, :fires, :steps) WITH ORDINALITY
                                AS k (namespace, workflow, series, fire, step, place)
                            CROSS JOIN LATERAL (
                                SELECT id, nominal_time FROM run r
                                WHERE r.namespace = k.namespace AND r.workflow = k.workflow AND r.series = k.series
                                    AND r.series <> '' AND r.state <> 'skipped' AND r.nominal_time < k.fire
                                ORDER BY r.nominal_time DESC, r.id DESC
                                LIMIT 1
                            ) AS before
                            LEFT JOIN LATERAL (
                                SELECT state FROM step s
                                WHERE s.run_id = before.id AND s.index = -1 AND s.step_id = k.step
                                LIMIT 1
                            ) AS same ON true
                            """)
                    .bind("namespaces", SqlArray.texts(asked, PastQuestion::namespace))
                    .bind("workflows", SqlArray.texts(asked, PastQuestion::workflow))
                    .bind("series", SqlArray.texts(asked, PastQuestion::series))
                    .bind("fires", SqlArray.times(asked, PastQuestion::fire))
                    .bind("steps", SqlArray.texts(asked, PastQuestion::step))
                    .map((row, context) -> Map.entry(
                            asked.get(row.getInt("place") - 1),
                            new Past.Step(
                                    Columns.runId(row, "id"),
                                    Columns.time(row, "nominal_time"),
                                    Columns.optionalText(row, "state").map(StepState::parse))))
                    .forEach(row -> found.put(row.getKey(), row.getValue()));
            return found;
        });
    }

    @Override
    public List<StoredTrigger> triggers(long after, int most) {
        return pool.with("read triggers", handle -> FireStatements.read(handle, after, most));
    }

    @Override
    public List<StoredBackfill> backfills() {
        return pool.with("read backfills", BackfillStatements::open);
    }

    @Override
    public Map<Instant, Backfill.Before> fireRuns(
            String namespace, String workflow, String trigger, Instant first, Instant last) {
        return pool.with(
                "read runs of fires",
                handle -> BackfillStatements.fireRuns(handle, namespace, workflow, trigger, first, last));
    }

    @Override
    public long lastDatasetEvent() {
        return pool.with("read the last dataset event", DatasetStatements::last);
    }

    @Override
    public List<RecordedEvent> datasetEvents(long after, int most) {
        return pool.with("read dataset events", handle -> DatasetStatements.after(handle, after, most));
    }

    @Override
    public Map<Long, List<UnseenOfOne>> unseen(Map<Long, DatasetWrites.Unseen> triggers) {
        return triggers.isEmpty()
                ? Map.of()
                : pool.with("read what triggers have not seen", handle -> DatasetStatements.unseen(handle, triggers));
    }

    @Override
    public List<DatasetEvent> unseenEvents(DatasetWrites.Unseen which, int most) {
        return pool.with("read the events of a fire", handle -> DatasetStatements.events(handle, which, most));
    }

    @Override
    public Set<String> drainedWorkers() {
        return Set.copyOf(pool.with(
                "read which workers are drained",
                handle -> handle.createQuery("SELECT worker FROM worker_drain")
                        .mapTo(String.class)
                        .list()));
    }

    @Override
    public Instant now() {
        return databaseClock.instant();
    }
}
