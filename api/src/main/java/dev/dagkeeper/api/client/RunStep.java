package dev.dagkeeper.api.client;

import dev.dagkeeper.run.StepState;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/**
 * A step of a run, or one instance of a foreach step, as the server shows it.
 *
 * @param json the whole object
 */
public record RunStep(JsonNode json) {
    /** The step's name; a hook's with its map before it. */
    public String id() {
        return Fields.text(json, "id");
    }

    /** The item of a foreach, from 0; empty for a step as a whole. */
    public OptionalInt index() {
        return Fields.number(json, "index");
    }

    /** The state at the time of the answer. */
    public StepState state() {
        return StepState.parse(Fields.text(json, "state"));
    }

    /** What it waits for, or why it ended so; empty text when there is nothing to say. */
    public String reason() {
        return Fields.text(json, "reason");
    }

    /** The attempt under way or last made, from 1. */
    public int attempt() {
        return Fields.number(json, "attempt").orElse(1);
    }

    /** Who has it, or had it last. */
    public Optional<String> worker() {
        return Fields.optional(json, "worker");
    }

    /** When the last attempt began. */
    public Optional<Instant> startedAt() {
        return Fields.time(json, "startedAt");
    }

    /** When it became final. */
    public Optional<Instant> endedAt() {
        return Fields.time(json, "endedAt");
    }

    /** Of a process that ended by itself. */
    public OptionalInt exitCode() {
        return Fields.number(json, "exitCode");
    }

    /** Why the last attempt failed; empty text when it did not. */
    public String error() {
        return Fields.text(json, "error");
    }

    /** The id, with the index in brackets for an instance: {@code load[2]}. */
    public String name() {
        return index().isPresent() ? id() + "[" + index().getAsInt() + "]" : id();
    }
}
