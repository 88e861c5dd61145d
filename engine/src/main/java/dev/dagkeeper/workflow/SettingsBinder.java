package dev.dagkeeper.workflow;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Reads values whose types a JSON Schema tells: a plain scalar is text wherever the schema wants text only, and otherwise
 * what it looks like (true, false, null, a number, text).
 */
final class SettingsBinder {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Pattern INT = Pattern.compile("-?(0|[1-9][0-9]{0,17})");
    private static final Pattern FLOAT = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?");
    private static final int DEEPEST_REFERENCE = 20;

    private final JsonNode root;

    /** @param root the schema that {@code $ref} looks into */
    SettingsBinder(JsonNode root) {
        this.root = root;
    }

    /** Reads without any schema. */
    static JsonNode bindFreely(Field field) {
        var any = JSON.objectNode();
        return new SettingsBinder(any).bind(field.node(), any);
    }

    JsonNode bind(Field field) {
        return bind(field.node(), root);
    }

    private JsonNode bind(org.yaml.snakeyaml.nodes.Node node, JsonNode schema) {
        return switch (node) {
            case MappingNode map -> {
                var object = JSON.objectNode();
                for (var entry : map.getValue()) {
                    if (entry.getKeyNode() instanceof ScalarNode key && !object.has(key.getValue())) {
                        object.set(key.getValue(), bind(entry.getValueNode(), property(schema, key.getValue())));
                    }
                }
                yield object;
            }
            case SequenceNode list -> {
                var array = JSON.arrayNode(list.getValue().size());
                var items = deref(schema).path("items");
                list.getValue().forEach(item -> array.add(bind(item, items)));
                yield array;
            }
            case ScalarNode scalar -> scalar(new Field(scalar, Path.TOP), schema);
            default -> throw new IllegalStateException("unexpected node " + node.getNodeId());
        };
    }

    private JsonNode property(JsonNode schema, String name) {
        var map = deref(schema);
        var own = map.path("properties").path(name);
        return own.isMissingNode() ? map.path("additionalProperties") : own;
    }

    private JsonNode scalar(Field field, JsonNode schema) {
        if (!field.isPlain()) {
            return JSON.stringNode(field.text());
        }
        var natural = natural(field);
        var types = new HashSet<String>();
        collectTypes(schema, types, 0);
        if (types.isEmpty() || natural.isString() || natural.isNull() || accepts(types, natural)) {
            return natural;
        }
        return types.contains("string") ? JSON.stringNode(field.text()) : natural;
    }

    private static boolean accepts(Set<String> types, JsonNode value) {
        if (value.isBoolean()) {
            return types.contains("boolean");
        }
        return types.contains("number") || (value.isIntegralNumber() && types.contains("integer"));
    }

    private static JsonNode natural(Field field) {
        var text = field.text();
        if (field.isNothing()) {
            return JSON.nullNode();
        }
        if (text.equals("true") || text.equals("false")) {
            return JSON.booleanNode(text.equals("true"));
        }
        if (INT.matcher(text).matches()) {
            return JsonNumbers.of(Long.parseLong(text));
        }
        if (FLOAT.matcher(text).matches() && Double.isFinite(Double.parseDouble(text))) {
            return JSON.numberNode(Double.parseDouble(text));
        }
        return JSON.stringNode(text);
    }

    /** The types a schema names, in any of its branches; none when it leaves the type open. */
    private void collectTypes(JsonNode schema, Set<String> types, int depth) {
        var own = deref(schema);
        var type = own.path("type");
        if (type.isString()) {
            types.add(type.stringValue());
        }
        type.values().forEach(each -> types.add(each.asString()));
        own.path("enum").values().forEach(option -> {
            if (option.isString()) {
                types.add("string");
            } else if (option.isNumber()) {
                types.add("number");
            } else if (option.isBoolean()) {
                types.add("boolean");
            }
        });
        if (depth < DEEPEST_REFERENCE) {
            own.path("anyOf").values().forEach(branch -> collectTypes(branch, types, depth + 1));
            own.path("oneOf").values().forEach(branch -> collectTypes(branch, types, depth + 1));
        }
    }

    private JsonNode deref(JsonNode schema) {
        var target = schema;
        for (var i = 0; i < DEEPEST_REFERENCE && target.path("$ref").isString(); i++) {
            var reference = target.path("$ref").stringValue();
            target = reference.startsWith("#") ? root.at(reference.substring(1)) : JSON.objectNode();
        }
        return target;
    }
}
