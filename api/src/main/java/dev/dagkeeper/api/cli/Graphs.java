package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.cli.drawing.Diagram;
import dev.dagkeeper.workflow.Expression;
import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.Workflow;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** DAGs in the form in which the API gives them. */
final class Graphs {
    private Graphs() {}

    /** A workflow that does not run: the same fields, without a run and without states. */
    static ObjectNode json(Workflow workflow) {
        var json = JsonMapper.shared().createObjectNode();
        json.putNull("run").put("workflow", workflow.name()).putNull("state");
        var steps = json.putArray("steps");
        for (var step : workflow.steps()) {
            steps.add(json(workflow, step));
        }
        return json;
    }

    private static ObjectNode json(Workflow workflow, Step step) {
        var json = JsonMapper.shared().createObjectNode();
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
        json.putNull("state");
        json.putObject("instances");
        return json;
    }

    /** What to draw of a DAG in the API's form. */
    static Diagram diagram(JsonNode graph) {
        var nodes = new ArrayList<Diagram.Node>();
        for (var step : graph.path("steps")) {
            var needs = new ArrayList<Diagram.Edge>();
            for (var need : step.path("needs")) {
                var on = new ArrayList<String>();
                need.path("on").forEach(state -> on.add(state.asString()));
                needs.add(new Diagram.Edge(need.path("step").asString(""), on));
            }
            var state = step.path("state").asString("");
            nodes.add(new Diagram.Node(
                    step.path("id").asString(""),
                    step.path("uses").asString(""),
                    step.path("phase").asString("steps"),
                    step.path("foreach").asBoolean(false) ? Optional.of("foreach") : Optional.empty(),
                    state.isEmpty() ? Optional.empty() : Optional.of(state),
                    needs));
        }
        return new Diagram(graph.path("workflow").asString("workflow"), nodes);
    }

    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
