package dev.dagkeeper.api.client;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/**
 * Something that happened to a run.
 *
 * @param json the whole object
 */
public record RunEvent(JsonNode json) {
    /** The event's number: grows within a run, not always by one. */
    public long seq() {
        return json.path("seq").asLong(0);
    }

    /** When it happened. */
    public Instant at() {
        return Fields.time(json, "at").orElse(Instant.EPOCH);
    }

    /** The step it is about; empty when it is about the run. */
    public Optional<String> step() {
        return Fields.optional(json, "step");
    }

    /** The instance of a foreach step. */
    public OptionalInt index() {
        return Fields.number(json, "index");
    }

    /** The attempt it is about. */
    public OptionalInt attempt() {
        return Fields.number(json, "attempt");
    }

    /** What kind of event it is. */
    public String type() {
        return Fields.text(json, "type");
    }

    /** The state before; empty text when no state changed. */
    public String from() {
        return Fields.text(json, "from");
    }

    /** The state after; empty text when no state changed. */
    public String to() {
        return Fields.text(json, "to");
    }

    /** What it waits for, or why it is so; empty text when there is nothing to say. */
    public String reason() {
        return Fields.text(json, "reason");
    }

    /** What the event says besides, such as the worker. */
    public JsonNode data() {
        return json.path("data");
    }
}
