package dev.dagkeeper.workflow;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reads values by their declared type, for inputs and for the outputs of steps. */
public final class TypedValue {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final Pattern INT = Pattern.compile("[+-]?[0-9]{1,19}");
    private static final Pattern FLOAT = Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]{1,4})?");
    private static final int SHOWN = 60;

    private TypedValue() {}

    /**
     * Reads text: {@code list<T>} and {@code json} as JSON, everything else as it is written in a workflow. Space around
     * the text counts only for strings.
     */
    public static Reading parse(ValueType type, String text) {
        return switch (type) {
            case ValueType.Simple simple -> parse(simple, text);
            case ValueType.Enumeration options -> check(options, JSON.stringNode(text));
            case ValueType.ListOf list -> parseJson(list, text);
        };
    }

    private static Reading parse(ValueType.Simple type, String text) {
        var trimmed = text.strip();
        return switch (type) {
            case STRING -> new Reading.Fits(JSON.stringNode(text));
            case INT -> fits(type, integer(trimmed).map(JsonNumbers::of), text);
            case FLOAT -> fits(type, decimal(trimmed).map(JSON::numberNode), text);
            case BOOL ->
                switch (trimmed) {
                    case "true" -> new Reading.Fits(JSON.booleanNode(true));
                    case "false" -> new Reading.Fits(JSON.booleanNode(false));
                    default -> misfit(type, text);
                };
            case DATE, DATETIME, DURATION -> check(type, JSON.stringNode(trimmed));
            case JSON -> parseJson(type, text);
        };
    }

    /** Checks a JSON value against a type; the result is its one notation ({@code 1} given as a float becomes 1.0). */
    public static Reading check(ValueType type, JsonNode value) {
        return switch (type) {
            case ValueType.Simple simple -> check(simple, value);
            case ValueType.Enumeration options ->
                value.isString() && options.values().contains(value.stringValue())
                        ? new Reading.Fits(value)
                        : new Reading.Misfit(
                                "expected one of " + String.join(", ", options.values()) + ", found " + shown(value));
            case ValueType.ListOf list -> check(list, value);
        };
    }

    private static Reading check(ValueType.Simple type, JsonNode value) {
        return switch (type) {
            case STRING -> value.isString() ? new Reading.Fits(value) : misfit(type, value);
            case INT ->
                value.isIntegralNumber() && value.canConvertToLong()
                        ? new Reading.Fits(JsonNumbers.of(value.longValue()))
                        : misfit(type, value);
            case FLOAT ->
                value.isNumber() && Double.isFinite(value.doubleValue())
                        ? new Reading.Fits(JSON.numberNode(value.doubleValue()))
                        : misfit(type, value);
            case BOOL -> value.isBoolean() ? new Reading.Fits(value) : misfit(type, value);
            case DATE, DATETIME, DURATION ->
                value.isString() ? fits(type, temporal(type, value.stringValue()), value) : misfit(type, value);
            case JSON -> new Reading.Fits(value);
        };
    }

    private static Reading check(ValueType.ListOf type, JsonNode value) {
        if (!value.isArray()) {
            return misfit(type, value);
        }
        var items = JSON.arrayNode(value.size());
        for (var item : value) {
            switch (check(type.item(), item)) {
                case Reading.Fits(var fit) -> items.add(fit);
                case Reading.Misfit(var why) -> {
                    return new Reading.Misfit("item " + items.size() + ": " + why);
                }
            }
        }
        return new Reading.Fits(items);
    }

    private static Optional<JsonNode> temporal(ValueType.Simple type, String text) {
        try {
            var notation = switch (type) {
                case DATE -> LocalDate.parse(text).toString();
                case DATETIME -> OffsetDateTime.parse(text).toInstant().toString();
                case DURATION -> Durations.parse(text).map(d -> text).orElse("");
                case STRING, INT, FLOAT, BOOL, JSON -> throw new IllegalArgumentException(type.display());
            };
            return notation.isEmpty() ? Optional.empty() : Optional.of(JSON.stringNode(notation));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Reading parseJson(ValueType type, String text) {
        try {
            var value = STRICT.readTree(text);
            return value.isMissingNode()
                    ? new Reading.Misfit("expected " + describe(type) + " as JSON, found nothing")
                    : check(type, value);
        } catch (JacksonException e) {
            return new Reading.Misfit("expected " + describe(type) + " as JSON, found " + shown(text)
                    + ", which is not JSON: " + e.getOriginalMessage());
        }
    }

    private static Optional<Long> integer(String text) {
        if (!INT.matcher(text).matches()) {
            return Optional.empty();
        }
        var value = new BigInteger(text);
        return value.bitLength() < Long.SIZE ? Optional.of(value.longValue()) : Optional.empty();
    }

    private static Optional<Double> decimal(String text) {
        if (!FLOAT.matcher(text).matches()) {
            return Optional.empty();
        }
        var value = Double.parseDouble(text);
        return Double.isFinite(value) ? Optional.of(value) : Optional.empty();
    }

    private static Reading fits(ValueType type, Optional<? extends JsonNode> value, Object found) {
        return value.<Reading>map(Reading.Fits::new).orElseGet(() -> misfit(type, found));
    }

    private static Reading misfit(ValueType type, Object found) {
        return new Reading.Misfit("expected " + describe(type) + ", found " + shown(found));
    }

    /** The type with an example of its notation, where that helps. */
    static String describe(ValueType type) {
        return switch (type) {
            case ValueType.Simple simple ->
                switch (simple) {
                    case STRING, INT, FLOAT, JSON -> simple.display();
                    case BOOL -> "bool (true or false)";
                    case DATE -> "date (such as 2026-01-31)";
                    case DATETIME -> "datetime (such as 2026-01-31T08:00:00Z)";
                    case DURATION -> "duration (such as 90s)";
                };
            case ValueType.Enumeration options -> "one of " + String.join(", ", options.values());
            case ValueType.ListOf list -> list.display();
        };
    }

    /** A value as a message shows it: short, on one line. */
    static String shown(Object found) {
        var text = found instanceof JsonNode node && !node.isString()
                ? node.toString()
                : "'" + (found instanceof JsonNode node ? node.stringValue() : found) + "'";
        return shorten(text);
    }

    /** At most {@value #SHOWN} characters, on one line. */
    static String shorten(String text) {
        var line = text.replace('\n', ' ').replace('\r', ' ');
        return line.codePointCount(0, line.length()) <= SHOWN
                ? line
                : line.substring(0, line.offsetByCodePoints(0, SHOWN - 3)) + "...";
    }

    /** What became of a value. */
    public sealed interface Reading {
        /** It has the type. */
        record Fits(JsonNode value) implements Reading {}

        /** It has not; {@code why} says what was expected and what was found, shortened. */
        record Misfit(String why) implements Reading {}
    }
}
