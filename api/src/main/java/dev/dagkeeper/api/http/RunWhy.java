package dev.dagkeeper.api.http;

import dev.dagkeeper.history.RunStore;
import dev.dagkeeper.history.RunStore.StoredRun;
import dev.dagkeeper.history.RunStore.StoredStep;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.workflow.Workflow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Why a run is not getting on, or why it ended as it did. Thread-safe. */
final class RunWhy {
    private static final int MOST_STEPS = 100;

    private final RunStore runs;
    private final RunLookup lookup;
    private final Revisions revisions;
    private final BlockedSteps blocked;
    private final QueuedRuns queued;
    private final ClusterView cluster;

    RunWhy(RunStore runs, RunLookup lookup, Revisions revisions, BlockedSteps blocked, ClusterView cluster) {
        this.runs = runs;
        this.lookup = lookup;
        this.revisions = revisions;
        this.blocked = blocked;
        queued = new QueuedRuns(runs);
        this.cluster = cluster;
    }

    List<Route> routes() {
        return List.of(Route.get("/v1/runs/{id}/why", this::why));
    }

    private Answer why(Call call) {
        var query = call.query("step", "index");
        var index = query.number("index", 0, Integer.MAX_VALUE);
        var name = query.text("step");
        if (name.isEmpty() && index.isPresent()) {
            throw ApiProblem.badParameter("'index' goes with 'step'");
        }
        var run = queued.explain(lookup.run(call));
        var id = run.header().id();
        var chosen = name.map(n -> lookup.step(id, n, index));
        var states = new HashMap<Integer, StepState>();
        var telling = new ArrayList<StoredStep>();
        RunGraph.forEachStep(runs, id, step -> {
            if (step.key().index() == StepKey.WHOLE) {
                states.put(step.key().step(), step.state());
            }
            if (chosen.isEmpty() && rank(run.state(), step.state()) < SILENT && telling.size() < 20 * MOST_STEPS) {
                telling.add(step);
            }
        });
        telling.sort(Comparator.comparingInt(step -> rank(run.state(), step.state())));
        var shown = chosen.orElse(telling).stream().limit(MOST_STEPS).toList();
        return Answer.ok(json(run, blocked.explain(run, shown), states));
    }

    private static final int SILENT = 9;

    /** What tells most about a run comes first; what tells nothing is left out. */
    private static int rank(RunState run, StepState step) {
        return switch (step) {
            case FAILED -> 0;
            case TIMED_OUT -> 1;
            case WAITING -> 2;
            case BLOCKED -> 3;
            case QUEUED -> 4;
            case PENDING -> 5;
            case CANCELLED -> run == RunState.CANCELLED ? 1 : 6;
            case UPSTREAM_FAILED -> 7;
            case WARNED -> run == RunState.WARNED ? 1 : SILENT;
            case SKIPPED, RUNNING, SUCCEEDED -> SILENT;
        };
    }

    private ObjectNode json(StoredRun run, List<StoredStep> shown, Map<Integer, StepState> states) {
        var workflow = revisions.workflow(run.header().revisionId());
        var counts = runs.stepCounts(run.header().id());
        var json = Json.object();
        json.put("run", run.header().id().toString());
        json.put("workflow", workflow.name());
        json.put("state", run.state().text());
        Json.putText(json, "reason", run.reason());
        json.put("summary", summary(run, counts));
        var steps = json.putArray("steps");
        for (var step : shown) {
            var item = RunJson.step(step);
            item.remove(List.of("startedAt", "endedAt", "outputs"));
            item.set("waitsFor", waitsFor(workflow, step, states));
            steps.add(item);
        }
        return json;
    }

    private String summary(StoredRun run, Map<StepState, Integer> counts) {
        var parts = new ArrayList<String>();
        counts.forEach((state, count) -> parts.add(count + " " + state.text()));
        var text = "The run is " + run.state().text()
                + (run.reason().isEmpty() ? "" : " (" + run.reason() + ")")
                + "; its steps: " + String.join(", ", parts) + ".";
        if (run.state().isFinal()) {
            return text;
        }
        if (!cluster.available()) {
            return text + " ZooKeeper is away: what runs goes on, nothing new starts until it is back.";
        }
        if (cluster.leader().isEmpty()) {
            return text + " No master leads at this moment, so nothing is decided.";
        }
        return cluster.workers().isEmpty() ? text + " No worker is alive." : text;
    }

    /** The upstream steps whose states keep it waiting, or made it end as it did. */
    private static ArrayNode waitsFor(Workflow workflow, StoredStep step, Map<Integer, StepState> states) {
        var array = Json.array();
        for (var need : workflow.steps().get(step.key().step()).needs()) {
            var state = states.getOrDefault(need.step(), StepState.PENDING);
            if (matters(step.state(), state)) {
                var item = array.addObject();
                item.put("step", workflow.steps().get(need.step()).displayName());
                item.put("state", state.text());
            }
        }
        return array;
    }

    private static boolean matters(StepState step, StepState upstream) {
        return switch (step) {
            case PENDING -> !upstream.isFinal();
            case UPSTREAM_FAILED, SKIPPED ->
                switch (upstream) {
                    case FAILED, TIMED_OUT, UPSTREAM_FAILED, CANCELLED, SKIPPED -> true;
                    case PENDING, BLOCKED, QUEUED, RUNNING, WAITING, SUCCEEDED, WARNED -> false;
                };
            case BLOCKED, QUEUED, RUNNING, WAITING, SUCCEEDED, WARNED, FAILED, TIMED_OUT, CANCELLED -> false;
        };
    }
}
