package dev.dagkeeper.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.executor.DeclaredOutputs.Bound;
import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

class DeclaredOutputsTest {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    @Test
    void text_of_a_process_is_read_by_the_declared_type() {
        var declared = List.of(
                output("rows", ValueType.Simple.INT),
                output("name", ValueType.Simple.STRING),
                output("tags", new ValueType.ListOf(ValueType.Simple.STRING)));
        var bound = DeclaredOutputs.bind(declared, true, texts(Map.of("rows", "12", "name", "12", "tags", "[\"a\"]")));
        assertThat(bound)
                .isEqualTo(new Bound.Outputs(Map.of(
                        "rows",
                        JSON.numberNode(12),
                        "name",
                        JSON.stringNode("12"),
                        "tags",
                        JSON.arrayNode().add("a"))));
    }

    @Test
    void missing_undeclared_and_ill_typed_outputs_are_refused_by_name() {
        var declared = List.of(output("rows", ValueType.Simple.INT));
        assertRefused(DeclaredOutputs.bind(declared, true, Map.of()), "'rows'", "rows=...");
        assertRefused(DeclaredOutputs.bind(declared, true, texts(Map.of("rows", "many"))), "'rows'", "int", "many");
        assertRefused(
                DeclaredOutputs.bind(declared, true, texts(Map.of("rows", "1", "extra", "2"))),
                "'extra'",
                "not declared");
        assertRefused(DeclaredOutputs.bind(List.of(), true, texts(Map.of("extra", "2"))), "'extra'");
    }

    @Test
    void other_types_are_picked_from_and_may_offer_more() {
        var offered = Map.of(
                "body", JsonMapper.shared().readTree("{\"id\": 4, \"text\": \"5\"}"), "status", JSON.numberNode(200));
        var declared = List.of(
                new Step.Output("id", ValueType.Simple.INT, Optional.of("body.id")),
                output("status", ValueType.Simple.INT));
        assertThat(DeclaredOutputs.bind(declared, false, offered))
                .isEqualTo(new Bound.Outputs(Map.of("id", JSON.numberNode(4), "status", JSON.numberNode(200))));
        var text = List.of(new Step.Output("text", ValueType.Simple.INT, Optional.of("body.text")));
        assertRefused(DeclaredOutputs.bind(text, false, offered), "'text'", "int");
        var missing = List.of(new Step.Output("x", ValueType.Simple.JSON, Optional.of("body.x")));
        assertRefused(DeclaredOutputs.bind(missing, false, offered), "body.x", "[body, status]");
    }

    @Test
    void one_output_and_all_of_a_step_are_limited() {
        var fits = "x".repeat(DeclaredOutputs.MAX_OUTPUT_BYTES - 2);
        assertThat(DeclaredOutputs.bind(List.of(output("a", ValueType.Simple.STRING)), true, texts(Map.of("a", fits))))
                .isInstanceOf(Bound.Outputs.class);
        assertRefused(
                DeclaredOutputs.bind(
                        List.of(output("a", ValueType.Simple.STRING)), true, texts(Map.of("a", fits + "y"))),
                "'a'",
                "65,537");
        var declared = new ArrayList<Step.Output>();
        var texts = new HashMap<String, String>();
        for (var name : List.of("a", "b", "c", "d", "e")) {
            declared.add(output(name, ValueType.Simple.STRING));
            texts.put(name, fits);
        }
        assertRefused(DeclaredOutputs.bind(declared, true, texts(texts)), "'e'", "327,680");
    }

    @Test
    void what_postgres_cannot_keep_is_refused() {
        var declared = List.of(output("a", ValueType.Simple.JSON));
        assertRefused(DeclaredOutputs.bind(declared, false, Map.of("a", JSON.stringNode("x\0"))), "'a'", "NUL");
        assertRefused(
                DeclaredOutputs.bind(
                        declared, false, Map.of("a", JSON.objectNode().put("\0", 1))),
                "'a'",
                "NUL");
        assertRefused(
                DeclaredOutputs.bind(
                        declared, false, Map.of("a", JSON.arrayNode().add("\ud800"))),
                "'a'",
                "surrogate");
        assertRefused(DeclaredOutputs.bind(declared, true, texts(Map.of("a", "[\"\\u0000\"]"))), "'a'", "NUL");
    }

    private static Step.Output output(String name, ValueType type) {
        return new Step.Output(name, type, Optional.empty());
    }

    private static Map<String, JsonNode> texts(Map<String, String> texts) {
        var nodes = new HashMap<String, JsonNode>();
        texts.forEach((name, text) -> nodes.put(name, JSON.stringNode(text)));
        return nodes;
    }

    private static void assertRefused(Bound bound, String... parts) {
        assertThat(bound)
                .isInstanceOfSatisfying(
                        Bound.Refused.class,
                        refused -> assertThat(refused.why()).contains(parts));
    }
}
