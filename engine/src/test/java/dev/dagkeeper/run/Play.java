package dev.dagkeeper.run;

import dev.dagkeeper.workflow.Scope;
import dev.dagkeeper.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Plays a run by hand: decides and applies events, and holds every decision to what is true of all of them. */
final class Play {
    static final String WORKER = "w1";
    static final Instant T0 = Instant.parse("2026-11-22T00:00:00Z");

    private final Decider decider = new Decider();
    private final Workflow workflow;
    private final Map<StepKey, JsonNode> items = new HashMap<>();
    final List<Change> history = new ArrayList<>();
    ActiveRun run;
    Instant now = T0;

    /** Whether every event is heard a second time, to see that nothing comes of it. */
    boolean twice;

    Play(Workflow workflow) {
        this.workflow = workflow;
        run = ActiveRun.created(header(), workflow);
    }

    static RunHeader header() {
        var facts = new Scope.RunFacts("r", "test", 1, T0, T0, T0, "");
        var id = new RunId(UUID.fromString("019307a0-0000-7000-8000-000000000001"));
        return new RunHeader(id, 1, "default", facts, 0, Map.of(), T0, Optional.empty());
    }

    static Play started(WorkflowBuilder workflow) {
        var play = new Play(workflow.build());
        play.send(new Event.Started());
        return play;
    }

    Decision send(Event event) {
        var decision = decider.decide(run, event, now);
        apply(decision);
        if (twice && !decider.decide(run, event, now).isEmpty()) {
            throw new AssertionError("heard a second time it changed something: " + event);
        }
        return decision;
    }

    Decision decide(Event event) {
        return decider.decide(run, event, now);
    }

    void apply(Decision decision) {
        for (var change : decision.changes()) {
            check(change);
            run.apply(new Decision(List.of(change), Map.of()));
        }
        run.apply(new Decision(List.of(), decision.outputs()));
        history.addAll(decision.changes());
    }

    private void check(Change change) {
        switch (change) {
            case Change.StepChanged c -> {
                holds(c.from() == run.state(c.key()), "the state before", c);
                holds(!c.from().isFinal(), "final states never change", c);
                holds(c.claim() >= run.claim(c.key()), "the claim is never lowered", c);
                holds(!c.reason().isBlank() || !needsReason(c.to()), "a reason", c);
                holds(c.due().isPresent() == (c.to() == StepState.WAITING), "due while waiting, and only then", c);
                holds(c.worker().isPresent() == isHeld(c), "a worker while queued or running, and only then", c);
            }
            case Change.RunChanged c -> {
                holds(c.from() == run.state(), "the state before", c);
                holds(!c.from().isFinal(), "final states never change", c);
                holds(run.verdict().isEmpty() || run.verdict().equals(c.verdict()), "the verdict never changes", c);
            }
            case Change.InstancesCreated c -> {
                for (var i = 0; i < c.items().size(); i++) {
                    items.put(run.key(c.step(), i), c.items().get(i));
                }
            }
            case Change.StopRequested c -> {
                var state = run.state(c.key());
                holds(state == StepState.QUEUED || state == StepState.RUNNING, "only a worker can stop it", c);
                holds(c.claim() == run.claim(c.key()), "the current claim", c);
            }
            case Change.RunOutputsSet c -> {}
            case Change.DeadlineStruck c -> holds(!run.struck(c.deadline()), "a deadline strikes once", c);
            case Change.Noted c -> {}
        }
    }

    private static void holds(boolean condition, String what, Change change) {
        if (!condition) {
            throw new AssertionError(what + ": " + change);
        }
    }

    /** A foreach step as a whole runs without a worker of its own. */
    private boolean isHeld(Change.StepChanged change) {
        var whole = change.key().index() == StepKey.WHOLE
                && run.step(change.key()).foreach().isPresent();
        return (change.to() == StepState.QUEUED || change.to() == StepState.RUNNING) && !whole;
    }

    private static boolean needsReason(StepState state) {
        return !state.isFinal() && state != StepState.RUNNING;
    }

    /** Makes the memory again from the given rows, as a new leader does. */
    void reload(List<StepSnapshot> stored) {
        var again = new ActiveRun(run.header(), workflow, run.state(), run.reason(), run.verdict());
        again.restore(stored);
        run = again;
        apply(decider.resume(run, now));
        run.undecided().forEach(this::send);
    }

    /** The rows as stored; the reports are those that no leader decided about yet. */
    List<StepSnapshot> snapshots(Map<StepKey, Report> reports) {
        var rows = new ArrayList<StepSnapshot>();
        for (var key : keys()) {
            rows.add(new StepSnapshot(
                    key,
                    run.state(key),
                    run.reason(key),
                    run.claim(key),
                    run.attempt(key),
                    run.lost(key),
                    run.worker(key),
                    run.due(key),
                    Optional.ofNullable(reports.get(key)),
                    run.outputs(key),
                    Optional.ofNullable(items.get(key))));
        }
        return rows;
    }

    List<StepKey> keys() {
        var keys = new ArrayList<StepKey>();
        for (var step : workflow.steps()) {
            for (var i = StepKey.WHOLE; i < run.instances(step.ordinal()); i++) {
                keys.add(run.key(step.ordinal(), i));
            }
        }
        return keys;
    }

    StepKey key(String name) {
        for (var step : workflow.steps()) {
            if (step.displayName().equals(name)) {
                return run.key(step.ordinal(), StepKey.WHOLE);
            }
        }
        throw new IllegalArgumentException(name);
    }

    StepKey key(String name, int index) {
        return run.key(key(name).step(), index);
    }

    StepState state(String name) {
        return run.state(key(name));
    }

    Decision place(StepKey key) {
        return send(new Event.Placed(key, run.claim(key), WORKER));
    }

    Decision begin(StepKey key) {
        place(key);
        return send(new Event.Running(key, run.claim(key), WORKER, now));
    }

    Decision report(StepKey key, Report report) {
        return send(new Event.Reported(key, run.claim(key), report));
    }

    Decision succeed(String name) {
        return succeed(key(name));
    }

    Decision succeed(StepKey key) {
        begin(key);
        return report(key, new Report.Succeeded(Map.of()));
    }

    Decision fail(String name) {
        return fail(key(name));
    }

    Decision fail(StepKey key) {
        begin(key);
        return report(key, failure());
    }

    static Report failure() {
        return new Report.Failed("exit", "exit code 1", Optional.of(1), true);
    }

    static Report success(String name, int value) {
        return new Report.Succeeded(Map.of(name, JsonNodeFactory.instance.numberNode(value)));
    }

    void pass(Duration time) {
        now = now.plus(time);
    }
}
