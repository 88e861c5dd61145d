package dev.dagkeeper.run;

import dev.dagkeeper.workflow.ExpressionException;
import dev.dagkeeper.workflow.Scope;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The steps as the leader's expressions see them, in the middle of a decision. */
record DraftUpstreams(Draft draft) implements Scope.Upstreams {
    /** What the lists of one foreach step's outputs may come to, each, in characters of JSON. */
    private static final int LIST_LIMIT = 8 << 20;

    @Override
    public String state(int step) {
        return draft.slot(draft.whole(step)).state().text();
    }

    @Override
    public Map<String, JsonNode> outputs(int step) {
        return draft.step(step).foreach().isPresent() ? lists(step) : draft.outputsOf(draft.whole(step));
    }

    /** Each declared output as the list in item order, without the instances that gave none. */
    private Map<String, JsonNode> lists(int step) {
        var lists = new HashMap<String, JsonNode>();
        var state = draft.slot(draft.whole(step)).state();
        if (!state.isFinal() || (draft.instances(step) == 0 && state != StepState.SUCCEEDED)) {
            return lists;
        }
        for (var output : draft.step(step).outputs()) {
            lists.put(output.name(), list(step, output.name()));
        }
        return lists;
    }

    private ArrayNode list(int step, String name) {
        var list = JsonNodeFactory.instance.arrayNode();
        var size = 0L;
        for (var i = 0; i < draft.instances(step); i++) {
            var value = draft.outputsOf(draft.run().key(step, i)).get(name);
            if (value == null) {
                continue;
            }
            size += value.toString().length() + 1L;
            if (size > LIST_LIMIT) {
                throw new ExpressionException("the list of output '" + name + "' of step '"
                        + draft.step(step).id() + "' is larger than 8 MiB; let the step write to a file or table and"
                        + " give its name instead");
            }
            list.add(value);
        }
        return list;
    }
}
