package dev.dagkeeper.chaos;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What Postgres holds in the end, read with plain SQL and none of the engine's code. */
record Recorded(List<RunRow> runs, List<StepRow> steps, List<AttemptRow> attempts, List<FinalRow> finals) {
    record RunRow(String id, String workflow, String state, String reason, String key) {}

    record StepRow(String run, String step, int index, String state, String reason, int claim) {}

    record AttemptRow(String run, String step, int index, int claim, int attempt, String result, int exitCode) {}

    /** How often a run ({@code step} empty) or a step came to a final state, by its events. */
    record FinalRow(String run, String step, int index, int times) {}

    private static final String FINAL =
            "('succeeded', 'warned', 'failed', 'timed-out', 'skipped', 'upstream-failed', 'cancelled')";

    static Recorded read(Connection connection) throws SQLException {
        return new Recorded(
                rows(
                        connection,
                        "SELECT id, workflow, state, reason, coalesce(key, '') FROM run"
                                + " LEFT JOIN idempotency_key ON run_id = id ORDER BY id",
                        row -> new RunRow(
                                row.getString(1),
                                row.getString(2),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5))),
                rows(
                        connection,
                        "SELECT run_id, step_id, index, state, reason, claim FROM step",
                        row -> new StepRow(
                                row.getString(1),
                                row.getString(2),
                                row.getInt(3),
                                row.getString(4),
                                row.getString(5),
                                row.getInt(6))),
                rows(
                        connection,
                        "SELECT run_id, step_id, index, a.claim, a.attempt, a.result, coalesce(a.exit_code, 0)"
                                + " FROM attempt a JOIN step USING (run_id, step, index) ORDER BY a.claim",
                        row -> new AttemptRow(
                                row.getString(1),
                                row.getString(2),
                                row.getInt(3),
                                row.getInt(4),
                                row.getInt(5),
                                row.getString(6),
                                row.getInt(7))),
                rows(
                        connection,
                        "SELECT run_id, coalesce(step_id, ''), coalesce(index, -1), count(*) FROM event"
                                + " WHERE to_state IN " + FINAL + " AND from_state <> to_state GROUP BY 1, 2, 3",
                        row -> new FinalRow(row.getString(1), row.getString(2), row.getInt(3), row.getInt(4))));
    }

    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private static <T> List<T> rows(Connection connection, String sql, Reader<T> reader) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var all = new ArrayList<T>();
            while (rows.next()) {
                all.add(reader.read(rows));
            }
            return all;
        }
    }
}
