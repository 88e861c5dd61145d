package dev.dagkeeper.workflow;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who waits for whom, and whose success a join guarantees. Each question is answered for one upstream step at a time, over
 * the steps between it and the asker only, so a workflow whose expressions look one step back costs one look each.
 */
final class Guarantees {
    /**
     * What a step knows about an upstream one.
     *
     * @param ancestor whether it waits for it, directly or not
     * @param succeeded whether it starts only when the upstream ended succeeded
     */
    record Fact(boolean ancestor, boolean succeeded) {
        static final Fact NONE = new Fact(false, false);
    }

    private final List<StepDraft> steps;
    private final Resolution resolution;
    private final Workflow.OnStepFailure onStepFailure;
    private final int[] place;
    private final Map<Integer, Map<Integer, Fact>> known = new HashMap<>();
    private Optional<boolean[]> sure = Optional.empty();

    /** @param order all steps, each after what it needs */
    Guarantees(
            List<StepDraft> steps, Resolution resolution, List<Integer> order, Workflow.OnStepFailure onStepFailure) {
        this.steps = steps;
        this.resolution = resolution;
        this.onStepFailure = onStepFailure;
        this.place = new int[order.size()];
        for (var i = 0; i < order.size(); i++) {
            place[order.get(i)] = i;
        }
    }

    /** What a step knows about another when it starts. */
    Fact fact(int reader, int upstream) {
        var facts = known.computeIfAbsent(upstream, u -> new HashMap<>());
        var open = new ArrayDeque<Integer>();
        open.push(reader);
        while (!open.isEmpty()) {
            var step = open.peek();
            var waits = false;
            for (var need : resolution.needs().get(step)) {
                if (!facts.containsKey(need.step()) && place[need.step()] > place[upstream]) {
                    open.push(need.step());
                    waits = true;
                }
            }
            if (!waits) {
                open.pop();
                facts.computeIfAbsent(step, s -> combine(s, upstream, facts));
            }
        }
        return facts.getOrDefault(reader, Fact.NONE);
    }

    private Fact combine(int step, int upstream, Map<Integer, Fact> facts) {
        var ancestor = false;
        var any = false;
        var all = true;
        for (var need : resolution.needs().get(step)) {
            var before = facts.getOrDefault(need.step(), Fact.NONE);
            ancestor |= need.step() == upstream || before.ancestor;
            var holds = need.step() == upstream
                    ? okIsSuccess(need.on()) && !mayWarn(upstream)
                    : okIsStarted(need.on()) && before.succeeded;
            any |= holds;
            all &= holds;
        }
        var succeeded = switch (steps.get(step).join()) {
            case ALL_SUCCEEDED -> any;
            case ANY_SUCCEEDED, NONE_FAILED_ANY_SUCCEEDED, ALL_DONE_ANY_SUCCEEDED -> any && all;
            case ALL_DONE, ALL_FAILED, ALL_SKIPPED, ANY_FAILED, ANY_DONE, NONE_FAILED, NONE_SKIPPED, ALWAYS -> false;
        };
        return new Fact(ancestor, succeeded);
    }

    private static boolean okIsSuccess(Set<Step.EdgeState> on) {
        return on.isEmpty() || on.equals(Set.of(Step.EdgeState.SUCCEEDED));
    }

    /** A step that ended succeeded, warned, failed or timed-out has started, so its own join held. */
    private static boolean okIsStarted(Set<Step.EdgeState> on) {
        return on.isEmpty()
                || Set.of(Step.EdgeState.SUCCEEDED, Step.EdgeState.FAILED).containsAll(on);
    }

    private boolean mayWarn(int step) {
        var draft = steps.get(step);
        return draft.onError() == Step.OnError.WARN
                || draft.foreach().map(f -> f.maxFailures() > 0).orElse(false);
    }

    /** Whether a main step surely ended succeeded in every run that ended succeeded or warned. */
    boolean succeededInGoodRun(int step) {
        if (sure.isEmpty()) {
            sure = Optional.of(findSure());
        }
        return sure.get()[step] && !mayWarn(step);
    }

    private boolean[] findSure() {
        var sureSteps = new boolean[steps.size()];
        var handled = new boolean[steps.size()];
        var anyHandled = false;
        for (var needs : resolution.needs()) {
            for (var need : needs) {
                if (need.on().contains(Step.EdgeState.FAILED)) {
                    handled[need.step()] = true;
                    anyHandled = true;
                }
            }
        }
        // When a failure that is handled cancels others, no step is sure to have run.
        if (anyHandled && onStepFailure != Workflow.OnStepFailure.FINISH_INDEPENDENT) {
            return sureSteps;
        }
        resolution.order().orElse(List.of()).forEach(step -> {
            var draft = steps.get(step);
            sureSteps[step] = draft.when().isEmpty()
                    && !handled[step]
                    && holdsAfterSuccess(draft.join())
                    && resolution.needs().get(step).stream()
                            .allMatch(need -> sureSteps[need.step()]
                                    && (need.on().isEmpty() || need.on().contains(Step.EdgeState.SUCCEEDED)));
        });
        return sureSteps;
    }

    private static boolean holdsAfterSuccess(Step.Join join) {
        return switch (join) {
            case ALL_SUCCEEDED, ALL_DONE, ANY_SUCCEEDED, ANY_DONE, NONE_FAILED, NONE_FAILED_ANY_SUCCEEDED -> true;
            case NONE_SKIPPED, ALL_DONE_ANY_SUCCEEDED, ALWAYS -> true;
            case ALL_FAILED, ALL_SKIPPED, ANY_FAILED -> false;
        };
    }
}
