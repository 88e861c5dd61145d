package dev.dagkeeper.history;

import dev.dagkeeper.history.RunStore.StepError;
import dev.dagkeeper.history.RunStore.StoredStep;
import dev.dagkeeper.run.Report;
import dev.dagkeeper.run.StepSnapshot;
import dev.dagkeeper.run.StepState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Reads rows of {@code step}. */
final class StepRows {
    /** Final states as a list for SQL. */
    static final String FINAL =
            "('succeeded', 'warned', 'failed', 'timed-out', 'skipped', 'upstream-failed', 'cancelled')";

    /** The columns that {@link #stored} reads. What the worker saw is closer to the truth than what the leader heard. */
    static final String STORED = """
            run_id, step, index, step_id, state, reason, claim, attempt, due_at, exit_code, error_kind, error, outputs, item,
            coalesce(report_worker, worker) AS shown_worker,
            coalesce(report_started_at, started_at) AS shown_started_at,
            coalesce(ended_at, report_ended_at) AS shown_ended_at
            """;

    private StepRows() {}

    static StepSnapshot snapshot(ResultSet row) throws SQLException {
        return new StepSnapshot(
                Columns.stepKey(row),
                StepState.parse(row.getString("state")),
                row.getString("reason"),
                row.getInt("claim"),
                row.getInt("attempt"),
                row.getInt("lost"),
                Columns.optionalText(row, "worker"),
                Columns.optionalTime(row, "due_at"),
                optionalReport(row, Map.of()),
                Map.of(),
                Columns.optionalJson(row, "item"));
    }

    static StoredStep stored(ResultSet row) throws SQLException {
        var state = StepState.parse(row.getString("state"));
        return new StoredStep(
                Columns.stepKey(row),
                row.getString("step_id"),
                state,
                row.getString("reason"),
                row.getInt("claim"),
                row.getInt("attempt"),
                Columns.optionalText(row, "shown_worker"),
                Columns.optionalTime(row, "shown_started_at"),
                state.isFinal() ? Columns.optionalTime(row, "shown_ended_at") : Optional.empty(),
                Columns.optionalTime(row, "due_at"),
                Columns.optionalInteger(row, "exit_code"),
                error(row),
                Json.readObject(row.getString("outputs")),
                Columns.optionalJson(row, "item"));
    }

    static Optional<StepError> error(ResultSet row) throws SQLException {
        var message = Columns.optionalText(row, "error").orElse("");
        return Columns.optionalText(row, "error_kind").map(kind -> new StepError(kind, message));
    }

    static Report report(ResultSet row, Map<String, JsonNode> outputs) throws SQLException {
        var text = Columns.optionalText(row, "error").orElse("");
        var kind = row.getString("report");
        return switch (kind) {
            case "succeeded" -> new Report.Succeeded(outputs);
            case "failed" ->
                new Report.Failed(
                        Columns.optionalText(row, "error_kind").orElse(""),
                        text,
                        Columns.optionalInteger(row, "exit_code"),
                        Columns.optionalBoolean(row, "retryable").orElse(true));
            case "timed-out" -> new Report.TimedOut(text);
            case "cancelled" -> new Report.Cancelled();
            case "ask-again" -> new Report.AskAgain(Columns.time(row, "ask_again_at"), text);
            default -> throw new IllegalStateException("unknown report '" + kind + "' in a step row");
        };
    }

    private static Optional<Report> optionalReport(ResultSet row, Map<String, JsonNode> outputs) throws SQLException {
        return row.getString("report") == null ? Optional.empty() : Optional.of(report(row, outputs));
    }
}
