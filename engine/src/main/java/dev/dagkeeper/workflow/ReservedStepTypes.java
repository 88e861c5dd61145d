package dev.dagkeeper.workflow;

import dev.dagkeeper.executor.StepType;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Step types of the language that no executor carries out yet: checked like any other, then refused at the start. */
final class ReservedStepTypes {
    private static final String WORKFLOW = """
            {"type": "object", "additionalProperties": false, "required": ["workflow"], "properties": {
              "workflow": {"type": "string", "minLength": 1, "description": "name of a deployed workflow"},
              "namespace": {"type": "string", "description": "default: this workflow's"},
              "inputs": {"type": "object", "description": "the sub-run's inputs"},
              "wait": {"type": "boolean", "description": "whether the step lasts as long as the sub-run; default true"}}}
            """;
    private static final String APPROVAL = """
            {"type": "object", "additionalProperties": false, "properties": {
              "message": {"type": "string", "description": "what is to be approved"},
              "approvers": {"type": "array", "items": {"type": "string"}, "description": "who may; default: any operator"},
              "count": {"type": "integer", "minimum": 1, "description": "approvals needed; default 1"}}}
            """;
    private static final String WAIT = """
            {"type": "object", "additionalProperties": false, "minProperties": 1, "properties": {
              "for": {"type": "string", "description": "a duration"},
              "until": {"type": "string", "description": "an RFC 3339 time"},
              "file": {"type": "string", "description": "a path that must exist"},
              "url": {"type": "string", "description": "an address that must answer 2xx"},
              "every": {"type": "string", "description": "time between two looks; default 30s"}}}
            """;
    private static final String JAVA = """
            {"type": "object", "additionalProperties": false, "required": ["main"], "properties": {
              "main": {"type": "string", "minLength": 1, "description": "the class to start"},
              "classpath": {"type": "array", "items": {"type": "string"}},
              "args": {"type": "array", "items": {"type": "string"}},
              "jvm-args": {"type": "array", "items": {"type": "string"}}}}
            """;

    private ReservedStepTypes() {}

    static Map<String, StepType> all() {
        var types = new TreeMap<String, StepType>();
        add(types, "workflow", WORKFLOW, false, Map.of("outputs", ValueType.Simple.JSON));
        add(types, "approval", APPROVAL, false, Map.of("approver", ValueType.Simple.STRING));
        add(types, "wait", WAIT, false, Map.of());
        add(types, "java", JAVA, true, Map.of());
        return types;
    }

    private static void add(
            Map<String, StepType> types, String name, String with, boolean process, Map<String, ValueType> offers) {
        var schema = (ObjectNode) JsonMapper.shared().readTree(with);
        types.put(name, new StepType(name, Optional.empty(), schema, process, offers));
    }
}
