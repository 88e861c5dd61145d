package dev.dagkeeper.run;

import dev.dagkeeper.run.Tallies.Total;
import dev.dagkeeper.workflow.ExpressionException;
import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.TypedValue;
import java.util.LinkedHashMap;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The end of a run: its verdict and outputs when the main steps are over, its hooks, its final state. */
final class Ending {
    private Ending() {}

    /** Goes on towards the end of the run if that is due. Whether it did, so that its consequences are to be settled. */
    static boolean advance(Draft draft) {
        if (draft.state().isFinal() || draft.tallies().get(Total.OPEN_MAIN) > 0) {
            return false;
        }
        if (!draft.hooksBegun()) {
            conclude(draft);
            return true;
        }
        if (draft.tallies().get(Total.OPEN_HOOKS) == 0) {
            finish(draft, draft.verdict().orElseThrow(), Reasons.cause(draft.reason()));
        }
        return false;
    }

    private static void conclude(Draft draft) {
        var cause = Reasons.cause(draft.reason());
        var verdict = draft.verdict().orElseGet(() -> Verdict.of(draft));
        if (verdict == RunState.SUCCEEDED || verdict == RunState.WARNED) {
            var problem = outputs(draft);
            if (problem.isPresent()) {
                verdict = RunState.FAILED;
                cause = problem.get();
            }
        }
        draft.beginHooks();
        endUnselected(draft, verdict);
        if (draft.tallies().get(Total.OPEN_HOOKS) == 0) {
            finish(draft, verdict, cause);
            return;
        }
        var state = draft.state() == RunState.CANCELLING ? RunState.CANCELLING : RunState.RUNNING;
        draft.run(state, Reasons.hooks(cause), Optional.of(verdict));
        startHooks(draft);
    }

    /** Carries on in the hooks of a run that was restored. */
    static void resumeHooks(Draft draft) {
        endUnselected(draft, draft.verdict().orElseThrow());
        startHooks(draft);
    }

    private static void startHooks(Draft draft) {
        for (var step : draft.workflow().steps()) {
            if (step.phase() == Step.Phase.MAIN) {
                continue;
            }
            if (draft.instances(step.ordinal()) > 0) {
                draft.grouped.add(step.ordinal());
            } else {
                Cascade.consider(draft, step.ordinal(), Optional.empty());
            }
        }
    }

    private static void endUnselected(Draft draft, RunState verdict) {
        for (var step : draft.workflow().steps()) {
            var key = draft.whole(step.ordinal());
            if (step.phase() != Step.Phase.MAIN
                    && !selected(step.phase(), verdict)
                    && !draft.slot(key).state().isFinal()) {
                draft.put(key, draft.slot(key).to(StepState.SKIPPED, "the run's verdict is " + verdict.text()));
            }
        }
    }

    private static boolean selected(Step.Phase phase, RunState verdict) {
        return switch (phase) {
            case MAIN -> false;
            case ON_SUCCESS -> verdict == RunState.SUCCEEDED || verdict == RunState.WARNED;
            case ON_FAILURE -> verdict == RunState.FAILED;
            case ALWAYS -> true;
        };
    }

    /** Computes the run's outputs. Those of a run that failed or was cancelled are not asked for. */
    private static Optional<String> outputs(Draft draft) {
        var declared = draft.workflow().outputs();
        if (declared.isEmpty()) {
            return Optional.empty();
        }
        var values = new LinkedHashMap<String, JsonNode>();
        for (var output : declared) {
            try {
                var scope = draft.run().scope().run(draft.upstreams());
                switch (TypedValue.check(output.type(), output.value().evaluate(scope))) {
                    case TypedValue.Reading.Fits fits -> values.put(output.name(), fits.value());
                    case TypedValue.Reading.Misfit misfit -> throw new ExpressionException(misfit.why());
                }
            } catch (ExpressionException e) {
                return Optional.of("output '" + output.name() + "' of the run: " + e.getMessage());
            }
        }
        draft.outputs(values);
        return Optional.empty();
    }

    private static void finish(Draft draft, RunState verdict, String cause) {
        var why = cause.isEmpty() ? Verdict.reason(draft, verdict) : cause;
        draft.run(verdict, why, Optional.of(verdict));
    }
}
