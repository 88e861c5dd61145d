package dev.dagkeeper.run;

import dev.dagkeeper.workflow.ExpressionException;
import dev.dagkeeper.workflow.Scope;
import dev.dagkeeper.workflow.Step;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The way of one instance: placed, running, reported, retried, lost. The claim was compared before. */
final class Attempts {
    /** So many claims in a row may vanish with their workers before the step is blamed. */
    static final int MAX_LOST = 3;

    private static final String EXPRESSION = "expression";

    private Attempts() {}

    static void placed(Draft draft, Event.Placed event) {
        var slot = draft.slot(event.key());
        if (slot.state() == StepState.BLOCKED) {
            draft.put(event.key(), slot.at(StepState.QUEUED, "queued at worker " + event.worker(), event.worker()));
        }
    }

    static void withdrawn(Draft draft, Event.Withdrawn event) {
        var slot = draft.slot(event.key());
        if (slot.state() != StepState.QUEUED) {
            return;
        }
        if (draft.stopRequested(event.key())) {
            cancel(draft, event.key());
        } else {
            draft.put(
                    event.key(),
                    slot.to(
                            StepState.BLOCKED,
                            Reasons.freeSlot(draft.step(event.key().step()))));
        }
    }

    /** Heard of a blocked instance too: the news that it was queued may have been lost with the last leader. */
    static void running(Draft draft, Event.Running event) {
        var slot = draft.slot(event.key());
        if (slot.state() == StepState.QUEUED || slot.state() == StepState.BLOCKED) {
            draft.put(event.key(), slot.at(StepState.RUNNING, "", event.worker()));
            Foreaches.begun(draft, event.key());
        }
    }

    static void due(Draft draft, StepKey key) {
        var slot = draft.slot(key);
        var due = slot.due();
        if (slot.state() == StepState.WAITING && due != null && !draft.now().isBefore(due)) {
            draft.put(key, slot.to(StepState.BLOCKED, Reasons.freeSlot(draft.step(key.step()))));
        }
    }

    /** Of those that are blocked, only the reason changes: whether they may be placed is not a state of its own. */
    static void pastHeard(Draft draft, Event.PastHeard event) {
        var step = draft.step(event.step());
        var why = event.objection().orElseGet(() -> Reasons.freeSlot(step));
        int instances = draft.instances(event.step());
        if (step.foreach().isEmpty()) {
            explain(draft, draft.whole(event.step()), why);
        }
        for (int i = 0; i < instances; i++) {
            explain(draft, draft.run().key(event.step(), i), why);
        }
    }

    private static void explain(Draft draft, StepKey key, String why) {
        var slot = draft.slot(key);
        if (slot.state() == StepState.BLOCKED) {
            draft.put(key, slot.to(StepState.BLOCKED, why));
        }
    }

    /** The worker is gone, not the step to blame: another claim, the same attempt, until it looks like a pattern. */
    static void lost(Draft draft, Event.Lost event) {
        var key = event.key();
        var slot = draft.slot(key);
        if (slot.state() != StepState.QUEUED && slot.state() != StepState.RUNNING) {
            return;
        }
        if (draft.stopRequested(key)) {
            cancel(draft, key);
            return;
        }
        var lost = event.returned() ? 0 : slot.lost() + 1;
        var worker = slot.worker() == null ? "its worker" : "worker " + slot.worker();
        if (lost < MAX_LOST) {
            var why = Reasons.freeSlot(draft.step(key.step())) + "; " + worker + " was lost";
            draft.put(key, slot.again(why, slot.attempt(), lost));
            return;
        }
        var why = "lost: " + lost + " workers in a row vanished while they had it, so it likely kills its workers"
                + " (memory?); " + worker + " was the last";
        fail(
                draft,
                key,
                StepState.FAILED,
                new Slot(slot.state(), "", slot.claim(), slot.attempt(), lost, null, null),
                why);
    }

    /** Whoever runs it under the claim that is in doubt must not be taken for the next one. */
    static void doubted(Draft draft, Event.Doubted event) {
        var slot = draft.slot(event.key());
        if (slot.state() == StepState.BLOCKED || slot.state() == StepState.WAITING) {
            draft.put(event.key(), slot.again());
        }
    }

