package dev.dagkeeper.workflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** The language as JSON Schema (2020-12), for editors and for {@code dagkeeper schema}. */
public final class LanguageSchema {
    private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";
    private static final String DEFINITION = "#/$defs/";

    private LanguageSchema() {}

    /** The whole document; each step type's settings are in it. The caller owns the result. */
    public static ObjectNode full(StepTypes types) {
        var schema = load();
        var definitions = (ObjectNode) schema.get("$defs");
        var step = (ObjectNode) definitions.get("step");
        var names = ((ObjectNode) step.get("properties").get("uses")).putArray("enum");
        var branches = step.putArray("allOf");
        for (var name : types.names()) {
            names.add(name);
            types.find(name).ifPresent(type -> {
                definitions.set(settingsOf(name), localised(type.with().deepCopy(), name));
                var branch = branches.addObject();
                branch.putObject("if").putObject("properties").putObject("uses").put("const", name);
                var properties = branch.putObject("then").putObject("properties");
                properties.putObject("with").put("$ref", DEFINITION + settingsOf(name));
                type.run()
                        .ifPresentOrElse(
                                run -> properties.set("run", run.deepCopy()), () -> properties.put("run", false));
            });
        }
        return schema;
    }

    /**
     * One part.
     *
     * @param path keys from the top, joined by dots and without the ids of your choice: {@code inputs}, {@code steps},
     *     {@code steps.retry}, {@code hooks.always.env}; or the name of a step type, for its settings
     * @return empty when there is no such part; what a key may hold is self-contained. The caller owns the result
     */
    public static Optional<ObjectNode> part(StepTypes types, String path) {
        if (types.find(path).isPresent() && !Keys.WORKFLOW.names().contains(path)) {
            return types.find(path).map(type -> type.with().deepCopy());
        }
        var full = full(types);
        var found = deref(full, full);
        for (var key : path.split("\\.", -1)) {
            found = child(full, found, key);
        }
        return found.isObject() ? Optional.of(selfContained(full, (ObjectNode) found)) : Optional.empty();
    }

    private static ObjectNode load() {
        try (var in = LanguageSchema.class.getResourceAsStream("schema.json")) {
            if (in == null) {
                throw new IllegalStateException("schema.json is missing in the program");
            }
            return (ObjectNode) JsonMapper.shared().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String settingsOf(String type) {
        return "with-" + type;
    }

    /** References of a type's schema to its own root, where it is one definition among others. */
    private static JsonNode localised(JsonNode schema, String type) {
        if (schema instanceof ObjectNode object) {
            var reference = object.path("$ref");
            if (reference.isString() && reference.stringValue().startsWith("#")) {
                object.put(
                        "$ref",
                        DEFINITION + settingsOf(type) + reference.stringValue().substring(1));
            }
            object.remove(List.of("$schema", "$id"));
        }
        schema.values().forEach(value -> localised(value, type));
        return schema;
    }

    /** What a key may hold, also below maps with ids of the author's choice and below alternatives. */
    private static JsonNode child(ObjectNode full, JsonNode schema, String key) {
        var own = schema.path("properties").path(key);
        if (own.isObject()) {
            return deref(full, own);
        }
        var any = deref(full, schema.path("additionalProperties"));
        var deeper = any.isObject() ? child(full, any, key) : any;
        if (deeper.isObject()) {
            return deeper;
        }
        for (var branch : schema.path("oneOf").values()) {
            var found = child(full, deref(full, branch), key);
            if (found.isObject()) {
                return found;
            }
        }
        return MissingNode.getInstance();
    }

    private static JsonNode deref(ObjectNode full, JsonNode schema) {
        var reference = schema.path("$ref");
        return reference.isString() ? full.at(reference.stringValue().substring(1)) : schema;
    }

    private static ObjectNode selfContained(ObjectNode full, ObjectNode part) {
        var copy = part.deepCopy();
        copy.put("$schema", DIALECT);
        var needed = new TreeSet<String>();
        var open = new ArrayDeque<JsonNode>(List.of(part));
        while (!open.isEmpty()) {
            var node = open.remove();
            var reference = node.path("$ref");
            if (reference.isString() && reference.stringValue().startsWith(DEFINITION)) {
                var name =
                        reference.stringValue().substring(DEFINITION.length()).split("/", 2)[0];
                if (needed.add(name)) {
                    open.add(full.path("$defs").path(name));
                }
            }
            node.values().forEach(open::add);
        }
        if (!needed.isEmpty()) {
            var definitions = copy.putObject("$defs");
            needed.forEach(name -> definitions.set(name, full.path("$defs").path(name)));
        }
        return copy;
    }
}
