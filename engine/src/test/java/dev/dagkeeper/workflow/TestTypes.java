package dev.dagkeeper.workflow;

import dev.dagkeeper.executor.StepType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Step types for tests of the language: like the real ones, smaller. */
public final class TestTypes {
    private TestTypes() {}

    public static StepTypes all() {
        return StepTypes.of(List.of(
                new StepType(
                        "shell", Optional.of(json("{'type': 'string', 'minLength': 1}")), json("""
                                {'type': 'object', 'additionalProperties': false, 'properties': {
                                  'interpreter': {'type': 'array', 'items': {'type': 'string'}, 'minItems': 1}}}
                                """), true, Map.of()),
                new StepType("noop", Optional.empty(), json("""
                                {'type': 'object', 'additionalProperties': false, 'properties': {
                                  'duration': {'type': 'string'}}}
                                """), false, Map.of()),
                new StepType(
                        "http",
                        Optional.empty(),
                        json("""
                                {'type': 'object', 'additionalProperties': false, 'required': ['url'], 'properties': {
                                  'url': {'type': 'string', 'pattern': '^https?://'},
                                  'method': {'enum': ['GET', 'POST', 'PUT', 'DELETE']},
                                  'body': {},
                                  'expect': {'type': 'array', 'items': {'type': 'integer', 'minimum': 100}},
                                  'headers': {'type': 'object', 'additionalProperties': {'type': 'string'}}}}
                                """),
                        false,
                        Map.of(
                                "status", ValueType.Simple.INT,
                                "headers", ValueType.Simple.JSON,
                                "body", ValueType.Simple.JSON)),
                new StepType(
                        "sql",
                        Optional.empty(),
                        json("""
                                {'type': 'object', 'additionalProperties': false, 'required': ['connection', 'query'],
                                 'properties': {
                                  'connection': {'type': 'string'},
                                  'query': {'type': 'string'},
                                  'parameters': {'type': 'array'},
                                  'timeout': {'oneOf': [{'type': 'string'}, {'type': 'integer'}]}}}
                                """),
                        false,
                        Map.of(
                                "rows",
                                new ValueType.ListOf(ValueType.Simple.JSON),
                                "row_count",
                                ValueType.Simple.INT))));
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text.replace('\'', '"'));
    }
}
