package dev.dagkeeper.workflow;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import tools.jackson.databind.JsonNode;

/** Checks settings against the schemas of their step types and tells what does not fit at its place in the source. */
final class SchemaCheck {
    private static final Set<String> BRANCHES = Set.of("anyOf", "oneOf", "not", "if", "then", "else");
    private static final Set<String> ABOUT_KEYS = Set.of("required", "additionalProperties", "unevaluatedProperties");

    private final Problems problems;
    private final IdentityHashMap<JsonNode, Schema> schemas = new IdentityHashMap<>();

    SchemaCheck(Problems problems) {
        this.problems = problems;
    }

    /**
     * @param field the value in the source
     * @param where what to point at when a key of the value itself is missing
     * @param what names the value in messages: {@code with}, {@code run}
     * @param type the step type that wants it so
     */
    void check(JsonNode schema, JsonNode value, Field field, Field where, String what, String type) {
        if (SchemaShortcut.accepts(schema, value)) {
            return;
        }
        var branches = new LinkedHashMap<String, Error>();
        for (var error : schemas.computeIfAbsent(schema, SchemaCheck::load).validate(value)) {
            if (excusedByHole(error, value)) {
                continue;
            }
            if (inBranch(error)) {
                // Each alternative says why it is not the one; the first is enough at one place.
                branches.putIfAbsent(String.valueOf(error.getInstanceLocation()), error);
            } else {
                tell(error, schema, field, where, what, type);
            }
        }
        branches.values().forEach(error -> tell(error, schema, field, where, what, type));
    }

    private static boolean inBranch(Error error) {
        for (var i = 0; i < error.getEvaluationPath().getNameCount(); i++) {
            if (BRANCHES.contains(String.valueOf(error.getEvaluationPath().getElement(i)))) {
                return true;
            }
        }
        return false;
    }

    private static Schema load(JsonNode schema) {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schema);
    }

    /** A hole may become a value of any type, so nothing is known about it, nor about branches that look at it. */
    private static boolean excusedByHole(Error error, JsonNode root) {
        var location = error.getInstanceLocation();
        var value = at(root, location);
        if (value.isString() && TemplateText.hasHole(value.stringValue())) {
            return true;
        }
        var part = location.getNameCount() == 0 ? root : root.path(location.getName(0));
        return inBranch(error) && !ABOUT_KEYS.contains(error.getKeyword()) && hasHole(part);
    }

    private static JsonNode at(JsonNode root, NodePath location) {
        var value = root;
        for (var i = 0; i < location.getNameCount(); i++) {
            value = location.getElement(i) instanceof Integer index
                    ? value.path(index)
                    : value.path(location.getName(i));
        }
        return value;
    }

    private static boolean hasHole(JsonNode value) {
        if (value.isString()) {
            return TemplateText.hasHole(value.stringValue());
        }
        return value.values().stream().anyMatch(SchemaCheck::hasHole);
    }

    private void tell(Error error, JsonNode schema, Field field, Field where, String what, String type) {
        var location = error.getInstanceLocation();
        var place = locate(field, location);
        var path = what + path(location) + " of step type '" + type + "'";
        switch (String.valueOf(error.getKeyword())) {
            case "required" ->
                problems.add(
                        Code.BAD_SETTINGS,
                        location.getNameCount() == 0 ? where : place,
                        path + ": key '" + error.getProperty() + "' is missing");
            case "additionalProperties", "unevaluatedProperties" -> {
                var known = List.copyOf(
                        schemaAt(schema, location).path("properties").propertyNames());
                problems.add(
                        Code.BAD_SETTINGS,
                        keyOf(place, String.valueOf(error.getProperty())),
                        path + ": unknown key '" + error.getProperty() + "'",
                        Nearest.to(String.valueOf(error.getProperty()), known)
                                .map(near -> "did you mean '" + near + "'?")
                                .orElse(known.isEmpty() ? "" : "possible here: " + String.join(", ", known)));
            }
            default -> problems.add(Code.BAD_SETTINGS, place, path + ": " + error.getMessage());
        }
    }

    private static String path(NodePath location) {
        var text = new StringBuilder();
        for (var i = 0; i < location.getNameCount(); i++) {
            text.append(
                    location.getElement(i) instanceof Integer index ? "[" + index + "]" : "." + location.getName(i));
        }
        return text.toString();
    }

    private static JsonNode schemaAt(JsonNode schema, NodePath location) {
        var found = schema;
        for (var i = 0; i < location.getNameCount(); i++) {
            found = location.getElement(i) instanceof Integer
                    ? found.path("items")
                    : found.path("properties").path(location.getName(i));
        }
        return found;
    }

    private static Field locate(Field field, NodePath location) {
        var node = field.node();
        var path = field.path();
        for (var i = 0; i < location.getNameCount(); i++) {
            node = step(node, location.getElement(i));
            path = path.child(location.getName(i));
        }
        return new Field(node, path);
    }

    private static Node step(Node node, Object element) {
        if (node instanceof SequenceNode list && element instanceof Integer index) {
            return list.getValue().get(index);
        }
        if (node instanceof MappingNode map) {
            for (var entry : map.getValue()) {
                if (entry.getKeyNode() instanceof ScalarNode key
                        && key.getValue().equals(element.toString())) {
                    return entry.getValueNode();
                }
            }
        }
        return node;
    }

    private static Field keyOf(Field map, String name) {
        if (map.node() instanceof MappingNode entries) {
            for (var entry : entries.getValue()) {
                if (entry.getKeyNode() instanceof ScalarNode key
                        && key.getValue().equals(name)) {
                    return new Field(key, map.path().child(name));
                }
            }
        }
        return map;
    }
}
