package dev.dagkeeper.history;

import dev.dagkeeper.run.StepKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One column of many rows as one parameter: a statement that reads its rows from {@code unnest} is prepared once and
 * writes any number of rows in one round trip.
 *
 * @param type the name of the element's Postgres type
 */
@SuppressWarnings("ArrayRecordComponent")
record SqlArray(String type, @Nullable Object[] values) implements Argument {
    static <T> SqlArray integers(Collection<T> rows, Function<T, Integer> column) {
        return of("int4", rows, column::apply);
    }

    static <T> SqlArray longs(Collection<T> rows, Function<T, Long> column) {
        return of("int8", rows, column::apply);
    }

    static <T> SqlArray booleans(Collection<T> rows, Function<T, Boolean> column) {
        return of("bool", rows, column::apply);
    }

    static <T> SqlArray texts(Collection<T> rows, Function<T, String> column) {
        return of("text", rows, row -> Text.storable(column.apply(row)));
    }

    static <T> SqlArray optionalTexts(Collection<T> rows, Function<T, Optional<String>> column) {
        return of("text", rows, row -> column.apply(row).map(Text::storable).orElse(null));
    }

    static <T> SqlArray optionalIntegers(Collection<T> rows, Function<T, Optional<Integer>> column) {
        return of("int4", rows, row -> column.apply(row).orElse(null));
    }

    static <T> SqlArray optionalJson(Collection<T> rows, Function<T, Optional<JsonNode>> column) {
        return of("text", rows, row -> column.apply(row).map(Json::write).orElse(null));
    }

    static <T> SqlArray times(Collection<T> rows, Function<T, Instant> column) {
        return of("timestamptz", rows, row -> column.apply(row).toString());
    }

    static <T> SqlArray optionalTimes(Collection<T> rows, Function<T, Optional<Instant>> column) {
        return of(
                "timestamptz",
                rows,
                row -> column.apply(row).map(Instant::toString).orElse(null));
    }

    static <T> SqlArray bytes(Collection<T> rows, Function<T, byte[]> column) {
        return new SqlArray("bytea", rows.stream().map(column).toArray(byte[][]::new));
    }

    static <T> SqlArray uuids(Collection<T> rows, Function<T, java.util.UUID> column) {
        return of("uuid", rows, column::apply);
    }

    /** The three columns of a step's key, in the order of the key. */
    static <T> List<SqlArray> keys(Collection<T> rows, Function<T, StepKey> key) {
        return List.of(
                uuids(rows, row -> key.apply(row).run().value()),
                integers(rows, row -> key.apply(row).step()),
                integers(rows, row -> key.apply(row).index()));
    }

    static <T> SqlArray of(String type, Collection<T> rows, Function<T, @Nullable Object> column) {
        var values = new @Nullable Object[rows.size()];
        var i = 0;
        for (var row : rows) {
            values[i++] = column.apply(row);
        }
        return new SqlArray(type, values);
    }

    @Override
    public void apply(int position, PreparedStatement statement, StatementContext context) throws SQLException {
        bind(position, statement, statement.getConnection());
    }

    void bind(int position, PreparedStatement statement, Connection connection) throws SQLException {
        statement.setArray(position, connection.createArrayOf(type, values));
    }
}
