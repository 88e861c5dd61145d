package dev.dagkeeper.history;

import dev.dagkeeper.history.WorkerStore.Recorded;
import dev.dagkeeper.run.Report;
import dev.dagkeeper.run.StepKey;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Results of several claims in one statement, which is one durable transaction: the reports where the claims stand, their
 * attempt rows, and what was left of their logs.
 */
final class Recording {
    private final List<Row> rows;
    private final List<WorkerStore.LogChunk> logTails;

    private Recording(List<Row> rows, List<WorkerStore.LogChunk> logTails) {
        this.rows = rows;
        this.logTails = logTails;
    }

    static Recording of(Collection<Recorded> results) {
        var sorted = results.stream()
                .sorted(Comparator.comparing(Recorded::key).thenComparingInt(Recorded::claim))
                .toList();
        return new Recording(
                sorted.stream().map(Recording::row).toList(),
                sorted.stream().flatMap(result -> result.logTail().stream()).toList());
    }

    /** Returns the keys that were recorded now. */
    List<StepKey> run(Handle handle) {
        var query = handle.createQuery("""
                WITH recorded AS (
                    UPDATE step s SET
                        report = r.report, exit_code = r.exit_code, error_kind = r.error_kind, error = r.error,
                        retryable = r.retryable, outputs = r.outputs::json, resume_state = r.resume_state::json,
                        ask_again_at = r.ask_again_at, report_worker = r.worker,
                        report_started_at = r.started_at, report_ended_at = r.ended_at
                    FROM unnest(:runs, :steps, :indexes, :claims, :attempts, :workers, :reports, :exit_codes,
                            :error_kinds, :errors, :retryables, :outputs, :resume_states, :ask_again_ats,
                            :started_ats, :ended_ats)
                        AS r (run_id, step, index, claim, attempt, worker, report, exit_code,
                            error_kind, error, retryable, outputs, resume_state, ask_again_at,
                            started_at, ended_at)
                    WHERE s.run_id = ANY (ARRAY[r.run_id]) AND s.step = r.step AND s.index = r.index
                        AND s.claim = r.claim AND s.report IS NULL AND s.state NOT IN %s
                    RETURNING s.run_id, s.step, s.index, r.claim, r.attempt, r.report, r.worker, r.started_at,
                        r.ended_at, r.exit_code, r.error_kind, r.error
                ), attempts AS (
                    INSERT INTO attempt (run_id, step, index, claim, attempt, result, worker, started_at, ended_at,
                        exit_code, error_kind, error)
                    SELECT * FROM (
                        SELECT run_id, step, index, claim, attempt, report, worker, started_at, ended_at,
                            exit_code, error_kind, error
                        FROM recorded) AS ended
                    ON CONFLICT DO NOTHING
                ), tails AS (
                    INSERT INTO log_chunk (%s)
                    SELECT %s FROM unnest(%s) AS l (%s)
                    ON CONFLICT DO NOTHING
                )
                SELECT run_id, step, index FROM recorded
                """.formatted(
                StepRows.FINAL, LogChunks.COLUMNS, LogChunks.SELECTED, LogChunks.PARAMETERS, LogChunks.COLUMNS));
        PostgresWorkerStore.bindKeys(query, rows, row -> row.result().key())
                .bind("claims", SqlArray.integers(rows, row -> row.result().claim()))
                .bind("attempts", SqlArray.integers(rows, row -> row.result().attempt()))
                .bind("workers", SqlArray.texts(rows, row -> row.result().worker()))
                .bind("reports", SqlArray.texts(rows, Row::report))
                .bind(
                        "exit_codes",
                        SqlArray.optionalIntegers(rows, row -> row.result().exitCode()))
                .bind("error_kinds", SqlArray.optionalTexts(rows, Row::errorKind))
                .bind("errors", SqlArray.optionalTexts(rows, Row::error))
                .bind(
                        "retryables",
                        SqlArray.of("bool", rows, row -> row.retryable().orElse(null)))
                .bind("outputs", SqlArray.optionalTexts(rows, Row::outputs))
                .bind(
                        "resume_states",
                        SqlArray.optionalJson(rows, row -> row.result().state()))
                .bind("ask_again_ats", SqlArray.optionalTimes(rows, Row::askAgainAt))
                .bind("started_ats", SqlArray.times(rows, row -> row.result().startedAt()))
                .bind("ended_ats", SqlArray.times(rows, row -> row.result().endedAt()));
        return LogChunks.bind(query, logTails)
                .map((row, context) -> Columns.stepKey(row))
                .list();
    }

    /** A result with its report spread over the columns. */
    private record Row(
            Recorded result,
            String report,
            Optional<String> errorKind,
            Optional<String> error,
            Optional<Boolean> retryable,
            Optional<String> outputs,
            Optional<Instant> askAgainAt) {
        Row(Recorded result, String report, Optional<String> errorKind, Optional<String> error) {
            this(result, report, errorKind, error, Optional.empty(), Optional.empty(), Optional.empty());
        }
    }

    private static Row row(Recorded result) {
        return switch (result.report()) {
            case Report.Succeeded succeeded ->
                new Row(
                        result,
                        "succeeded",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(succeeded.outputs())
                                .filter(outputs -> !outputs.isEmpty())
                                .map(Json::write),
                        Optional.empty());
            case Report.Failed failed ->
                new Row(
                        result,
                        "failed",
                        Optional.of(failed.kind()),
                        Optional.of(failed.message()),
                        Optional.of(failed.retryable()),
                        Optional.empty(),
                        Optional.empty());
            case Report.TimedOut timedOut ->
                new Row(result, "timed-out", Optional.of("timeout"), Optional.of(timedOut.message()));
            case Report.Cancelled cancelled -> new Row(result, "cancelled", Optional.empty(), Optional.empty());
            case Report.AskAgain again ->
                new Row(
                        result,
                        "ask-again",
                        Optional.empty(),
                        Optional.of(again.reason()),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(again.due()));
        };
    }
}
