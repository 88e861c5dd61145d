package dev.dagkeeper.api.http;

import dev.dagkeeper.history.BackfillStore;
import dev.dagkeeper.history.BackfillStore.NewBackfill;
import dev.dagkeeper.history.ScheduleStore.TriggerView;
import dev.dagkeeper.history.WorkflowStore;
import dev.dagkeeper.schedule.Backfill;
import dev.dagkeeper.schedule.ManualRuns;
import dev.dagkeeper.schedule.ScheduleJson;
import dev.dagkeeper.schedule.ScheduleText;
import dev.dagkeeper.workflow.Schedule;
import dev.dagkeeper.workflow.Scope.RunFacts;
import dev.dagkeeper.workflow.Trigger;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates backfills, or says what they would start: checks everything first, then stores, then rings. Thread-safe. */
final class BackfillCreation {
    private static final Logger LOG = LoggerFactory.getLogger(BackfillCreation.class);

    private final BackfillStore backfills;
    private final WorkflowStore workflows;
    private final Revisions revisions;
    private final ScheduleLookup lookup;
    private final RunBells bells;

    BackfillCreation(Collaborators with, Revisions revisions) {
        this.backfills = with.backfills();
        this.workflows = with.workflows();
        this.revisions = revisions;
        this.lookup = new ScheduleLookup(with.schedules());
        this.bells = with.bells();
    }

    Answer create(Call call) throws IOException {
        call.query();
        call.contentType(Source.JSON);
        var body = call.body(call.limits().jsonBytes());
        var request = BackfillRequest.parse(body);
        var key = call.header("Idempotency-Key").map(k -> RunCreation.idempotency(k, "backfill", body));
        var trigger = lookup.trigger(request.schedule());
        if (trigger.removedAt().isPresent()) {
            throw ScheduleResource.removed(trigger.name());
        }
        var schedule = ScheduleJson.read(trigger.schedule());
        var range = request.range(ScheduleText.zone(schedule));
        var plan = Backfill.of(schedule, range.from(), range.until(), request.order());
        var count = count(plan, trigger, range);
        checkInputs(plan, trigger, request);
        if (request.dryRun()) {
            return Answer.ok(BackfillJson.plan(trigger, plan, count, starting(plan, count, trigger, range, request)));
        }
        var stored = new NewBackfill(
                trigger.name(),
                trigger.revision(),
                ScheduleJson.write(plan.schedule()),
                range.from(),
                range.until(),
                count,
                request.reprocess(),
                request.maxActive(),
                request.order(),
                request.inputs(),
                request.priority(),
                call.by(),
                key);
        return switch (backfills.create(stored)) {
            case BackfillStore.Outcome.Created(var id) -> {
                LOG.info(
                        "backfill created backfill={} trigger={} fires={} by={}", id, trigger.name(), count, call.by());
                ScheduleResource.ring(bells::triggersChanged);
                yield answer(201, id, Map.of());
            }
            case BackfillStore.Outcome.Replayed(var id) -> answer(201, id, Map.of("Idempotency-Replayed", "true"));
            case BackfillStore.Outcome.KeyTaken(var id) ->
                throw ApiProblem.of(
                        422,
                        "idempotency-key-reused",
                        "this Idempotency-Key created backfill " + id
                                + " with another body; use a new key for another request");
        };
    }

    private Answer answer(int status, long id, Map<String, String> headers) {
        var view = backfills
                .find(id)
                .orElseThrow(() -> new IllegalStateException("backfill " + id + ", just stored, is not there"));
        var all = new java.util.HashMap<>(headers);
        all.put("Location", "/v1/backfills/" + id);
        return new Answer.Json(status, BackfillJson.backfill(view), all);
    }

    private static int count(Backfill plan, TriggerView trigger, Schedule.Span range) {
        var count = plan.count();
        if (count == 0) {
            throw ApiProblem.of(
                    422,
                    "no-fires",
                    "trigger " + trigger.name() + " has no fire from " + range.from() + " to " + range.until()
                            + "; 'schedules next' shows when it fires");
        }
        if (count > Backfill.MOST_FIRES) {
            throw ApiProblem.of(
                    422,
                    "too-many-fires",
                    String.format(
                            Locale.ROOT,
                            "trigger %s has %,d fires from %s to %s; a backfill may have at most %,d, so divide the range",
                            trigger.name(),
                            count,
                            range.from(),
                            range.until(),
                            Backfill.MOST_FIRES));
        }
        return (int) count;
    }

    /** What the run of the first fire would be given must fit: what cannot be bound there is a mistake of the request. */
    private void checkInputs(Backfill plan, TriggerView trigger, BackfillRequest request) {
        var name = trigger.name();
        var revision = workflows
                .revision(name.namespace(), name.workflow(), trigger.revision())
                .orElseThrow(() ->
                        WorkflowResource.notFound(name.namespace(), name.workflow(), Optional.of(trigger.revision())));
        var workflow = revisions.workflow(revision);
        Intake.refuseReserved(Revisions.fileName(revision), workflow);
        Trigger filled = ManualRuns.named(workflow, name.trigger())
                .orElseThrow(() -> ApiProblem.of(422, "unknown-trigger", ManualRuns.unknown(workflow, name.trigger())));
        var fire = plan.next(Optional.empty(), 1).getFirst();
        var interval = plan.interval(fire);
        var facts = new RunFacts(
                "", workflow.name(), trigger.revision(), fire, interval.start(), interval.end(), Backfill.trigger(0));
        RunCreation.bind(workflow, Optional.of(filled), request.inputs(), Map.of(), facts);
    }

    /** The fires that would be started if nothing happened in between. */
    private List<BackfillJson.Start> starting(
            Backfill plan, int count, TriggerView trigger, Schedule.Span range, BackfillRequest request) {
        var before = backfills.fireRuns(trigger.name(), range.from(), range.until());
        return plan.next(Optional.empty(), count).stream()
                .map(fire -> new BackfillJson.Start(fire, before(before, fire)))
                .filter(start -> request.reprocess().starts(start.before()))
                .toList();
    }

    private static Backfill.Before before(Map<Instant, Backfill.Before> all, Instant fire) {
        return all.getOrDefault(fire, Backfill.Before.NOTHING);
    }
}
