package dev.dagkeeper.api.http;

import dev.dagkeeper.api.graph.StepJson;
import dev.dagkeeper.history.RunStore;
import dev.dagkeeper.history.RunStore.StoredStep;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** The DAG of a run with its states, and what its steps gave. Thread-safe. */
final class RunGraph {
    private static final int PAGE = 1000;

    /** Outputs of one answer: pages end early at 16 MiB each. */
    private static final int MOST_HEAVY_PAGES = 4;

    private final RunStore runs;
    private final RunLookup lookup;
    private final Revisions revisions;

    RunGraph(RunStore runs, RunLookup lookup, Revisions revisions) {
        this.runs = runs;
        this.lookup = lookup;
        this.revisions = revisions;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/runs/{id}/graph", this::graph), Route.get("/v1/runs/{id}/outputs", this::outputs));
    }

    private Answer graph(Call call) {
        call.query();
        var run = lookup.run(call);
        var workflow = revisions.workflow(run.header().revisionId());
        var states = new HashMap<Integer, StepState>();
        var instances = new HashMap<Integer, Map<StepState, Integer>>();
        forEachStep(runs, run.header().id(), step -> {
            var key = step.key();
            if (key.index() == StepKey.WHOLE) {
                states.put(key.step(), step.state());
            } else {
                instances
                        .computeIfAbsent(key.step(), k -> new EnumMap<>(StepState.class))
                        .merge(step.state(), 1, Integer::sum);
            }
        });
        var json = Json.object();
        json.put("run", run.header().id().toString());
        json.put("workflow", workflow.name());
        json.put("state", run.state().text());
        var steps = json.putArray("steps");
        for (var step : workflow.steps()) {
            var item = StepJson.of(workflow, step);
            item.put(
                    "state",
                    states.getOrDefault(step.ordinal(), StepState.PENDING).text());
            item.set("instances", RunJson.counts(instances.getOrDefault(step.ordinal(), Map.of())));
            steps.add(item);
        }
        return Answer.ok(json);
    }

    private Answer outputs(Call call) {
        call.query();
        var run = lookup.run(call);
        var steps = Json.object();
        forEachStep(runs, run.header().id(), step -> addOutputs(steps, step));
        var json = Json.object();
        json.set("outputs", Json.values(run.outputs()));
        json.set("steps", steps);
        return Answer.ok(json);
    }

    private static void addOutputs(ObjectNode steps, StoredStep step) {
        if (step.outputs().isEmpty()) {
            return;
        }
        var outputs = steps.withObjectProperty(step.id());
        if (step.key().index() == StepKey.WHOLE) {
            outputs.setAll(Json.values(step.outputs()));
        } else {
            step.outputs()
                    .forEach((name, value) -> outputs.withArrayProperty(name).add(value));
        }
    }

    /** Reads all steps page by page. */
    static void forEachStep(RunStore runs, RunId run, Consumer<StoredStep> consumer) {
        Optional<StepKey> after = Optional.empty();
        var heavy = 0;
        do {
            var page = runs.steps(run, after, PAGE);
            page.steps().forEach(consumer);
            after = page.next();
            if (after.isPresent() && page.steps().size() < PAGE && ++heavy > MOST_HEAVY_PAGES) {
                throw ApiProblem.tooLarge("the outputs of run " + run + " are too large for one answer; ask for "
                        + RunJson.path(run) + "/steps page by page");
            }
        } while (after.isPresent());
    }
}
