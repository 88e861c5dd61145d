package dev.dagkeeper.run;

import dev.dagkeeper.run.Tallies.Total;
import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.Workflow.OnStepFailure;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** Everything that ends steps before their time: cancel, kill, the run's timeout, a deadline, a failure elsewhere. */
final class Stops {
    private Stops() {}

    /** Whether a step that ends so is a failure of the run's own: a main step, failed or timed-out. */
    static boolean isFailure(Step step, StepState state) {
        return step.phase() == Step.Phase.MAIN && (state == StepState.FAILED || state == StepState.TIMED_OUT);
    }

    /** An operator's wish. A second one changes nothing, except that a kill goes beyond a cancel. */
    static void cancel(Draft draft, boolean kill, String by) {
        var why = (kill ? Reasons.KILLED : "cancelled") + " by " + by;
        if (draft.hooksBegun()) {
            cancelHooks(draft, kill, why);
            return;
        }
        if (kill ? killed(draft) : draft.verdict().isPresent()) {
            return;
        }
        draft.run(RunState.CANCELLING, why, Optional.of(draft.verdict().orElse(RunState.CANCELLED)));
        if (kill) {
            endHooks(draft, StepState.SKIPPED, "the run was " + why);
        }
        stopPhase(draft, true, kill);
    }

    /** In the hooks the verdict is fixed; what can be ended is the hooks. A cancelled run needs a kill for that. */
    private static void cancelHooks(Draft draft, boolean kill, String why) {
        if (kill ? killed(draft) : draft.state() == RunState.CANCELLING) {
            return;
        }
        draft.run(RunState.CANCELLING, Reasons.hooks("hooks " + why), draft.verdict());
        stopPhase(draft, false, kill);
    }

    private static boolean killed(Draft draft) {
        var cause = Reasons.cause(draft.reason());
        return draft.state() == RunState.CANCELLING
                && (cause.startsWith(Reasons.KILLED) || cause.startsWith("hooks " + Reasons.KILLED));
    }

    /** The run's time is up, by its timeout or a deadline. It covers not the hooks. */
    static void fail(Draft draft, String why) {
        if (draft.verdict().isPresent()) {
            return;
        }
        draft.run(RunState.RUNNING, why, Optional.of(RunState.FAILED));
        stopPhase(draft, true, false);
    }

    /** Nothing of it begins; as skipped it has no hooks either, as for a run that was never there. */
    static void turnAway(Draft draft, RunState as, String why) {
        if (draft.state() != RunState.QUEUED || draft.verdict().isPresent()) {
            return;
        }
        draft.run(RunState.QUEUED, why, Optional.of(as));
        var steps = as == RunState.SKIPPED ? StepState.SKIPPED : StepState.CANCELLED;
        for (var step : draft.workflow().steps()) {
            if (step.phase() == Step.Phase.MAIN) {
                var key = draft.whole(step.ordinal());
                draft.put(key, draft.slot(key).to(steps, "the run did not start"));
            }
        }
        if (as == RunState.SKIPPED) {
            endHooks(draft, StepState.SKIPPED, "the run was skipped");
        }
    }

    /** Tells again those whose stop may not have arrived, and ends what should have ended with it. */
    static void resume(Draft draft) {
        if (draft.hooksBegun()) {
            if (Reasons.cause(draft.reason()).startsWith("hooks ")) {
                stopPhase(draft, false, killed(draft));
            }
        } else if (draft.verdict().isPresent()) {
            if (killed(draft)) {
                endHooks(draft, StepState.SKIPPED, "the run was " + draft.reason());
            }
            stopPhase(draft, true, killed(draft));
        } else if (draft.tallies().get(Total.FAILED_MAIN) > 0) {
            sweep(draft, failures(draft));
        }
        for (var step : draft.workflow().steps()) {
            var foreach = step.foreach();
            if (foreach.isPresent()
                    && foreach.get().failFast()
                    && Foreaches.failedTooMany(draft, step, foreach.get())) {
                stopStep(draft, step, Foreaches.why(foreach.get()), false, false);
            }
        }
    }

    private static List<Integer> failures(Draft draft) {
        return draft.workflow().steps().stream()
                .filter(step ->
                        isFailure(step, draft.slot(draft.whole(step.ordinal())).state()))
                .map(Step::ordinal)
                .toList();
    }

    private static void stopPhase(Draft draft, boolean main, boolean kill) {
        for (var step : draft.workflow().steps()) {
            if ((step.phase() == Step.Phase.MAIN) == main) {
                stopStep(draft, step, Reasons.cause(draft.reason()), kill, false);
            }
        }
    }

    private static void endHooks(Draft draft, StepState as, String why) {
        for (var step : draft.workflow().steps()) {
            var key = draft.whole(step.ordinal());
            if (step.phase() != Step.Phase.MAIN && !draft.slot(key).state().isFinal()) {
                draft.put(key, draft.slot(key).to(as, why));
            }
        }
    }

