package dev.dagkeeper.history;

import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Reads columns of a result as the types of this program. */
final class Columns {
    private Columns() {}

    static RunId runId(ResultSet row, String column) throws SQLException {
        return new RunId(row.getObject(column, UUID.class));
    }

    static StepKey stepKey(ResultSet row) throws SQLException {
        return new StepKey(runId(row, "run_id"), row.getInt("step"), row.getInt("index"));
    }

    static Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    static Optional<Instant> optionalTime(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    static Optional<String> optionalText(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column));
    }

    static Optional<Integer> optionalInteger(ResultSet row, String column) throws SQLException {
        var value = row.getInt(column);
        return row.wasNull() ? Optional.empty() : Optional.of(value);
    }

    static Set<Integer> integers(ResultSet row, String column) throws SQLException {
        return Set.of((Integer[]) row.getArray(column).getArray());
    }

    static Optional<Boolean> optionalBoolean(ResultSet row, String column) throws SQLException {
        var value = row.getBoolean(column);
        return row.wasNull() ? Optional.empty() : Optional.of(value);
    }

    static Optional<JsonNode> optionalJson(ResultSet row, String column) throws SQLException {
        return optionalText(row, column).map(Json::read);
    }
}
