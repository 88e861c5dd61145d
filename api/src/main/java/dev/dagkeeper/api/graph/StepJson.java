package dev.dagkeeper.api.graph;

import dev.dagkeeper.workflow.Expression;
import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.Workflow;
import java.util.Locale;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A step in a DAG: what the workflow says of it, without what became of it in a run. */
public final class StepJson {
    private StepJson() {}

    /** A new object, to which the caller adds {@code state} and {@code instances}. */
    public static ObjectNode of(Workflow workflow, Step step) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("id", step.displayName());
        json.put("phase", step.phase().key());
        json.put("uses", step.uses());
        json.put("join", text(step.join()));
        json.put("when", step.when().map(Expression::text).orElse(null));
        var needs = json.putArray("needs");
        for (var need : step.needs()) {
            var edge = needs.addObject();
            edge.put("step", workflow.steps().get(need.step()).displayName());
            var on = edge.putArray("on");
            need.on().stream().sorted().forEach(state -> on.add(text(state)));
        }
        json.put("foreach", step.foreach().isPresent());
        json.put("maxAttempts", step.retry().max() + 1);
        return json;
    }

    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
