package dev.dagkeeper.workflow;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One update of a dataset, as the expressions of a run that it started see it. Immutable.
 *
 * @param id its place in the order of all events
 * @param at when the dataset was updated
 * @param workflow whose step produced it; empty for an event from outside
 * @param run the run of that step; empty for an event from outside
 * @param step that step by its display name; empty for an event from outside
 * @param data what else is known of it; of a step its outputs
 */
public record DatasetEvent(
        long id, String uri, Instant at, String workflow, String run, String step, Optional<JsonNode> data) {
    /** In JSON, with all fields. */
    public ObjectNode toJson() {
        var json = JsonMapper.shared().createObjectNode();
        json.put("id", id);
        json.put("uri", uri);
        json.put("at", at.toString());
        json.put("workflow", workflow);
        json.put("run", run);
        json.put("step", step);
        json.set("data", data.orElse(NullNode.getInstance()));
        return json;
    }

    /** Reads what {@link #toJson} has written. */
    public static DatasetEvent of(JsonNode json) {
        return new DatasetEvent(
                json.path("id").longValue(),
                json.path("uri").stringValue(),
                Instant.parse(json.path("at").stringValue()),
                json.path("workflow").stringValue(),
                json.path("run").stringValue(),
                json.path("step").stringValue(),
                Optional.of(json.path("data")).filter(data -> !data.isNull() && !data.isMissingNode()));
    }
}
