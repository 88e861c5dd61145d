package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.cli.drawing.Diagram;
import dev.dagkeeper.api.graph.StepJson;
import dev.dagkeeper.workflow.Workflow;
import java.util.ArrayList;
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
            var item = StepJson.of(workflow, step);
            item.putNull("state");
            item.putObject("instances");
            steps.add(item);
        }
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
}
