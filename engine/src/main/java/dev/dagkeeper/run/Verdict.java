package dev.dagkeeper.run;

import dev.dagkeeper.run.Tallies.Total;
import dev.dagkeeper.workflow.Step;
import java.util.List;
import java.util.function.Predicate;

/**
 * What the states of the main steps come to. Looks at the whole run only when something failed, once.
 *
 * <p>Upstream-failed steps need no look of their own: one is handled when every failure that caused it is, and a failure
 * that is not handled fails the run by itself.
 */
final class Verdict {
    private Verdict() {}

    static RunState of(Draft draft) {
        if (draft.tallies().get(Total.FAILED_MAIN) == 0) {
            return draft.tallies().get(Total.WARNED_MAIN) == 0 ? RunState.SUCCEEDED : RunState.WARNED;
        }
        return draft.workflow().steps().stream().anyMatch(step -> isUnhandled(draft, step))
                ? RunState.FAILED
                : RunState.WARNED;
    }

    /** The verdict in words, naming steps. */
    static String reason(Draft draft, RunState verdict) {
        if (verdict == RunState.FAILED) {
            return "failed: " + ids(draft, step -> isUnhandled(draft, step));
        }
        if (verdict != RunState.WARNED) {
            return "";
        }
        return draft.tallies().get(Total.WARNED_MAIN) > 0
                ? "warned: " + ids(draft, step -> step.phase() == Step.Phase.MAIN && is(draft, step, StepState.WARNED))
                : "failed and handled: " + ids(draft, step -> isFailure(draft, step));
    }

    private static boolean isUnhandled(Draft draft, Step step) {
        return isFailure(draft, step) && !isHandled(draft, step.ordinal());
    }

    /** Whether a step that names this one with {@code failed} in its needs ended well. */
    private static boolean isHandled(Draft draft, int failure) {
        var edges = draft.run().edges();
        for (var edge = edges.begin(failure); edge < edges.end(failure); edge++) {
            var step = draft.step(edges.target(edge));
            if (JoinRule.names(edges.mask(edge), Step.EdgeState.FAILED)
                    && (is(draft, step, StepState.SUCCEEDED) || is(draft, step, StepState.WARNED))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isFailure(Draft draft, Step step) {
        return Stops.isFailure(step, draft.slot(draft.whole(step.ordinal())).state());
    }

    private static boolean is(Draft draft, Step step, StepState state) {
        return draft.slot(draft.whole(step.ordinal())).state() == state;
    }

    private static String ids(Draft draft, Predicate<Step> wanted) {
        List<String> ids =
                draft.workflow().steps().stream().filter(wanted).map(Step::id).toList();
        return Reasons.names(ids, ids.size());
    }
}
