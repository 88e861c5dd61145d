package dev.dagkeeper.master;

import dev.dagkeeper.history.FireWrites.NewFire;
import dev.dagkeeper.history.NewRun;
import dev.dagkeeper.history.RunIds;
import dev.dagkeeper.history.StoreException;
import dev.dagkeeper.history.StoredBackfill;
import dev.dagkeeper.schedule.Backfill;
import dev.dagkeeper.schedule.CatchUp.Decided;
import dev.dagkeeper.schedule.FireOutcome;
import dev.dagkeeper.schedule.Interval;
import dev.dagkeeper.schedule.ManualRuns;
import dev.dagkeeper.workflow.DatasetEvent;
import dev.dagkeeper.workflow.ExpressionException;
import dev.dagkeeper.workflow.Inputs;
import dev.dagkeeper.workflow.Problem;
import dev.dagkeeper.workflow.Scope.RunFacts;
import dev.dagkeeper.workflow.Trigger;
import dev.dagkeeper.workflow.Workflow;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
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
        var fire = decided.fire();
        if (decided.outcome() != FireOutcome.STARTED) {
            return without(row.workflowId(), row.name(), fire, decided.outcome(), decided.reason(), now);
        }
        return fire(trigger, trigger.timetable().fires().interval(fire), List.of(), now);
    }

    /** A fire at the end of an interval, made by these updates of datasets, or by the clock and none. */
    NewFire fire(LedTrigger trigger, Interval interval, List<DatasetEvent> events, Instant now) {
        var row = trigger.row();
        var fire = interval.end();
        return fire(
                row.workflowId(),
                row.name(),
                fire,
                () -> run(
                        row.revisionId(),
                        row.revision(),
                        row.name(),
                        row.name(),
                        fire,
                        interval,
                        events,
                        Map.of(),
                        now),
                now);
    }

    /** A fire that a backfill starts: the same run as the trigger's, but for what the backfill gives. */
    NewFire fire(StoredBackfill backfill, Backfill plan, Instant fire, Instant now) {
        var name = Backfill.trigger(backfill.id());
        return fire(
                backfill.workflowId(),
                name,
                fire,
                () -> run(
                                backfill.revisionId(),
                                backfill.revision(),
                                backfill.trigger(),
                                name,
                                fire,
                                plan.interval(fire),
                                List.of(),
                                backfill.inputs(),
                                now)
                        .of(backfill.trigger())
                        .withPriority(backfill.priority()),
                now);
    }

    /** Makes the run, or tells why there is none. */
    private interface Making {
        NewRun make() throws NoRunException;
    }

    private static NewFire fire(long workflowId, String name, Instant fire, Making run, Instant now) {
        try {
            var made = run.make();
            // What shares places with others starts when it gets one, be it at once.
            var outcome = made.header().group().isEmpty() ? FireOutcome.STARTED : FireOutcome.QUEUED;
            return new NewFire(workflowId, name, fire, outcome, "", Optional.of(made), now);
        } catch (NoRunException e) {
            return without(workflowId, name, fire, FireOutcome.SKIPPED, e.reason, now);
        } catch (StoreException e) {
            throw e;
        } catch (RuntimeException e) {
            // One trigger that cannot be decided about must not keep all others from firing.
            log.error(
                    "run not made after an error of the program, please report it workflow={} trigger={} fire={}",
                    workflowId,
                    name,
                    fire,
                    e);
            return without(workflowId, name, fire, FireOutcome.SKIPPED, "an error of the program (" + e + ")", now);
        }
    }

    private static NewFire without(
            long workflowId, String name, Instant fire, FireOutcome outcome, String reason, Instant now) {
        return new NewFire(workflowId, name, fire, outcome, reason, Optional.empty(), now);
    }

    private NewRun run(
            long revisionId,
            int revision,
            String triggerId,
            String startedBy,
            Instant fire,
            Interval interval,
            List<DatasetEvent> events,
            Map<String, JsonNode> winning,
            Instant now)
            throws NoRunException {
        var workflow = workflows
                .find(revisionId)
                .orElseThrow(() -> new NoRunException("revision " + revision + " is not accepted by this version"));
        if (!workflow.reserved().isEmpty()) {
            throw new NoRunException(
                    workflow.reserved().getFirst().what() + " is checked, but this version does not carry it out");
        }
        var trigger = ManualRuns.named(workflow, triggerId)
                .orElseThrow(() -> new NoRunException("revision " + revision + " has no such trigger"));
        var id = ids.next();
        var facts = new RunFacts(
                id.toString(), workflow.name(), revision, fire, interval.start(), interval.end(), startedBy, events);
        var inputs = inputs(workflow, trigger, winning, facts);
        try {
            return NewRun.of(workflow, id, revisionId, facts, inputs, now);
        } catch (ExpressionException e) {
            throw new NoRunException("the concurrency group cannot be computed: " + e.getMessage());
        }
    }

    private static Map<String, JsonNode> inputs(
            Workflow workflow, Trigger trigger, Map<String, JsonNode> winning, RunFacts facts) throws NoRunException {
        var given = new LinkedHashMap<String, JsonNode>();
        try {
            given.putAll(Inputs.given(trigger, facts));
        } catch (ExpressionException e) {
            throw new NoRunException(String.valueOf(e.getMessage()));
        }
        given.putAll(winning);
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
