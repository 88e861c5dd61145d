package dev.dagkeeper.master;

import dev.dagkeeper.history.AlertWrites;
import dev.dagkeeper.history.AlertWrites.NewAlert;
import dev.dagkeeper.history.AlertWrites.StruckDeadline;
import dev.dagkeeper.history.DatasetWrites;
import dev.dagkeeper.history.DatasetWrites.Consumed;
import dev.dagkeeper.history.DatasetWrites.Produced;
import dev.dagkeeper.history.FireWrites;
import dev.dagkeeper.history.FireWrites.BackfillProgress;
import dev.dagkeeper.history.FireWrites.FireChange;
import dev.dagkeeper.history.FireWrites.NewFire;
import dev.dagkeeper.history.FireWrites.TriggerProgress;
import dev.dagkeeper.history.RunWrites;
import dev.dagkeeper.history.RunWrites.CommandOutcome;
import dev.dagkeeper.history.RunWrites.EventWrite;
import dev.dagkeeper.history.RunWrites.LostAttempt;
import dev.dagkeeper.history.RunWrites.NewInstances;
import dev.dagkeeper.history.RunWrites.RunWrite;
import dev.dagkeeper.history.RunWrites.StepWrite;
import dev.dagkeeper.run.Change;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.workflow.Deadline;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What the next transaction will write: the last state of every row that changed, and every event. It is durable as soon
 * as it holds one fact, and urgent as soon as it holds anything but news (that a step has started). Not thread-safe: the
 * leader's.
 */
final class WriteBatch {
    private static final int FIRST_CLAIM = 1;

    private final Map<StepKey, StepWrite> steps = new LinkedHashMap<>();
    private final List<NewInstances> instances = new ArrayList<>();
    private final List<LostAttempt> lost = new ArrayList<>();
    private final Map<RunId, RunWrite> runs = new LinkedHashMap<>();
    private final List<EventWrite> events = new ArrayList<>();
    private final List<CommandOutcome> commands = new ArrayList<>();
    private final List<StruckDeadline> struck = new ArrayList<>();
    private final List<NewAlert> alerts = new ArrayList<>();
    private final List<NewFire> fires = new ArrayList<>();
    private final Map<Long, TriggerProgress> progress = new LinkedHashMap<>();
    private final List<FireChange> fireChanges = new ArrayList<>();
    private final Map<Long, BackfillProgress> backfills = new LinkedHashMap<>();
    private final List<Produced> produced = new ArrayList<>();
    private final List<Consumed> consumed = new ArrayList<>();
    private boolean durable;
    private boolean urgent;

    boolean isEmpty() {
        return steps.isEmpty()
                && instances.isEmpty()
                && lost.isEmpty()
                && runs.isEmpty()
                && events.isEmpty()
                && commands.isEmpty()
                && struck.isEmpty()
                && alerts.isEmpty()
                && fires.isEmpty()
                && progress.isEmpty()
                && fireChanges.isEmpty()
                && backfills.isEmpty()
                && produced.isEmpty()
                && consumed.isEmpty();
    }

    boolean isUrgent() {
        return urgent;
    }

    /** Whether it changes the state of a run, so that what Postgres says of it is out of date. */
    boolean concerns(RunId run) {
        return runs.containsKey(run);
    }

    /** Whether it holds the outcome of a command. */
    boolean decides(long command) {
        return commands.stream().anyMatch(outcome -> outcome.command() == command);
    }

    /** Takes a change that is about to be applied to the run. */
    void add(LedRun run, Change change, Instant now) {
        switch (change) {
            case Change.StepChanged step -> addStep(run, step, now);
            case Change.InstancesCreated created -> {
                durable = true;
                urgent = true;
                instances.add(new NewInstances(
                        run.id(), created.step(), run.stepName(created.step()), created.items(), created.reason()));
            }
            case Change.RunChanged changed -> addRun(run, changed, now);
            case Change.RunOutputsSet(var outputs) -> {
                durable = true;
                urgent = true;
                mergeRun(run, Optional.of(outputs));
            }
            case Change.DeadlineStruck deadline -> addStruck(run, deadline, now);
            case Change.Noted noted -> {
                urgent = true;
                events.add(note(run, noted.key(), noted.type(), noted.reason(), now, Optional.empty()));
            }
            case Change.StopRequested _ -> {}
        }
    }

