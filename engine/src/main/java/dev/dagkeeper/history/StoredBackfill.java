package dev.dagkeeper.history;

import dev.dagkeeper.run.RunId;
import dev.dagkeeper.schedule.Backfill.Direction;
import dev.dagkeeper.schedule.Backfill.Reprocess;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A backfill that has not ended, as the leader reads it.
 *
 * @param trigger the trigger that is filled, by name
 * @param revisionId what its runs are pinned to
 * @param revision the number of that revision
 * @param schedule the pattern with the range, as JSON
 * @param maxActive how many of its runs may be active at once, 1 or more
 * @param inputs those that win over the trigger's
 * @param priority of its runs, -100 to 100
 * @param paused whether an operator has it paused
 * @param cancelledBy who has cancelled it
 * @param cursor the last fire that was decided about
 * @param active its runs that are not final
 */
public record StoredBackfill(
        long id,
        long workflowId,
        String namespace,
        String workflow,
        String trigger,
        long revisionId,
        int revision,
        String schedule,
        Reprocess reprocess,
        int maxActive,
        Direction direction,
        Map<String, JsonNode> inputs,
        int priority,
        boolean paused,
        Optional<String> cancelledBy,
        Optional<Instant> cursor,
        Set<RunId> active) {
    public StoredBackfill {
        inputs = Map.copyOf(inputs);
        active = Set.copyOf(active);
    }
}
