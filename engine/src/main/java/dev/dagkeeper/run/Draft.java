package dev.dagkeeper.run;

import dev.dagkeeper.run.Tallies.Cell;
import dev.dagkeeper.run.Tallies.Total;
import dev.dagkeeper.workflow.Scope;
import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A decision in the making: the run as it will be, seen through an overlay, so that one event's consequences can build
 * on each other while the run itself stays as it is. Lives for one decision.
 */
final class Draft {
    private final ActiveRun run;
    private final Instant now;
    private final Tallies tallies;
    private final List<Change> changes = new ArrayList<>();
    private final Map<StepKey, Slot> slots = new HashMap<>();
    private final Map<StepKey, Map<String, JsonNode>> outputs = new HashMap<>();
    private final Map<Integer, Change.InstancesCreated> created = new HashMap<>();
    private final Set<StepKey> stopping = new HashSet<>();

    /** Steps that ended and were not announced to those downstream; failures of main steps apart. */
    final Deque<Integer> ended = new ArrayDeque<>();

    final Deque<Integer> failed = new ArrayDeque<>();

    /** Foreach steps of which an instance ended. */
    final Set<Integer> grouped = new LinkedHashSet<>();

    private RunState state;
    private String reason;
    private Optional<RunState> verdict;
    private boolean hooksBegun;
    private int looks;

    Draft(ActiveRun run, Instant now) {
        this.run = run;
        this.now = now;
        tallies = run.tallies().overlay();
        state = run.state();
        reason = run.reason();
        verdict = run.verdict();
        hooksBegun = verdict.isPresent() && tallies.get(Total.OPEN_MAIN) == 0;
    }

    Decision decision() {
        return new Decision(changes, outputs);
    }

    ActiveRun run() {
        return run;
    }

    Instant now() {
        return now;
    }

    Workflow workflow() {
        return run.workflow();
    }

    Step step(int ordinal) {
        return run.workflow().steps().get(ordinal);
    }

    Tallies tallies() {
        return tallies;
    }

    RunState state() {
        return state;
    }

    String reason() {
        return reason;
    }

    Optional<RunState> verdict() {
        return verdict;
    }

    /** Whether the main steps are over and what that means was decided. */
    boolean hooksBegun() {
        return hooksBegun;
    }

    void beginHooks() {
        hooksBegun = true;
    }

    StepKey whole(int step) {
        return run.key(step, StepKey.WHOLE);
    }

    int instances(int step) {
        var fresh = created.get(step);
        return fresh == null ? run.instances(step) : fresh.items().size();
    }

    /** How many times an instance was looked up: the measure of what a decision costs. */
    int looks() {
        return looks;
    }

    Slot slot(StepKey key) {
        looks++;
        var changed = slots.get(key);
        if (changed != null) {
            return changed;
        }
        var fresh = created.get(key.step());
        return fresh != null && key.index() != StepKey.WHOLE
                ? new Slot(StepState.PENDING, fresh.reason(), 1, 1, 0, null, null)
                : run.slot(key);
    }

    boolean stopRequested(StepKey key) {
        return stopping.contains(key) || (!created.containsKey(key.step()) && run.stopRequested(key));
    }

    /** Moves an instance on, and notes what has to be looked at because of it. */
    void put(StepKey key, Slot next) {
        var before = slot(key);
        if (before.equals(next)) {
            return;
        }
        if (before.state().isFinal()) {
            throw new IllegalStateException(key + " is " + before.state().text() + " and cannot become "
                    + next.state().text());
        }
        slots.put(key, next);
        changes.add(new Change.StepChanged(
                key,
                before.state(),
                next.state(),
                next.reason(),
                next.claim(),
                next.attempt(),
                next.lost(),
                Optional.ofNullable(next.worker()),
                Optional.ofNullable(next.due())));
        tallies.moved(step(key.step()), key.index(), before.state(), next.state());
        if (!next.state().isFinal()) {
            return;
        }
        if (key.index() != StepKey.WHOLE) {
            grouped.add(key.step());
        } else if (Stops.isFailure(step(key.step()), next.state())) {
            failed.add(key.step());
        } else {
            ended.add(key.step());
        }
    }

    void create(Change.InstancesCreated instances) {
        changes.add(instances);
        created.put(instances.step(), instances);
        tallies.add(instances.step(), Cell.OPEN, instances.items().size());
    }

    void stop(StepKey key, boolean kill) {
        stopping.add(key);
        changes.add(new Change.StopRequested(key, slot(key).claim(), kill));
    }

    void run(RunState to, String why, Optional<RunState> fixed) {
        if (state == to && reason.equals(why) && verdict.equals(fixed)) {
            return;
        }
        changes.add(new Change.RunChanged(state, to, why, fixed));
        state = to;
        reason = why;
        verdict = fixed;
    }

    void strike(int deadline, String why) {
        changes.add(new Change.DeadlineStruck(deadline, why));
    }

    void note(Optional<StepKey> key, String type, String why) {
        changes.add(new Change.Noted(key, type, why));
    }

    void outputs(Map<String, JsonNode> values) {
        changes.add(new Change.RunOutputsSet(values));
    }

    void keepOutputs(StepKey key, Map<String, JsonNode> values) {
        if (!values.isEmpty() && run.needsOutputs(key.step())) {
            outputs.put(key, values);
        }
    }

    /** States and outputs as this decision leaves them. */
    Scope.Upstreams upstreams() {
        return new DraftUpstreams(this);
    }

    Map<String, JsonNode> outputsOf(StepKey key) {
        var fresh = outputs.get(key);
        return fresh == null ? run.outputs(key) : fresh;
    }

    Optional<JsonNode> item(StepKey key) {
        var fresh = created.get(key.step());
        return fresh == null ? run.item(key) : Optional.of(fresh.items().get(key.index()));
    }
}