    private void addStep(LedRun run, Change.StepChanged change, Instant now) {
        var before = steps.get(change.key());
        boolean starts = change.to() == StepState.RUNNING;
        var started = starts ? Optional.of(now) : Optional.<Instant>empty();
        if (before != null && before.claim() == change.claim() && started.isEmpty()) {
            started = before.startedAt();
        }
        var ended = change.to().isFinal() ? Optional.of(now) : Optional.<Instant>empty();
        steps.put(
                change.key(),
                new StepWrite(
                        change.key(),
                        change.to(),
                        change.reason(),
                        change.claim(),
                        change.attempt(),
                        change.lost(),
                        change.worker(),
                        started,
                        ended,
                        change.due()));
        durable |= change.claim() > claim(run, change.key()) || isTakenForGood(change);
        urgent |= !starts;
        if (change.to() == StepState.SUCCEEDED && change.from() != change.to()) {
            addProduced(run, change.key(), now);
        }
        if (change.from() != change.to()) {
            events.add(event(
                    run,
                    Optional.of(change.key()),
                    Optional.of(change.attempt()),
                    "step",
                    change.from().text(),
                    change.to().text(),
                    change.reason(),
                    now,
                    // Who runs it is news only once: when it starts.
                    change.worker().filter(_ -> starts).map(WriteBatch::worker)));
        }
    }

    /** Of a foreach once, as a whole. That there was an update is a fact. */
    private void addProduced(LedRun run, StepKey key, Instant now) {
        var uris = key.index() == StepKey.WHOLE ? run.active().step(key).produces() : List.<String>of();
        var header = run.active().header();
        for (var uri : uris) {
            durable = true;
            produced.add(new Produced(
                    uri, header.namespace(), header.facts().workflow(), key, run.stepName(key.step()), now));
        }
    }

    /**
     * What was given out and ends as cancelled may have been taken out of its inbox for it, and nothing else tells so any
     * more: had a crash of Postgres undone it, what follows from it could be given out a second time.
     */
    private static boolean isTakenForGood(Change.StepChanged change) {
        return change.to() == StepState.CANCELLED
                && (change.from() == StepState.QUEUED || change.from() == StepState.RUNNING);
    }

    /** The claim before this change: an instance of a foreach may be created by the same decision. */
    private static int claim(LedRun run, StepKey key) {
        return run.active().has(key) ? run.active().claim(key) : FIRST_CLAIM;
    }

    private static JsonNode worker(String name) {
        return JsonNodeFactory.instance.objectNode().put("worker", name);
    }

    private void addRun(LedRun run, Change.RunChanged change, Instant now) {
        urgent = true;
        // What ends before it began, as by a cancel while it waits, has not started.
        boolean starts = change.from() == RunState.QUEUED
                && change.to() == RunState.RUNNING
                && change.verdict().isEmpty();
        boolean takesPlace = starts && !run.active().header().group().isEmpty();
        durable |= takesPlace || change.verdict().isPresent() || change.to().isFinal();
        var before = runs.get(run.id());
        runs.put(
                run.id(),
                new RunWrite(
                        run.id(),
                        change.to(),
                        change.reason(),
                        change.verdict(),
                        starts ? Optional.of(now) : before == null ? Optional.empty() : before.startedAt(),
                        change.to().isFinal() ? Optional.of(now) : Optional.empty(),
                        before == null ? Optional.empty() : before.outputs()));
        if (change.from() != change.to()) {
            events.add(event(
                    run,
                    Optional.empty(),
                    Optional.empty(),
                    "run",
                    change.from().text(),
                    change.to().text(),
                    change.reason(),
                    now,
                    Optional.empty()));
        }
    }

    private void mergeRun(LedRun run, Optional<Map<String, JsonNode>> outputs) {
        var before = runs.get(run.id());
        runs.put(
                run.id(),
                before == null
                        ? new RunWrite(
                                run.id(),
                                run.active().state(),
                                run.active().reason(),
                                run.active().verdict(),
                                Optional.empty(),
                                Optional.empty(),
                                outputs)
                        : new RunWrite(
                                run.id(),
                                before.state(),
                                before.reason(),
                                before.verdict(),
                                before.startedAt(),
                                before.endedAt(),
                                outputs));
    }

    /** That it has struck is a fact: it must not strike again. */
    private void addStruck(LedRun run, Change.DeadlineStruck change, Instant now) {
        durable = true;
        urgent = true;
        var deadline = run.active().workflow().deadlines().get(change.deadline());
        struck.add(new StruckDeadline(run.id(), change.deadline(), now));
        var data = DeadlineAlert.data(deadline);
        events.add(note(run, Optional.empty(), "deadline", change.reason(), now, Optional.of(data)));
        if (deadline.action() == Deadline.Action.ALERT) {
            addAlert(DeadlineAlert.of(run.active(), change.deadline(), now));
        }
    }

