package dev.dagkeeper.history;

import dev.dagkeeper.run.RunHeader;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run to create: queued, with all its steps pending.
 *
 * @param header what is fixed about it; {@code header.id()} comes from {@link RunIds}
 * @param labels free key-values to list by
 * @param steps every step, in order of their ordinals
 * @param idempotency present when the creator may ask twice
 */
public record NewRun(
        RunHeader header, Map<String, String> labels, List<PendingStep> steps, Optional<Idempotency> idempotency) {
    public NewRun {
        labels = Map.copyOf(labels);
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("run " + header.id() + " has no steps");
        }
    }

    /** A step before anything happened: its display name, and in words what it waits for. */
    public record PendingStep(String name, String reason) {}

    /**
     * What makes asking twice harmless.
     *
     * @param key the creator's own, at most 255 characters
     * @param requestHash of everything that was asked for
     */
    public record Idempotency(String key, String requestHash) {
        public Idempotency {
            if (key.isBlank() || key.length() > 255) {
                throw new IllegalArgumentException(
                        "expected an idempotency key of 1 to 255 characters, found " + key.length());
            }
        }
    }

    /** What came of creating it. */
    public sealed interface Outcome {
        /** It is stored, durably. */
        record Created() implements Outcome {}

        /** The same was asked before under this key; nothing new was stored. */
        record Replayed(dev.dagkeeper.run.RunId first) implements Outcome {}

        /** Something else was asked before under this key; nothing new was stored. */
        record KeyTaken(dev.dagkeeper.run.RunId first) implements Outcome {}
    }
}
