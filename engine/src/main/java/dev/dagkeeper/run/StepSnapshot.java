package dev.dagkeeper.run;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A step row as the leader loads it.
 *
 * @param claim the current fence, from 1
 * @param attempt the user's count, from 1
 * @param report what the worker recorded for the current claim; not yet decided while {@code state} is not final
 * @param outputs of a succeeded instance, loaded only where somebody who decides needs them
 * @param item of a foreach instance
 */
public record StepSnapshot(
        StepKey key,
        StepState state,
        String reason,
        int claim,
        int attempt,
        int lost,
        Optional<String> worker,
        Optional<Instant> due,
        Optional<Report> report,
        Map<String, JsonNode> outputs,
        Optional<JsonNode> item) {
    /** The same row with its outputs, also in a report that waits for its decision. */
    public StepSnapshot withOutputs(Map<String, JsonNode> loaded) {
        var whole = report.map(r -> r instanceof Report.Succeeded ? new Report.Succeeded(loaded) : r);
        return new StepSnapshot(key, state, reason, claim, attempt, lost, worker, due, whole, loaded, item);
    }
}
