package dev.dagkeeper.master;

import dev.dagkeeper.history.FireWrites.NewFire;
import dev.dagkeeper.history.NewRun;
import dev.dagkeeper.history.RunIds;
import dev.dagkeeper.history.StoreException;
import dev.dagkeeper.history.StoredTrigger;
import dev.dagkeeper.schedule.CatchUp.Decided;
import dev.dagkeeper.schedule.FireOutcome;
import dev.dagkeeper.workflow.ExpressionException;
import dev.dagkeeper.workflow.Inputs;
import dev.dagkeeper.workflow.Problem;
import dev.dagkeeper.workflow.Scope.RunFacts;
import dev.dagkeeper.workflow.Trigger;
import dev.dagkeeper.workflow.Workflow;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Makes the run of a fire. One that cannot be made is a fire that is skipped, with the reason. Not thread-safe: the leader's. */
final class FiredRuns {
    private static final Logger log = LoggerFactory.getLogger(FiredRuns.class);

    private final Workflows workflows;
    private final RunIds ids;

    FiredRuns(Workflows workflows, RunIds ids) {
        this.workflows = workflows;
        this.ids = ids;
    }

    /** The fire as it is to be written. */
    NewFire fire(LedTrigger trigger, Decided decided, Instant now) {
        var row = trigger.row();
        if (decided.outcome() != FireOutcome.STARTED) {
            return without(row, decided.fire(), decided.outcome(), decided.reason(), now);
        }
        try {
            var run = run(trigger, decided.fire(), now);
            return new NewFire(
                    row.workflowId(),
                    row.name(),
                    decided.fire(),
                    // What shares places with others starts when it gets one, be it at once.
                    run.header().group().isEmpty() ? FireOutcome.STARTED : FireOutcome.QUEUED,
                    "",
                    Optional.of(run),
                    now);
        } catch (NoRunException e) {
            return without(row, decided.fire(), FireOutcome.SKIPPED, e.reason, now);
        } catch (StoreException e) {
            throw e;
        } catch (RuntimeException e) {
            // One trigger that cannot be decided about must not keep all others from firing.
            log.error("run not made after an error of the program, please report it trigger={}", row, e);
            return without(row, decided.fire(), FireOutcome.SKIPPED, "an error of the program (" + e + ")", now);
        }
    }

    private static NewFire without(StoredTrigger row, Instant fire, FireOutcome outcome, String reason, Instant now) {
        return new NewFire(row.workflowId(), row.name(), fire, outcome, reason, Optional.empty(), now);
    }

    private NewRun run(LedTrigger led, Instant fire, Instant now) throws NoRunException {
        var row = led.row();
        var workflow = workflows
                .find(row.revisionId())
                .orElseThrow(
                        () -> new NoRunException("revision " + row.revision() + " is not accepted by this version"));
        if (!workflow.reserved().isEmpty()) {
            throw new NoRunException(
                    workflow.reserved().getFirst().what() + " is checked, but this version does not carry it out");
        }
        var trigger = workflow.triggers().stream()
                .filter(candidate -> candidate.id().equals(row.name()))
                .findFirst()
                .orElseThrow(() -> new NoRunException("revision " + row.revision() + " has no such trigger"));
        var id = ids.next();
        var interval = led.timetable().fires().interval(fire);
        var facts = new RunFacts(
                id.toString(), workflow.name(), row.revision(), fire, interval.start(), interval.end(), trigger.id());
        var inputs = inputs(workflow, trigger, facts);
        try {
            return NewRun.of(workflow, id, row.revisionId(), facts, inputs, now);
        } catch (ExpressionException e) {
            throw new NoRunException("the concurrency group cannot be computed: " + e.getMessage());
        }
    }

    private static Map<String, JsonNode> inputs(Workflow workflow, Trigger trigger, RunFacts facts)
            throws NoRunException {
        Map<String, JsonNode> given;
        try {
            given = Inputs.given(trigger, facts);
        } catch (ExpressionException e) {
            throw new NoRunException(String.valueOf(e.getMessage()));
        }
        return switch (Inputs.read(workflow, given, Map.of(), facts)) {
            case Inputs.Binding.Bound(var values) -> values;
            case Inputs.Binding.Refused(var problems) ->
                throw new NoRunException(problems.stream().map(Problem::message).collect(Collectors.joining("; ")));
        };
    }

    /** Why a fire has no run. */
    private static final class NoRunException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String reason;

        NoRunException(String reason) {
            super(reason);
            this.reason = reason;
        }
    }
}
