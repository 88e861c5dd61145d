package dev.dagkeeper.executors.sql;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Values between JSON and JDBC. */
final class JdbcValues {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private JdbcValues() {}

    /** Binds a parameter. The connection leaves the type of texts to the database, so a text may be a date or a uuid. */
    static void bind(PreparedStatement statement, int position, JsonNode value) throws SQLException {
        if (value.isNull()) {
            statement.setNull(position, Types.NULL);
        } else if (value.isBoolean()) {
            statement.setBoolean(position, value.booleanValue());
        } else if (value.isIntegralNumber() && value.canConvertToLong()) {
            statement.setLong(position, value.longValue());
        } else if (value.isDouble()) {
            statement.setDouble(position, value.doubleValue());
        } else if (value.isNumber()) {
            statement.setBigDecimal(position, value.decimalValue());
        } else {
            statement.setString(position, value.isString() ? value.stringValue() : value.toString());
        }
    }

    /** The row that the result set stands on; a column's name that comes again replaces the value before. */
    static ObjectNode row(ResultSet rows) throws SQLException {
        var columns = rows.getMetaData();
        var row = JSON.objectNode();
        for (int column = 1; column <= columns.getColumnCount(); column++) {
            row.set(columns.getColumnLabel(column), column(rows, column, columns.getColumnTypeName(column)));
        }
        return row;
    }

    private static JsonNode column(ResultSet rows, int column, String type) throws SQLException {
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "json", "jsonb" -> json(rows.getString(column));
            case "timestamptz" -> time(rows.getObject(column, OffsetDateTime.class));
            case "timestamp" -> text(rows.getObject(column, LocalDateTime.class));
            case "date" -> text(rows.getObject(column, LocalDate.class));
            case "time" -> text(rows.getObject(column, LocalTime.class));
            default -> value(rows.getObject(column));
        };
    }

    private static JsonNode value(@Nullable Object value) throws SQLException {
        return switch (value) {
            case null -> JSON.nullNode();
            case Boolean truth -> JSON.booleanNode(truth);
            case Integer number -> JSON.numberNode(number.longValue());
            case Long number -> JSON.numberNode(number);
            case Short number -> JSON.numberNode(number.longValue());
            case Float number -> real(number.doubleValue());
            case Double number -> real(number);
            case BigDecimal number -> JSON.numberNode(number);
            case byte[] bytes -> JSON.stringNode(Base64.getEncoder().encodeToString(bytes));
            case Array array -> list(array.getArray());
            case Object[] items -> list(items);
            default -> JSON.stringNode(value.toString());
        };
    }

    /** JSON has no infinities. */
    private static JsonNode real(double number) {
        return Double.isFinite(number) ? JSON.numberNode(number) : JSON.stringNode(Double.toString(number));
    }

    private static JsonNode list(Object array) throws SQLException {
        var list = JSON.arrayNode();
        if (array instanceof Object[] items) {
            for (var item : items) {
                list.add(value(item));
            }
        }
        return list;
    }

    private static JsonNode json(@Nullable String text) {
        if (text == null) {
            return JSON.nullNode();
        }
        try {
            return JsonMapper.shared().readTree(text);
        } catch (JacksonException tooDeep) {
            return JSON.stringNode(text);
        }
    }

    private static JsonNode time(@Nullable OffsetDateTime time) {
        return time == null
                ? JSON.nullNode()
                : JSON.stringNode(
                        time.withOffsetSameInstant(ZoneOffset.UTC).toInstant().toString());
    }

    private static JsonNode text(@Nullable Object value) {
        return value == null ? JSON.nullNode() : JSON.stringNode(value.toString());
    }
}
