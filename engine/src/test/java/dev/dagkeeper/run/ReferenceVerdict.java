package dev.dagkeeper.run;

import dev.dagkeeper.run.ReferenceJoin.Ended;
import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.Step.EdgeState;
import dev.dagkeeper.workflow.Step.Phase;
import dev.dagkeeper.workflow.Workflow;
import java.util.function.Function;
import java.util.stream.Stream;

/** The verdict as the language's page words it, by looking at every step and asking back through every failure's causes. */
record ReferenceVerdict(Workflow workflow, Function<Step, StepState> state) {
    RunState verdict() {
        if (main().anyMatch(step -> isBad(step) && !isHandled(step))) {
            return RunState.FAILED;
        }
        return main().anyMatch(step -> state.apply(step) == StepState.WARNED || isBad(step))
                ? RunState.WARNED
                : RunState.SUCCEEDED;
    }

    private boolean isBad(Step step) {
        return isFailure(step) || state.apply(step) == StepState.UPSTREAM_FAILED;
    }

    private boolean isFailure(Step step) {
        return state.apply(step) == StepState.FAILED || state.apply(step) == StepState.TIMED_OUT;
    }

    private boolean isHandled(Step step) {
        return isFailure(step)
                ? main().anyMatch(other -> names(other, step) && endedWell(other))
                : step.needs().stream()
                        .filter(need -> ReferenceJoin.counts(need, state.apply(upstream(need))) == Ended.BAD)
                        .map(this::upstream)
                        .filter(this::isBad)
                        .allMatch(this::isHandled);
    }

    private static boolean names(Step handler, Step failure) {
        return handler.needs().stream()
                .anyMatch(need -> need.step() == failure.ordinal() && need.on().contains(EdgeState.FAILED));
    }

    private boolean endedWell(Step step) {
        return state.apply(step) == StepState.SUCCEEDED || state.apply(step) == StepState.WARNED;
    }

    private Step upstream(Step.Need need) {
        return workflow.steps().get(need.step());
    }

    private Stream<Step> main() {
        return workflow.steps().stream().filter(step -> step.phase() == Phase.MAIN);
    }
}
