package dev.dagkeeper.executor;

import dev.dagkeeper.run.StepKey;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One attempt to carry out, every template filled.
 *
 * @param key the step instance
 * @param step the step's display name
 * @param claim the claim under which it runs
 * @param attempt from 1, as users count
 * @param idempotencyKey the same for all attempts of the instance
 * @param scheduledTime the run's nominal time
 * @param run the script, for process types
 * @param with the settings
 * @param env what the workflow and the step declare
 * @param secrets values by name, to be seen as environment and masked everywhere
 * @param state what the last <em>ask again</em> left behind
 */
public record StepRequest(
        StepKey key,
        String step,
        int claim,
        int attempt,
        String idempotencyKey,
        Instant scheduledTime,
        Optional<String> run,
        ObjectNode with,
        Map<String, String> env,
        Map<String, String> secrets,
        Optional<JsonNode> state) {
    public StepRequest {
        env = Map.copyOf(env);
        secrets = Map.copyOf(secrets);
    }

    /** Without values of the environment or of secrets: safe to log. */
    @Override
    public String toString() {
        return "StepRequest[" + key + " claim " + claim + " attempt " + attempt + "]";
    }
}