    /**
     * The first failures of a run under {@code finish-running} or {@code fail-fast}. After it, whatever is neither final nor
     * at work is a step that outlives the failure, so later failures find nothing more to end.
     */
    static void onFailure(Draft draft, List<Integer> failures) {
        var first = draft.run().tallies().get(Total.FAILED_MAIN) == 0
                && draft.tallies().get(Total.FAILED_MAIN) == failures.size();
        if (first && draft.verdict().isEmpty()) {
            sweep(draft, failures);
        }
    }

    private static void sweep(Draft draft, List<Integer> failures) {
        var mode = draft.workflow().onStepFailure();
        if (mode == OnStepFailure.FINISH_INDEPENDENT) {
            return;
        }
        var spared = spared(draft, failures);
        var why = why(draft, failures);
        for (var step : draft.workflow().steps()) {
            if (step.phase() == Step.Phase.MAIN && !spared.get(step.ordinal())) {
                stopStep(draft, step, why, false, mode == OnStepFailure.FINISH_RUNNING);
            }
        }
    }

    private static String why(Draft draft, List<Integer> failures) {
        var ids = failures.stream().limit(3).map(f -> draft.step(f).id()).toList();
        return mode(draft) + ": " + Reasons.names(ids, failures.size()) + " failed";
    }

    private static String mode(Draft draft) {
        return "on-step-failure "
                + draft.workflow()
                        .onStepFailure()
                        .name()
                        .toLowerCase(java.util.Locale.ROOT)
                        .replace('_', '-');
    }

    /** Steps whose join welcomes one of the failures and can still hold, and all that follow them. */
    private static BitSet spared(Draft draft, List<Integer> failures) {
        var edges = draft.run().edges();
        var spared = new BitSet();
        var open = new ArrayDeque<Integer>();
        for (var failure : failures) {
            var state = draft.slot(draft.whole(failure)).state();
            for (var edge = edges.begin(failure); edge < edges.end(failure); edge++) {
                if (outlives(draft, edges.target(edge), JoinRule.standing(state, edges.mask(edge)))) {
                    open.add(edges.target(edge));
                }
            }
        }
        while (!open.isEmpty()) {
            var step = open.remove();
            if (spared.get(step)) {
                continue;
            }
            spared.set(step);
            for (var edge = edges.begin(step); edge < edges.end(step); edge++) {
                if (draft.slot(draft.whole(edges.target(edge))).state() != StepState.CANCELLED) {
                    open.add(edges.target(edge));
                }
            }
        }
        return spared;
    }

    private static boolean outlives(Draft draft, int ordinal, JoinRule.Standing standing) {
        var step = draft.step(ordinal);
        var state = draft.slot(draft.whole(ordinal)).state();
        if (state == StepState.CANCELLED || !JoinRule.welcomes(step.join(), standing)) {
            return false;
        }
        return state != StepState.PENDING
                || switch (Cascade.outcome(draft, step)) {
                    case HOLDS, WAITS -> true;
                    case UPSTREAM_FAILED, SKIPPED -> false;
                };
    }

    /**
     * Ends a step, or the instances that a foreach has got: at once what no worker has, by request what one has.
     *
     * @param notBegun only what was never at work
     */
    static void stopStep(Draft draft, Step step, String why, boolean kill, boolean notBegun) {
        var count = draft.instances(step.ordinal());
        if (count == 0) {
            stopInstance(draft, draft.whole(step.ordinal()), why, kill, notBegun);
            return;
        }
        for (var i = 0; i < count; i++) {
            stopInstance(draft, draft.run().key(step.ordinal(), i), why, kill, notBegun);
        }
    }

    private static void stopInstance(Draft draft, StepKey key, String why, boolean kill, boolean notBegun) {
        var slot = draft.slot(key);
        if (slot.state().isFinal() || (notBegun && slot.begun())) {
            return;
        }
        switch (slot.state()) {
            case PENDING, BLOCKED, WAITING -> draft.put(key, slot.to(StepState.CANCELLED, why));
            case QUEUED, RUNNING -> {
                if (kill || !draft.stopRequested(key)) {
                    draft.stop(key, kill);
                }
            }
            case SUCCEEDED, WARNED, FAILED, TIMED_OUT, SKIPPED, UPSTREAM_FAILED, CANCELLED -> {}
        }
    }

    /** Why an instance that was asked to stop became cancelled in the end. */
    static String why(Draft draft, StepKey key) {
        var step = draft.step(key.step());
        if (draft.verdict().isPresent()) {
            return Reasons.cause(draft.reason());
        }
        if (key.index() != StepKey.WHOLE
                && Foreaches.failedTooMany(draft, step, step.foreach().orElseThrow())) {
            return Foreaches.why(step.foreach().orElseThrow());
        }
        return draft.stopRequested(key) ? mode(draft) + ": a step failed" : "ended by its worker";
    }
}
