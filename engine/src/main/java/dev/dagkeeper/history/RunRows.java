package dev.dagkeeper.history;

import dev.dagkeeper.history.RunStore.StoredRun;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.workflow.DatasetEvent;
import dev.dagkeeper.workflow.Scope.RunFacts;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reads rows of {@code run}. */
final class RunRows {
    /** The columns that {@link #header} reads. */
    static final String HEADER = """
            id, revision_id, namespace, workflow, revision, trigger, nominal_time, interval_start, interval_end, priority,
            inputs, created_at, due_at, concurrency_group, series, events
            """;

    /** The columns that {@link #stored} reads. */
    static final String STORED = HEADER + ", labels, state, reason, verdict, started_at, ended_at, outputs ";

    /** Final states as a list for SQL. */
    static final String FINAL = "('succeeded', 'warned', 'failed', 'cancelled', 'skipped')";

    private RunRows() {}

    static RunHeader header(ResultSet row) throws SQLException {
        var id = Columns.runId(row, "id");
        var facts = new RunFacts(
                id.toString(),
                row.getString("workflow"),
                row.getInt("revision"),
                Columns.time(row, "nominal_time"),
                Columns.time(row, "interval_start"),
                Columns.time(row, "interval_end"),
                row.getString("trigger"),
                events(row.getString("events")));
        return new RunHeader(
                id,
                row.getLong("revision_id"),
                row.getString("namespace"),
                facts,
                row.getInt("priority"),
                Json.readObject(row.getString("inputs")),
                Columns.time(row, "created_at"),
                Columns.optionalTime(row, "due_at"),
                row.getString("concurrency_group"),
                row.getString("series"));
    }

    private static List<DatasetEvent> events(@Nullable String json) {
        return json == null
                ? List.of()
                : Json.read(json).values().stream().map(DatasetEvent::of).toList();
    }

    /** What the column {@code events} holds. */
    static Optional<JsonNode> eventsJson(List<DatasetEvent> events) {
        if (events.isEmpty()) {
            return Optional.empty();
        }
        var array = JsonNodeFactory.instance.arrayNode();
        events.forEach(event -> array.add(event.toJson()));
        return Optional.of(array);
    }

    static StoredRun stored(ResultSet row) throws SQLException {
        return new StoredRun(
                header(row),
                labels(row.getString("labels")),
                RunState.parse(row.getString("state")),
                row.getString("reason"),
                verdict(row),
                Columns.optionalTime(row, "started_at"),
                Columns.optionalTime(row, "ended_at"),
                Json.readObject(row.getString("outputs")));
    }

    static Optional<RunState> verdict(ResultSet row) throws SQLException {
        return Columns.optionalText(row, "verdict").map(RunState::parse);
    }

    private static Map<String, String> labels(String json) {
        var labels = new HashMap<String, String>();
        Json.readObject(json).forEach((name, value) -> labels.put(name, value.stringValue()));
        return Map.copyOf(labels);
    }
}
