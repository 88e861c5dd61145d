package dev.dagkeeper.run;

import dev.dagkeeper.run.Tallies.Cell;
import dev.dagkeeper.workflow.ExpressionException;
import dev.dagkeeper.workflow.Step;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A foreach step: one instance an item, and what becomes of the whole. */
final class Foreaches {
    private static final int MAX_ITEMS = 100_000;

    private Foreaches() {}

    /**
     * Evaluates the list, once, and creates the instances.
     *
     * @throws ExpressionException when the list cannot be had
     */
    static void expand(Draft draft, Step step, Step.Foreach foreach) {
        var items = items(draft, step, foreach);
        var key = draft.whole(step.ordinal());
        var slot = draft.slot(key);
        if (items.isEmpty()) {
            draft.put(key, slot.to(StepState.SUCCEEDED, "no items"));
            return;
        }
        draft.create(new Change.InstancesCreated(step.ordinal(), items, Reasons.parallel(foreach)));
        draft.put(key, slot.to(StepState.BLOCKED, Reasons.ready(draft.run().header(), step)));
        startMore(draft, step, foreach);
    }

    private static List<JsonNode> items(Draft draft, Step step, Step.Foreach foreach) {
        var scope = draft.run().scope().step(draft.upstreams(), step.id());
        JsonNode list;
        try {
            list = foreach.in().evaluate(scope);
        } catch (ExpressionException e) {
            throw new ExpressionException("foreach.in: " + e.getMessage(), e);
        }
        if (!list.isArray()) {
            throw new ExpressionException("foreach.in: expected a list, found " + list.getNodeType());
        }
        if (list.size() > MAX_ITEMS) {
            throw new ExpressionException("foreach.in: " + list.size() + " items are more than the " + MAX_ITEMS
                    + " that a foreach may have; put several into one item");
        }
        return List.copyOf(list.values());
    }

    /** Makes pending instances ready, in item order, as far as {@code max-parallel} allows. */
    private static void startMore(Draft draft, Step step, Step.Foreach foreach) {
        var ordinal = step.ordinal();
        var tallies = draft.tallies();
        var count = draft.instances(ordinal);
        // The first step that may be pending is only a hint: one that never was leaves a gap behind it.
        for (var i = tallies.get(ordinal, Cell.NEXT);
                i < count && tallies.get(ordinal, Cell.ACTIVE) < foreach.maxParallel();
                i++) {
            var key = draft.run().key(ordinal, i);
            var slot = draft.slot(key);
            if (slot.state() == StepState.PENDING) {
                draft.put(
                        key,
                        slot.to(StepState.BLOCKED, Reasons.ready(draft.run().header(), step)));
            }
        }
    }

    /** An instance is at work: so is the step as a whole. */
    static void begun(Draft draft, StepKey key) {
        if (key.index() == StepKey.WHOLE) {
            return;
        }
        var whole = draft.whole(key.step());
        var slot = draft.slot(whole);
        if (slot.state() == StepState.BLOCKED) {
            draft.put(whole, slot.to(StepState.RUNNING, ""));
        }
    }

    /** Looks at the whole after instances ended: start more, give up, or conclude. */
    static void review(Draft draft, int ordinal) {
        var step = draft.step(ordinal);
        var foreach = step.foreach().orElseThrow();
        if (draft.slot(draft.whole(ordinal)).state().isFinal()) {
            return;
        }
        if (foreach.failFast() && failedTooMany(draft, step, foreach) && !stoppedBefore(draft, step, foreach)) {
            Stops.stopStep(draft, step, why(foreach), false, false);
            draft.grouped.remove(ordinal);
        }
        if (draft.tallies().get(ordinal, Cell.OPEN) == 0) {
            conclude(draft, step, foreach);
        } else {
            startMore(draft, step, foreach);
        }
    }

    /** Whether more instances failed than the step allows. */
    static boolean failedTooMany(Draft draft, Step step, Step.Foreach foreach) {
        return draft.tallies().get(step.ordinal(), Cell.FAILED) > foreach.maxFailures();
    }

    /** Whether a decision before this one told the other instances to stop. */
    private static boolean stoppedBefore(Draft draft, Step step, Step.Foreach foreach) {
        return draft.run().tallies().get(step.ordinal(), Cell.FAILED) > foreach.maxFailures();
    }

    static String why(Step.Foreach foreach) {
        return "fail-fast: more than " + foreach.maxFailures() + " instances failed";
    }

    private static void conclude(Draft draft, Step step, Step.Foreach foreach) {
        var key = draft.whole(step.ordinal());
        var slot = draft.slot(key);
        var count = draft.instances(step.ordinal());
        var failed = draft.tallies().get(step.ordinal(), Cell.FAILED);
        var cancelled = draft.tallies().get(step.ordinal(), Cell.CANCELLED);
        var sum = failed + " of " + count + " instances failed";
        if (failed > foreach.maxFailures()) {
            Attempts.fail(draft, key, StepState.FAILED, slot, sum);
        } else if (cancelled > 0) {
            var why = cancelled + " of " + count + " instances were cancelled";
            draft.put(key, slot.to(StepState.CANCELLED, why));
        } else if (failed > 0) {
            draft.put(key, slot.to(StepState.WARNED, sum));
        } else {
            draft.put(key, slot.to(StepState.SUCCEEDED, ""));
        }
    }
}
