package dev.dagkeeper.api.client;

import dev.dagkeeper.run.RunState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A run as the server shows it.
 *
 * @param json the whole answer
 */
public record Run(JsonNode json) {
    /** The full id. */
    public String id() {
        return Fields.text(json, "id");
    }

    /** The workflow's name. */
    public String workflow() {
        return Fields.text(json, "workflow");
    }

    /** The state at the time of the answer. */
    public RunState state() {
        return RunState.parse(Fields.text(json, "state"));
    }

    /** What it waits for, or why it ended so; empty text when there is nothing to say. */
    public String reason() {
        return Fields.text(json, "reason");
    }

    /** When it was submitted. */
    public Instant createdAt() {
        return Fields.time(json, "createdAt").orElse(Instant.EPOCH);
    }

    /** When it began. */
    public Optional<Instant> startedAt() {
        return Fields.time(json, "startedAt");
    }

    /** When it became final. */
    public Optional<Instant> endedAt() {
        return Fields.time(json, "endedAt");
    }

    /** Its outputs by name; a missing node when there are none. */
    public JsonNode outputs() {
        return json.path("outputs");
    }

    /** Its steps, foreach instances after their step; empty when the answer left them out for their number. */
    public List<RunStep> steps() {
        var steps = new ArrayList<RunStep>();
        json.path("steps").forEach(step -> steps.add(new RunStep(step)));
        return steps;
    }

    /** Whether {@link #steps()} holds them all. */
    public boolean hasSteps() {
        return json.path("steps").isArray();
    }

    /** How many steps are in each state, as far as the server counted. */
    public Map<String, Integer> stepCounts() {
        var counts = new LinkedHashMap<String, Integer>();
        json.path("stepCounts")
                .properties()
                .forEach(entry -> counts.put(entry.getKey(), entry.getValue().asInt()));
        return counts;
    }
}