    /** A result is a fact in whatever state it finds the instance: news of running may come later, or never. */
    static void reported(Draft draft, Event.Reported event) {
        var key = event.key();
        var slot = draft.slot(key);
        Foreaches.begun(draft, key);
        switch (event.report()) {
            case Report.Succeeded report -> {
                draft.keepOutputs(key, report.outputs());
                draft.put(key, slot.to(StepState.SUCCEEDED, ""));
            }
            case Report.Failed report ->
                failed(
                        draft,
                        key,
                        StepState.FAILED,
                        new Scope.ErrorFacts(report.kind(), report.exitCode(), report.message()),
                        report.retryable() && !report.kind().equals(EXPRESSION));
            case Report.TimedOut report ->
                failed(
                        draft,
                        key,
                        StepState.TIMED_OUT,
                        new Scope.ErrorFacts("timeout", Optional.empty(), report.message()),
                        true);
            case Report.Cancelled report -> cancel(draft, key);
            case Report.AskAgain report -> {
                if (draft.stopRequested(key)) {
                    cancel(draft, key);
                } else {
                    // The claim is raised here and not when the time has come: the report is used up, and until then
                    // a stored report without a final state means that it is still to be decided.
                    draft.put(key, slot.waiting(words(report.reason()), slot.attempt(), report.due()));
                }
            }
        }
    }

    private static String words(String reason) {
        return reason.isBlank() ? "waits to ask again" : reason;
    }

    private static void failed(Draft draft, StepKey key, StepState as, Scope.ErrorFacts error, boolean retryable) {
        var step = draft.step(key.step());
        var slot = draft.slot(key);
        var why = error.kind() + ": " + error.message();
        if (!retryable || slot.attempt() > step.retry().max()) {
            fail(draft, key, as, slot, why);
            return;
        }
        try {
            if (!wanted(draft, step, key, slot, error)) {
                fail(draft, key, as, slot, why);
                return;
            }
        } catch (ExpressionException e) {
            fail(draft, key, StepState.FAILED, slot, "expression: retry.when: " + e.getMessage() + "; after " + why);
            return;
        }
        if (draft.stopRequested(key)) {
            cancel(draft, key);
            return;
        }
        retry(draft, step, key, slot);
    }

    private static boolean wanted(Draft draft, Step step, StepKey key, Slot slot, Scope.ErrorFacts error) {
        var when = step.retry().when();
        if (when.isEmpty()) {
            return true;
        }
        var loop = loop(draft, step, key);
        var scope = draft.run().scope().failed(draft.upstreams(), step.id(), slot.attempt(), loop, error);
        return Cascade.asBoolean(when.get().evaluate(scope));
    }

    private static Map<String, JsonNode> loop(Draft draft, Step step, StepKey key) {
        return step.foreach()
                .flatMap(foreach -> draft.item(key).map(item -> Map.of(foreach.as(), item)))
                .orElse(Map.of());
    }

    private static void retry(Draft draft, Step step, StepKey key, Slot slot) {
        var delay = Backoff.delay(step.retry(), key, slot.attempt());
        var why = Reasons.retry(slot.attempt(), step.retry().max(), delay);
        if (delay.compareTo(Duration.ZERO) > 0) {
            draft.put(key, slot.waiting(why, slot.attempt() + 1, draft.now().plus(delay)));
        } else {
            draft.put(key, slot.again(why + ", " + Reasons.freeSlot(step), slot.attempt() + 1, 0));
        }
    }

    /** The instance will not be tried again. {@code on-error} is about steps: an instance of a foreach just fails. */
    static void fail(Draft draft, StepKey key, StepState as, Slot slot, String why) {
        var warn = key.index() == StepKey.WHOLE && draft.step(key.step()).onError() == Step.OnError.WARN;
        draft.put(key, slot.to(warn ? StepState.WARNED : as, why));
    }

    private static void cancel(Draft draft, StepKey key) {
        draft.put(key, draft.slot(key).to(StepState.CANCELLED, Stops.why(draft, key)));
    }
}
