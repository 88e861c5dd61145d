package dev.dagkeeper.workflow;

import com.google.common.primitives.UnsignedLong;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Carries values between JSON and the expression language. */
final class CelValues {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** The largest result: nodes and characters together. */
    private static final long LARGEST = 16_000_000;

    private CelValues() {}

    /** The value as the expression language has it, of a type known when the expression was checked. */
    static Object fromJson(CelType type, JsonNode value) {
        if (type.equals(SimpleType.TIMESTAMP)) {
            return OffsetDateTime.parse(value.stringValue()).toInstant();
        }
        if (type.equals(SimpleType.DURATION)) {
            return duration(value.stringValue());
        }
        if (type.equals(SimpleType.DOUBLE)) {
            return value.doubleValue();
        }
        if (type instanceof ListType list && value.isArray()) {
            var items = new ArrayList<Object>(value.size());
            value.values().forEach(item -> items.add(fromJson(list.elemType(), item)));
            return items;
        }
        if (type instanceof StructType struct && value.isObject()) {
            var fields = new LinkedHashMap<String, Object>();
            struct.fields()
                    .forEach(field -> fields.put(field.name(), fromJson(field.type(), value.path(field.name()))));
            return fields;
        }
        if (type instanceof MapType map && value.isObject()) {
            var entries = new LinkedHashMap<String, Object>();
            value.properties().forEach(e -> entries.put(e.getKey(), fromJson(map.valueType(), e.getValue())));
            return entries;
        }
        return fromJson(value);
    }

    private static Duration duration(String text) {
        var negative = text.startsWith("-");
        var size = Durations.parse(negative ? text.substring(1) : text)
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is not a duration"));
        return negative ? size.negated() : size;
    }

    /** A value whose type only JSON tells. */
    static Object fromJson(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> value.stringValue();
            case BOOLEAN -> value.booleanValue();
            case NUMBER -> {
                if (value.isIntegralNumber() && value.canConvertToLong()) {
                    yield value.longValue();
                }
                yield value.doubleValue();
            }
            case ARRAY -> {
                var items = new ArrayList<Object>(value.size());
                value.values().forEach(item -> items.add(fromJson(item)));
                yield items;
            }
            case OBJECT -> {
                var entries = new LinkedHashMap<String, Object>();
                value.properties().forEach(e -> entries.put(e.getKey(), fromJson(e.getValue())));
                yield entries;
            }
            case NULL, MISSING, BINARY, POJO -> NullValue.NULL_VALUE;
        };
    }

    /**
     * The value as JSON.
     *
     * @throws ExpressionException when JSON has no such value, or it is too large
     */
    static JsonNode toJson(Object value) {
        return new Writer().write(value);
    }

    /** Counts what it writes: shared parts of a small value can make a huge text. */
    private static final class Writer {
        private long left = LARGEST;

        private JsonNode write(Object value) {
            spend(1);
            return switch (value) {
                case String text -> {
                    spend(text.length());
                    yield JSON.stringNode(text);
                }
                case Long number -> JsonNumbers.of(number);
                case Double number -> number(number);
                case Boolean bool -> JSON.booleanNode(bool);
                case UnsignedLong number -> JSON.numberNode(number.bigIntegerValue());
                case Instant time -> JSON.stringNode(time.toString());
                case Duration duration -> JSON.stringNode(Durations.format(duration));
                case CelByteString bytes -> JSON.stringNode(Base64.getEncoder().encodeToString(bytes.toByteArray()));
                case NullValue nothing -> JSON.nullNode();
                case List<?> items -> list(items);
                case Map<?, ?> entries -> map(entries);
                default ->
                    throw new ExpressionException("the result is of a kind that JSON does not have: "
                            + value.getClass().getSimpleName());
            };
        }

        private void spend(long units) {
            left -= units;
            if (left < 0) {
                throw new ExpressionException(
                        "the result is too large: more than " + LARGEST + " items and characters");
            }
        }

        private static JsonNode number(double number) {
            if (!Double.isFinite(number)) {
                throw new ExpressionException("the result is not a finite number: " + number);
            }
            return JSON.numberNode(number);
        }

        private JsonNode list(List<?> items) {
            var array = JSON.arrayNode();
            for (var item : items) {
                array.add(write(java.util.Objects.requireNonNull(item)));
            }
            return array;
        }

        private JsonNode map(Map<?, ?> entries) {
            var object = JSON.objectNode();
            entries.forEach((key, value) -> {
                spend(String.valueOf(key).length());
                object.set(String.valueOf(key), write(java.util.Objects.requireNonNull(value)));
            });
            return object;
        }
    }
}
