package dev.dagkeeper.run;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** One consequence of an event, in the order in which it is to be applied, written and announced. */
public sealed interface Change {
    /**
     * An instance changes state, or only its reason.
     *
     * @param to {@code BLOCKED} means ready: the dispatcher may place it
     * @param reason in words what it waits for, or why it ended so; empty for running and for plain success
     * @param claim the claim from now on; greater than before when the fence was raised, which forgets the report
     * @param attempt the user's count from now on, from 1
     * @param lost how many claims in a row were lost without their worker coming back
     * @param worker who has it, for queued and running
     * @param due when a waiting instance is to be looked at again
     */
    record StepChanged(
            StepKey key,
            StepState from,
            StepState to,
            String reason,
            int claim,
            int attempt,
            int lost,
            Optional<String> worker,
            Optional<Instant> due)
            implements Change {}

    /**
     * A foreach step got its instances, all pending, with claim and attempt 1.
     *
     * @param reason of each; those that may start at once follow as {@link StepChanged}
     */
    record InstancesCreated(int step, List<JsonNode> items, String reason) implements Change {
        public InstancesCreated {
            items = List.copyOf(items);
        }
    }

    /** A queued or running instance is to be ended: withdraw its item, or tell its holder. */
    record StopRequested(StepKey key, int claim, boolean kill) implements Change {}

    /**
     * The run changes state, reason or verdict.
     *
     * @param verdict what the run will end as, once that is fixed; a hook phase may still be ahead
     */
    record RunChanged(RunState from, RunState to, String reason, Optional<RunState> verdict) implements Change {}

    /** The run's outputs were computed. */
    record RunOutputsSet(Map<String, JsonNode> outputs) implements Change {
        public RunOutputsSet {
            outputs = Map.copyOf(outputs);
        }
    }

    /**
     * A deadline has passed. What it does to the run, if anything, follows as other changes.
     *
     * @param deadline its place in the workflow's list
     * @param reason in words what did not happen in time
     */
    record DeadlineStruck(int deadline, String reason) implements Change {}

    /** Something worth an entry in the history that changes no state, such as a failed hook. */
    record Noted(Optional<StepKey> key, String type, String reason) implements Change {}
}
