package dev.dagkeeper.run;

import dev.dagkeeper.workflow.Scope;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What is fixed about a run when it is created, its state aside.
 *
 * @param revisionId the stored revision it is pinned to
 * @param facts as expressions see them
 * @param priority -100 to 100, the run's own
 * @param inputs bound and checked
 * @param due when the run's timeout strikes
 */
public record RunHeader(
        RunId id,
        long revisionId,
        String namespace,
        Scope.RunFacts facts,
        int priority,
        Map<String, JsonNode> inputs,
        Instant createdAt,
        Optional<Instant> due) {
    public RunHeader {
        inputs = Map.copyOf(inputs);
    }
}
