package dev.dagkeeper.workflow;

import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Tells that a value surely satisfies a schema, for the few keywords that most schemas are made of. It exists for speed:
 * a validator for all of JSON Schema takes longer to load than thousands of steps take to check. Whatever it does not
 * understand or does not like is left to that validator.
 */
final class SchemaShortcut {
    private static final Set<String> ANNOTATIONS = Set.of(
            "title",
            "description",
            "default",
            "examples",
            "deprecated",
            "readOnly",
            "writeOnly",
            "$comment",
            "$schema",
            "$id");

    private SchemaShortcut() {}

    /** True when the value is valid; false when it is not known to be. A text with a hole counts as valid. */
    static boolean accepts(JsonNode schema, JsonNode value) {
        if (schema.isBoolean()) {
            return schema.booleanValue();
        }
        if (value.isString() && TemplateText.hasHole(value.stringValue())) {
            return true;
        }
        for (var keyword : schema.properties()) {
            if (!ANNOTATIONS.contains(keyword.getKey())
                    && !holds(keyword.getKey(), keyword.getValue(), schema, value)) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(String keyword, JsonNode rule, JsonNode schema, JsonNode value) {
        return switch (keyword) {
            case "type" -> rule.isString() && isA(rule.stringValue(), value);
            case "enum" -> value.isString() && rule.values().contains(value);
            case "required" -> !value.isObject() || rule.values().stream().allMatch(name -> value.has(name.asString()));
            // With a rule for additional ones the properties are looked at once, there.
            case "properties" ->
                schema.has("additionalProperties") || entriesHold(schema, MissingNode.getInstance(), value);
            case "additionalProperties" -> !value.isObject() || entriesHold(schema, rule, value);
            case "items" -> !value.isArray() || value.values().stream().allMatch(item -> accepts(rule, item));
            case "minLength" ->
                !value.isString()
                        || value.stringValue()
                                        .codePointCount(0, value.stringValue().length())
                                >= rule.asInt();
            case "minimum" -> !value.isNumber() || value.doubleValue() >= rule.doubleValue();
            case "maximum" -> !value.isNumber() || value.doubleValue() <= rule.doubleValue();
            case "minItems" -> !value.isArray() || value.size() >= rule.asInt();
            case "maxItems" -> !value.isArray() || value.size() <= rule.asInt();
            case "minProperties" -> !value.isObject() || value.size() >= rule.asInt();
            default -> false;
        };
    }

    /** Every entry satisfies its property's schema, or else the rule for additional ones. */
    private static boolean entriesHold(JsonNode schema, JsonNode additional, JsonNode value) {
        if (!value.isObject()) {
            return true;
        }
        var properties = schema.path("properties");
        for (var entry : value.properties()) {
            var own = properties.path(entry.getKey());
            var rule = own.isMissingNode() ? additional : own;
            if (!rule.isMissingNode() && !accepts(rule, entry.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isA(String type, JsonNode value) {
        return switch (type) {
            case "string" -> value.isString();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "null" -> value.isNull();
            default -> false;
        };
    }
}
