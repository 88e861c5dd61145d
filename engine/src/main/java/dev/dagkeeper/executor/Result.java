package dev.dagkeeper.executor;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What one attempt came to. */
public sealed interface Result {
    /** It did what it was asked to. For process types each value is text, read later by the declared type. */
    record Succeeded(Map<String, JsonNode> outputs) implements Result {
        public Succeeded {
            outputs = Map.copyOf(outputs);
        }
    }

    /**
     * It did not.
     *
     * @param kind short and stable: {@code exit}, {@code signal}, {@code http}, {@code sql}, {@code output}, ...
     * @param message for people, without secrets
     * @param exitCode of a process; 128 + n for signal n
     * @param retryable false when another attempt cannot help
     */
    record Failed(String kind, String message, Optional<Integer> exitCode, boolean retryable) implements Result {}

    /** It waits for something outside: ask again after the delay, with this state; no slot is held until then. */
    record AskAgain(Duration after, JsonNode state, String reason) implements Result {}
}
