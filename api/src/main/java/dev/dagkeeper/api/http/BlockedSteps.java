package dev.dagkeeper.api.http;

import dev.dagkeeper.history.RunStore;
import dev.dagkeeper.history.RunStore.StoredRun;
import dev.dagkeeper.history.RunStore.StoredStep;
import dev.dagkeeper.run.Reasons;
import dev.dagkeeper.run.StepState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Says of blocked steps what they wait for now. That is not stored with each step, of which there may be very many, but once
 * for all that ask for the same. Thread-safe.
 */
final class BlockedSteps {
    private final RunStore runs;
    private final Revisions revisions;

    BlockedSteps(RunStore runs, Revisions revisions) {
        this.runs = runs;
        this.revisions = revisions;
    }

    /** The steps, those that are blocked with the reason that holds now where one is known. */
    List<StoredStep> explain(StoredRun run, List<StoredStep> steps) {
        var keys = keys(run, steps);
        if (keys.isEmpty()) {
            return steps;
        }
        var reasons = runs.waiting(keys.values());
        return steps.stream()
                .map(step -> isBlocked(step) ? explain(step, keys, reasons) : step)
                .toList();
    }

    private static StoredStep explain(StoredStep step, Map<Integer, String> keys, Map<String, String> reasons) {
        var reason = reasons.get(keys.getOrDefault(step.key().step(), ""));
        return reason == null || Reasons.isAboutPast(step.reason()) ? step : step.withReason(reason);
    }

    private static boolean isBlocked(StoredStep step) {
        return step.state() == StepState.BLOCKED;
    }

    /** By ordinal what blocked steps ask for. */
    private Map<Integer, String> keys(StoredRun run, List<StoredStep> steps) {
        var keys = new HashMap<Integer, String>();
        for (var step : steps) {
            if (isBlocked(step)) {
                var workflow = revisions.workflow(run.header().revisionId());
                keys.computeIfAbsent(
                        step.key().step(),
                        ordinal -> workflow.steps().get(ordinal).demand().key());
            }
        }
        return keys;
    }
}
