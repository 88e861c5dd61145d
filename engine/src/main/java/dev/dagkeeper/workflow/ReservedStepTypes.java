package dev.dagkeeper.workflow;

import dev.dagkeeper.executor.StepType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Step types of the language that no executor carries out yet: checked like any other, then refused at the start. Their
 * schemas are built and not parsed, since commands that only check a file should not wait for a JSON parser to load.
 */
final class ReservedStepTypes {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private ReservedStepTypes() {}

    static Map<String, StepType> all() {
        var types = new TreeMap<String, StepType>();
        add(types, workflow(), false, Map.of("outputs", ValueType.Simple.JSON));
        add(types, approval(), false, Map.of("approver", ValueType.Simple.STRING));
        add(types, waiting(), false, Map.of());
        add(types, java(), true, Map.of());
        return types;
    }

    private static Shape workflow() {
        return new Shape("workflow")
                .put("workflow", text("name of a deployed workflow"))
                .put("namespace", text("default: this workflow's"))
                .put("inputs", of("object", "the sub-run's inputs"))
                .put("wait", of("boolean", "whether the step lasts as long as the sub-run; default true"))
                .require("workflow");
    }

    private static Shape approval() {
        return new Shape("approval")
                .put("message", text("what is to be approved"))
                .put("approvers", texts("who may; default: any operator"))
                .put("count", of("integer", "approvals needed; default 1").put("minimum", 1));
    }

    private static Shape waiting() {
        var shape = new Shape("wait")
                .put("for", text("a duration"))
                .put("until", text("an RFC 3339 time"))
                .put("file", text("a path that must exist"))
                .put("url", text("an address that must answer 2xx"))
                .put("every", text("time between two looks; default 30s"));
        shape.schema.put("minProperties", 1);
        return shape;
    }

    private static Shape java() {
        return new Shape("java")
                .put("main", text("the class to start"))
                .put("classpath", texts("jars and directories"))
                .put("args", texts("arguments of the class"))
                .put("jvm-args", texts("arguments of the virtual machine"))
                .require("main");
    }

    private static ObjectNode of(String type, String description) {
        return JSON.objectNode().put("type", type).put("description", description);
    }

    private static ObjectNode text(String description) {
        return of("string", description).put("minLength", 1);
    }

    private static ObjectNode texts(String description) {
        var list = of("array", description);
        list.putObject("items").put("type", "string");
        return list;
    }

    private static void add(Map<String, StepType> types, Shape shape, boolean process, Map<String, ValueType> offers) {
        types.put(shape.name, new StepType(shape.name, Optional.empty(), shape.schema, process, offers));
    }

    /** The schema of a map with a fixed set of keys, while it is built. */
    private static final class Shape {
        private final String name;
        private final ObjectNode schema = JSON.objectNode();
        private final ObjectNode properties;

        Shape(String name) {
            this.name = name;
            schema.put("type", "object").put("additionalProperties", false);
            this.properties = schema.putObject("properties");
        }

        Shape put(String key, ObjectNode value) {
            properties.set(key, value);
            return this;
        }

        Shape require(String... keys) {
            var required = schema.putArray("required");
            List.of(keys).forEach(required::add);
            return this;
        }
    }
}
