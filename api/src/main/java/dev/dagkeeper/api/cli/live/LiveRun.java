package dev.dagkeeper.api.cli.live;

import dev.dagkeeper.api.client.Run;
import dev.dagkeeper.api.client.RunEvent;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What is known of a run while it is watched: a snapshot, brought forward by events. Not thread-safe: one thread applies
 * events and draws.
 */
public final class LiveRun {
    private final String id;
    private final String workflow;
    private final Instant createdAt;
    private final Map<String, Duration> expected;
    private final Map<String, LiveStep> steps = new LinkedHashMap<>();
    private RunState state;
    private String reason = "";
    private Optional<Instant> endedAt = Optional.empty();

    /**
     * @param steps in document order
     * @param expected how long steps took in an earlier run, by name; may be empty
     */
    public LiveRun(
            String id, String workflow, Instant createdAt, List<LiveStep> steps, Map<String, Duration> expected) {
        this.id = id;
        this.workflow = workflow;
        this.createdAt = createdAt;
        this.state = RunState.QUEUED;
        this.expected = Map.copyOf(expected);
        steps.forEach(step -> this.steps.put(step.name(), step));
    }

    /** A run with the DAG that the server gives for it. */
    public static LiveRun of(Run run, JsonNode graph, Map<String, Duration> expected) {
        var steps = new ArrayList<LiveStep>();
        for (var node : graph.path("steps")) {
            var needs = new ArrayList<String>();
            node.path("needs").forEach(need -> needs.add(need.path("step").asString("")));
            var main = node.path("phase").asString("steps").equals("steps");
            steps.add(new LiveStep(
                    node.path("id").asString(""),
                    needs,
                    node.path("maxAttempts").asInt(1),
                    main));
        }
        var live = new LiveRun(run.id(), run.workflow(), run.createdAt(), steps, expected);
        live.state = run.state();
        live.reason = run.reason();
        live.endedAt = run.endedAt();
        for (var step : run.steps()) {
            var target =
                    live.find(step.id(), step.index().isPresent() ? step.index().getAsInt() : -1);
            target.know(step.state(), step.attempt(), step.startedAt(), step.endedAt(), step.reason());
            target.worker(step.worker());
        }
        return live;
    }

    /** Brings it forward. An event that tells what is known already changes nothing. */
    public void apply(RunEvent event) {
        var step = event.step();
        if (step.isEmpty()) {
            if (!event.to().isEmpty()) {
                state = RunState.parse(event.to());
                reason = event.reason();
                endedAt = state.isFinal() ? Optional.of(event.at()) : Optional.empty();
            }
            return;
        }
        var target = find(step.get(), event.index().orElse(-1));
        event.attempt().ifPresent(target::attempt);
        var worker = event.data().path("worker").asString("");
        target.worker(worker.isEmpty() ? Optional.empty() : Optional.of(worker));
        if (!event.to().isEmpty()) {
            target.change(StepState.parse(event.to()), event.at(), event.reason());
        }
    }

    /** A step wrote a line. */
    public void log(String step, int index, String line) {
        find(step, index).log(line);
    }

    private LiveStep find(String name, int index) {
        var step = steps.computeIfAbsent(name, unknown -> new LiveStep(unknown, List.of(), 1, true));
        return index < 0 ? step : step.instance(index);
    }

    String id() {
        return id;
    }

    String workflow() {
        return workflow;
    }

    Instant createdAt() {
        return createdAt;
    }

    Optional<Instant> endedAt() {
        return endedAt;
    }

    /** The state of the run. */
    public RunState state() {
        return state;
    }

    String reason() {
        return reason;
    }

    Collection<LiveStep> steps() {
        return steps.values();
    }

    Map<String, Duration> expected() {
        return expected;
    }
}
