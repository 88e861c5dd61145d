package dev.dagkeeper.api.http;

import dev.dagkeeper.history.RunStore.StoredAttempt;
import dev.dagkeeper.history.RunStore.StoredRun;
import dev.dagkeeper.history.RunStore.StoredStep;
import dev.dagkeeper.history.RunWrites.EventWrite;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Runs, steps, attempts and events in JSON. Scripts rely on these names. */
final class RunJson {
    private RunJson() {}

    /**
     * A run.
     *
     * @param steps absent when they are too many, or not asked for: then there is the path of their first page
     */
    static ObjectNode run(StoredRun run, Optional<Map<StepState, Integer>> counts, Optional<List<StoredStep>> steps) {
        var header = run.header();
        var facts = header.facts();
        var json = Json.object();
        json.put("id", header.id().toString());
        json.put("workflow", facts.workflow());
        json.put("namespace", header.namespace());
        json.put("revision", facts.revision());
        json.put("state", run.state().text());
        Json.putText(json, "trigger", facts.trigger());
        var scheduled = !facts.trigger().isEmpty() || !facts.time().equals(header.createdAt());
        Json.put(json, "scheduledFor", scheduled ? Optional.of(facts.time()) : Optional.empty());
        json.putObject("interval")
                .put("start", Json.time(facts.intervalStart()))
                .put("end", Json.time(facts.intervalEnd()));
        json.put("priority", header.priority());
        json.set("labels", Json.texts(new TreeMap<>(run.labels())));
        json.set("inputs", Json.values(header.inputs()));
        json.set("outputs", Json.values(run.outputs()));
        json.put("createdAt", Json.time(header.createdAt()));
        Json.put(json, "startedAt", run.startedAt());
        Json.put(json, "endedAt", run.endedAt());
        Json.putText(json, "reason", run.reason());
        counts.ifPresent(c -> json.set("stepCounts", counts(c)));
        json.set("steps", steps.map(RunJson::steps).orElse(null));
        json.put("stepsPage", steps.isPresent() ? null : path(header.id()) + "/steps");
        return json;
    }

    static String path(RunId run) {
        return "/v1/runs/" + run;
    }

    static ObjectNode counts(Map<StepState, Integer> counts) {
        var json = Json.object();
        new TreeMap<>(counts).forEach((state, count) -> json.put(state.text(), count));
        return json;
    }

    static ArrayNode steps(List<StoredStep> steps) {
        var array = Json.array();
        steps.forEach(step -> array.add(step(step)));
        return array;
    }

    static ObjectNode step(StoredStep step) {
        var json = Json.object();
        json.put("id", step.id());
        putIndex(json, step.key());
        json.put("state", step.state().text());
        Json.putText(json, "reason", step.reason());
        json.put("attempt", step.attempt());
        json.put("worker", step.worker().orElse(null));
        Json.put(json, "startedAt", step.startedAt());
        Json.put(json, "endedAt", step.endedAt());
        json.put("exitCode", step.exitCode().orElse(null));
        json.put("error", step.error().map(error -> error.message()).orElse(null));
        json.set("outputs", Json.values(step.outputs()));
        return json;
    }

    static ObjectNode attempt(StoredAttempt attempt) {
        var json = Json.object();
        putIndex(json, attempt.key());
        json.put("attempt", attempt.attempt());
        json.put("claim", attempt.claim());
        json.put("outcome", attempt.result());
        json.put("worker", attempt.worker().orElse(null));
        Json.put(json, "startedAt", attempt.startedAt());
        json.put("endedAt", Json.time(attempt.endedAt()));
        json.put("exitCode", attempt.exitCode().orElse(null));
        json.put("errorKind", attempt.error().map(error -> error.kind()).orElse(null));
        json.put("error", attempt.error().map(error -> error.message()).orElse(null));
        return json;
    }

    static ObjectNode event(EventWrite event) {
        var json = Json.object();
        json.put("seq", event.seq());
        json.put("at", Json.time(event.at()));
        json.put("run", event.run().toString());
        json.put("step", event.step().orElse(null));
        json.put("index", event.index().filter(i -> i != StepKey.WHOLE).orElse(null));
        json.put("attempt", event.attempt().orElse(null));
        json.put("type", event.type());
        Json.putText(json, "from", event.from());
        Json.putText(json, "to", event.to());
        Json.putText(json, "reason", event.reason());
        json.set("data", event.data().orElse(null));
        return json;
    }

    static void putIndex(ObjectNode json, StepKey key) {
        json.put("index", key.index() == StepKey.WHOLE ? null : (Integer) key.index());
    }
}