    /** The attempt of a lost claim, which its worker cannot write. */
    void addLost(LostAttempt attempt) {
        durable = true;
        urgent = true;
        lost.add(attempt);
    }

    /** A run stays as it is, with another reason. */
    void addReason(LedRun run, String reason) {
        urgent = true;
        runs.put(
                run.id(),
                new RunWrite(
                        run.id(),
                        run.active().state(),
                        reason,
                        run.active().verdict(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
    }

    /**
     * A queued run waits. It is not loaded for that, so its event has the number before the first that it would have then.
     *
     * @param reason as it stays
     * @param words what it waits for at this moment
     */
    void addWaiting(RunId run, String reason, String words, long epoch, Instant now) {
        urgent = true;
        events.add(new EventWrite(
                run,
                LedRun.seqBefore(0, epoch),
                now,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "run",
                RunState.QUEUED.text(),
                RunState.QUEUED.text(),
                words,
                Optional.empty()));
        runs.put(
                run,
                new RunWrite(
                        run,
                        RunState.QUEUED,
                        reason,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
    }

    /** A run that cannot be carried out at all ends as failed. */
    void addRefused(RunId run, String reason, long seq, Instant now) {
        durable = true;
        urgent = true;
        runs.put(
                run,
                new RunWrite(
                        run,
                        RunState.FAILED,
                        reason,
                        Optional.of(RunState.FAILED),
                        Optional.of(now),
                        Optional.of(now),
                        Optional.empty()));
        events.add(new EventWrite(
                run,
                seq,
                now,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "run",
                "",
                RunState.FAILED.text(),
                reason,
                Optional.empty()));
    }

    /** What became of a command. */
    void addOutcome(CommandOutcome outcome) {
        durable = true;
        urgent = true;
        commands.add(outcome);
    }

    private static EventWrite note(
            LedRun run, Optional<StepKey> key, String type, String why, Instant now, Optional<JsonNode> data) {
        return event(run, key, Optional.empty(), type, "", "", why, now, data);
    }

    /** Somebody is told. */
    void addAlert(NewAlert alert) {
        durable = true;
        urgent = true;
        alerts.add(alert);
    }

    /** A fire and its run. */
    void addFire(NewFire fire) {
        durable = true;
        urgent = true;
        fires.add(fire);
    }

    /** What a fire of this batch is for. */
    void addConsumed(Consumed events) {
        durable = true;
        urgent = true;
        consumed.add(events);
    }

    /** How far a trigger has come; a cursor does not go back. */
    void addProgress(TriggerProgress trigger) {
        durable = true;
        urgent = true;
        progress.merge(trigger.trigger(), trigger, (before, next) -> next.atLeast(before.progress()));
    }

    /** How far a backfill has come; the last word counts. */
    void addBackfill(BackfillProgress backfill) {
        durable = true;
        urgent = true;
        backfills.put(backfill.backfill(), backfill);
    }

    /** What became of a fire that has its row. */
    void addFireChange(FireChange change) {
        durable = true;
        urgent = true;
        fireChanges.add(change);
    }

    private static EventWrite event(
            LedRun run,
            Optional<StepKey> key,
            Optional<Integer> attempt,
            String type,
            String from,
            String to,
            String reason,
            Instant now,
            Optional<JsonNode> data) {
        return new EventWrite(
                run.id(),
                run.nextSeq(),
                now,
                key.map(k -> run.stepName(k.step())),
                key.map(StepKey::index).filter(index -> index != StepKey.WHOLE),
                attempt,
                type,
                from,
                to,
                reason,
                data);
    }

    /** Everything so far, rows in key order; the batch is empty afterwards. */
    RunWrites take() {
        var sorted = new ArrayList<>(steps.values());
        sorted.sort(java.util.Comparator.comparing(StepWrite::key));
        var writes = new RunWrites(
                sorted,
                List.copyOf(instances),
                List.copyOf(lost),
                List.copyOf(runs.values()),
                List.copyOf(events),
                List.copyOf(commands),
                new FireWrites(fires, List.copyOf(progress.values()), fireChanges, List.copyOf(backfills.values())),
                new AlertWrites(struck, alerts),
                produced.isEmpty() && consumed.isEmpty() ? DatasetWrites.NONE : new DatasetWrites(produced, consumed),
                durable);
        steps.clear();
        instances.clear();
        lost.clear();
        runs.clear();
        events.clear();
        commands.clear();
        struck.clear();
        alerts.clear();
        fires.clear();
        progress.clear();
        fireChanges.clear();
        backfills.clear();
        produced.clear();
        consumed.clear();
        durable = false;
        urgent = false;
        return writes;
    }
}
