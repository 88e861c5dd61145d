package dev.dagkeeper.run;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What a worker recorded about one claim. The fact from which the leader decides. */
public sealed interface Report {
    /** The attempt did what it was asked to; {@code outputs} may be empty when nobody who decides needs them. */
    record Succeeded(Map<String, JsonNode> outputs) implements Report {
        public Succeeded {
            outputs = Map.copyOf(outputs);
        }
    }

    /** The attempt failed; {@code retryable} is false when another attempt cannot help. */
    record Failed(String kind, String message, Optional<Integer> exitCode, boolean retryable) implements Report {}

    /** The attempt took longer than its step allows. */
    record TimedOut(String message) implements Report {}

    /** The worker ended the attempt because it was told to. */
    record Cancelled() implements Report {}

    /** The attempt waits for something outside and is to be asked again. */
    record AskAgain(Instant due, String reason) implements Report {}
}
