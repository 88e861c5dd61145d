package dev.dagkeeper.run;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What follows from one event. Immutable.
 *
 * @param changes in the order in which they are to be applied, written and announced. One instance may appear more than
 *     once; the last entry is what it ends as
 * @param outputs of instances that succeeded, where a leader-side expression reads them; already written by the worker,
 *     only the leader's memory takes them
 */
public record Decision(List<Change> changes, Map<StepKey, Map<String, JsonNode>> outputs) {
    /** Nothing follows: the event was stale, or news that changes nothing. */
    public static final Decision NONE = new Decision(List.of(), Map.of());

    public Decision {
        changes = List.copyOf(changes);
        outputs = Map.copyOf(outputs);
    }

    /** Whether nothing follows. */
    public boolean isEmpty() {
        return changes.isEmpty();
    }
}
