package dev.dagkeeper.run;

import dev.dagkeeper.run.Tallies.Cell;
import dev.dagkeeper.workflow.ExpressionException;
import dev.dagkeeper.workflow.Step;
import java.util.ArrayList;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What follows downstream when steps end, worked off from queues so that depth costs no stack. */
final class Cascade {
    private Cascade() {}

    /** Works until nothing follows any more, the end of the run included. */
    static void settle(Draft draft) {
        do {
            drain(draft);
        } while (Ending.advance(draft));
    }

    private static void drain(Draft draft) {
        while (true) {
            if (!draft.grouped.isEmpty()) {
                var step = draft.grouped.iterator().next();
                draft.grouped.remove(step);
                Foreaches.review(draft, step);
            } else if (!draft.ended.isEmpty()) {
                announce(draft, draft.ended.remove());
            } else if (!draft.failed.isEmpty()) {
                var failures = new ArrayList<>(draft.failed);
                draft.failed.clear();
                failures.forEach(step -> tell(draft, step));
                Stops.onFailure(draft, failures);
                failures.forEach(step -> ask(draft, step));
            } else {
                return;
            }
        }
    }

    private static void announce(Draft draft, int step) {
        tell(draft, step);
        ask(draft, step);
    }

    private static void tell(Draft draft, int step) {
        var key = draft.whole(step);
        var state = draft.slot(key).state();
        if (draft.step(step).phase() != Step.Phase.MAIN
                && (state == StepState.FAILED || state == StepState.TIMED_OUT)) {
            draft.note(Optional.of(key), "hook-failed", draft.slot(key).reason());
        }
        draft.tallies().announce(draft.run().edges(), step, state);
    }

    private static void ask(Draft draft, int step) {
        var edges = draft.run().edges();
        for (var edge = edges.begin(step); edge < edges.end(step); edge++) {
            consider(draft, edges.target(edge), Optional.of(step));
        }
    }

    /** Asks every pending step, and every foreach at work: for a run that starts or was restored. */
    static void resume(Draft draft) {
        if (draft.hooksBegun()) {
            Ending.resumeHooks(draft);
            return;
        }
        for (var step : draft.workflow().steps()) {
            var state = draft.slot(draft.whole(step.ordinal())).state();
            if (step.phase() != Step.Phase.MAIN || state.isFinal()) {
                continue;
            }
            if (draft.instances(step.ordinal()) > 0) {
                draft.grouped.add(step.ordinal());
            } else {
                consider(draft, step.ordinal(), Optional.empty());
            }
        }
    }

    /** Asks a pending step's join, and acts on the answer. */
    static void consider(Draft draft, int ordinal, Optional<Integer> because) {
        var key = draft.whole(ordinal);
        if (draft.slot(key).state() != StepState.PENDING) {
            return;
        }
        var step = draft.step(ordinal);
        switch (outcome(draft, step)) {
            case WAITS -> {}
            case HOLDS -> ready(draft, step);
            case UPSTREAM_FAILED ->
                draft.put(key, draft.slot(key).to(StepState.UPSTREAM_FAILED, defeated(draft, step, because)));
            case SKIPPED -> draft.put(key, draft.slot(key).to(StepState.SKIPPED, defeated(draft, step, because)));
        }
    }

    static JoinRule.Outcome outcome(Draft draft, Step step) {
        var tallies = draft.tallies();
        return JoinRule.ask(
                step.join(),
                tallies.get(step.ordinal(), Cell.OK),
                tallies.get(step.ordinal(), Cell.BAD),
                tallies.get(step.ordinal(), Cell.SKIPPED),
                step.needs().size());
    }

    private static String defeated(Draft draft, Step step, Optional<Integer> because) {
        var rule =
                "join " + step.join().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-') + " cannot hold";
        return because.map(upstream -> rule + ": " + draft.step(upstream).id() + " is "
                        + draft.slot(draft.whole(upstream)).state().text())
                .orElse(rule);
    }

    private static void ready(Draft draft, Step step) {
        var key = draft.whole(step.ordinal());
        var slot = draft.slot(key);
        try {
            if (!when(draft, step)) {
                draft.put(key, slot.to(StepState.SKIPPED, "when is false"));
            } else if (step.foreach().isPresent()) {
                Foreaches.expand(draft, step, step.foreach().get());
            } else {
                draft.put(
                        key,
                        slot.to(StepState.BLOCKED, Reasons.ready(draft.run().header(), step)));
            }
        } catch (ExpressionException e) {
            Attempts.fail(draft, key, StepState.FAILED, slot, "expression: " + e.getMessage());
        }
    }

    private static boolean when(Draft draft, Step step) {
        if (step.when().isEmpty()) {
            return true;
        }
        var scope = draft.run().scope().step(draft.upstreams(), step.id());
        try {
            return asBoolean(step.when().get().evaluate(scope));
        } catch (ExpressionException e) {
            throw new ExpressionException("when: " + e.getMessage(), e);
        }
    }

    static boolean asBoolean(JsonNode value) {
        if (!value.isBoolean()) {
            throw new ExpressionException("expected true or false, found " + value);
        }
        return value.booleanValue();
    }
}
