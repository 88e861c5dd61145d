package dev.dagkeeper.history;

import dev.dagkeeper.history.WorkerStore.UpstreamRow;
import dev.dagkeeper.run.StepKey;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Puts the rows of upstream steps together: a foreach step's outputs are lists over its instances in item order, without
 * those that gave none.
 */
final class Upstreams {
    private final Map<Integer, String> states = new HashMap<>();
    private final Map<Integer, Map<String, JsonNode>> outputs = new HashMap<>();

    /** Takes one row; rows come in order of step and index. */
    void add(Row row) {
        var ofStep = outputs.computeIfAbsent(row.step(), step -> new LinkedHashMap<>());
        if (row.index() == StepKey.WHOLE) {
            states.put(row.step(), row.state());
            ofStep.putAll(row.outputs());
        } else {
            row.outputs().forEach((name, value) -> list(ofStep, name).add(value));
        }
    }

    private static ArrayNode list(Map<String, JsonNode> ofStep, String name) {
        return (ArrayNode) ofStep.computeIfAbsent(name, absent -> JsonNodeFactory.instance.arrayNode());
    }

    Map<Integer, UpstreamRow> result() {
        var result = new HashMap<Integer, UpstreamRow>();
        states.forEach((step, state) -> result.put(step, new UpstreamRow(state, outputs.getOrDefault(step, Map.of()))));
        return result;
    }

    record Row(int step, int index, String state, Map<String, JsonNode> outputs) {}
}
