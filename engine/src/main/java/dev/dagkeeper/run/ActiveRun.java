package dev.dagkeeper.run;

import dev.dagkeeper.run.Tallies.Cell;
import dev.dagkeeper.run.Tallies.Total;
import dev.dagkeeper.workflow.Expression;
import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The leader's memory of one run that is not final. Not thread-safe: owned by the leader's one thread.
 *
 * <p>It changes only by {@link #apply}. What it holds can be rebuilt from stored rows: {@link #restore} takes them, then
 * {@link Decider#resume} and the events of {@link #undecided} bring the run up to date.
 *
 * <p>A step costs about 100 bytes and 5 more for each edge, its reason aside. Outputs are kept only where
 * {@link #needsOutputs} says so.
 */
public final class ActiveRun {
    private final RunHeader header;
    private final Workflow workflow;
    private final Edges edges;
    private final BitSet readOutputs = new BitSet();
    private final BitSet struck = new BitSet();
    private final Slots steps;
    private final @Nullable Slots[] instances;
    private final Tallies tallies;
    private final Map<StepKey, Map<String, JsonNode>> outputs = new HashMap<>();
    private final Map<StepKey, JsonNode> items = new HashMap<>();
    private final List<Event> undecided = new ArrayList<>();
    private final LeaderScope scope;
    private RunState state;
    private String reason;
    private Optional<RunState> verdict;

    /** A run as stored, all its steps pending. */
    public ActiveRun(RunHeader header, Workflow workflow, RunState state, String reason, Optional<RunState> verdict) {
        this.header = header;
        this.workflow = workflow;
        this.state = state;
        this.reason = reason;
        this.verdict = verdict;
        var count = workflow.steps().size();
        edges = new Edges(workflow);
        steps = new Slots(count, "");
        instances = new @Nullable Slots[count];
        tallies = Tallies.of(count);
        scope = new LeaderScope(header, workflow);
        for (var step : workflow.steps()) {
            steps.reason(step.ordinal(), Reasons.pending(workflow, step));
            tallies.add(step.phase() == Step.Phase.MAIN ? Total.OPEN_MAIN : Total.OPEN_HOOKS, 1);
            step.when().ifPresent(this::reads);
            step.foreach().ifPresent(foreach -> reads(foreach.in()));
            step.retry().when().ifPresent(this::reads);
        }
        workflow.outputs().forEach(output -> reads(output.value()));
    }

    /** A run that was just created. */
    public static ActiveRun created(RunHeader header, Workflow workflow) {
        return new ActiveRun(header, workflow, RunState.QUEUED, "", Optional.empty());
    }

    private void reads(Expression expression) {
        expression.steps().forEach(readOutputs::set);
    }

    /**
     * Takes the stored rows of a run that was just made, in any order. Afterwards apply {@link Decider#resume}, then
     * decide each event of {@link #undecided}.
     */
    public void restore(Collection<StepSnapshot> rows) {
        var sizes = new int[workflow.steps().size()];
        for (var row : rows) {
            sizes[row.key().step()] =
                    Math.max(sizes[row.key().step()], row.key().index() + 1);
        }
        for (var step : workflow.steps()) {
            if (sizes[step.ordinal()] > 0 && step.foreach().isPresent()) {
                expand(
                        step,
                        sizes[step.ordinal()],
                        Reasons.parallel(step.foreach().get()));
            }
        }
        for (var row : rows) {
            restore(row);
        }
    }

    private void restore(StepSnapshot row) {
        var key = row.key();
        move(
                key,
                new Slot(
                        row.state(),
                        row.reason(),
                        row.claim(),
                        row.attempt(),
                        row.lost(),
                        row.worker().orElse(null),
                        row.due().orElse(null)));
        if (row.state().isFinal() && !row.outputs().isEmpty() && needsOutputs(key.step())) {
            outputs.put(key, row.outputs());
        }
        row.item().ifPresent(item -> keepItem(key, item));
        if (!row.state().isFinal() && row.report().isPresent()) {
            undecided.add(new Event.Reported(key, row.claim(), row.report().get()));
        }
    }

    /** Takes the stored deadlines that have struck, by their places in the workflow's list. */
    public void restoreStruck(Collection<Integer> deadlines) {
        deadlines.forEach(struck::set);
    }

    /** What workers had recorded for rows that were restored as not final: facts that wait for their decision. */
    public List<Event> undecided() {
        return List.copyOf(undecided);
    }

    /** Carries out what {@link Decider} decided on this run as it is. */
    public void apply(Decision decision) {
        outputs.putAll(decision.outputs());
        for (var change : decision.changes()) {
            switch (change) {
                case Change.StepChanged c ->
                    move(
                            c.key(),
                            new Slot(
                                    c.to(),
                                    c.reason(),
                                    c.claim(),
                                    c.attempt(),
                                    c.lost(),
                                    c.worker().orElse(null),
                                    c.due().orElse(null)));
                case Change.InstancesCreated c -> {
                    expand(workflow.steps().get(c.step()), c.items().size(), c.reason());
                    for (var i = 0; i < c.items().size(); i++) {
                        keepItem(key(c.step(), i), c.items().get(i));
                    }
                }
                case Change.StopRequested c -> slots(c.key()).stop(at(c.key()));
                case Change.RunChanged c -> {
                    state = c.to();
                    reason = c.reason();
                    verdict = c.verdict();
                }
                case Change.RunOutputsSet c -> {}
                case Change.DeadlineStruck c -> struck.set(c.deadline());
                case Change.Noted c -> {}
            }
        }
    }

    private void expand(Step step, int size, String why) {
        instances[step.ordinal()] = new Slots(size, why);
        tallies.add(step.ordinal(), Cell.OPEN, size);
    }

    private void move(StepKey key, Slot slot) {
        var from = state(key);
        slots(key).set(at(key), slot);
        tallies.moved(workflow.steps().get(key.step()), key.index(), from, slot.state());
        if (key.index() == StepKey.WHOLE && slot.state().isFinal() && !from.isFinal()) {
            tallies.announce(edges, key.step(), slot.state());
        }
    }

    /** Items are in scope of {@code retry.when} only; without one the leader forgets them. */
    private void keepItem(StepKey key, JsonNode item) {
        if (workflow.steps().get(key.step()).retry().when().isPresent()) {
            items.put(key, item);
        }
    }

    /** What is fixed about the run. */
    public RunHeader header() {
        return header;
    }

    /** The revision it is pinned to. */
    public Workflow workflow() {
        return workflow;
    }

    /** The run's state. */
    public RunState state() {
        return state;
    }

    /** In words, what the run waits for or why it ended so. */
    public String reason() {
        return reason;
    }

    /** What it will end as, once that is fixed. */
    public Optional<RunState> verdict() {
        return verdict;
    }

    /** Whether the run is over. */
    public boolean isFinal() {
        return state.isFinal();
    }

    /** Whether a deadline has struck already. */
    public boolean struck(int deadline) {
        return struck.get(deadline);
    }

    /** The key of a step, or with an index from 0 of its instance. */
    public StepKey key(int step, int index) {
        return new StepKey(header.id(), step, index);
    }

    /** Whether the run has such an instance by now. */
    public boolean has(StepKey key) {
        return key.run().equals(header.id())
                && key.step() < steps.size()
                && (key.index() == StepKey.WHOLE || key.index() < instances(key.step()));
    }

    /** The step of an instance. */
    public Step step(StepKey key) {
        return workflow.steps().get(key.step());
    }

    /** How many instances a foreach step has got; 0 for any other, and before its list was evaluated. */
    public int instances(int step) {
        var slots = instances[step];
        return slots == null ? 0 : slots.size();
    }

    /** The instance's state. */
    public StepState state(StepKey key) {
        return slots(key).state(at(key));
    }

    /** In words, what the instance waits for or why it ended so. */
    public String reason(StepKey key) {
        return slot(key).reason();
    }

    /** The current fence. */
    public int claim(StepKey key) {
        return slot(key).claim();
    }

    /** The user's count, from 1. */
    public int attempt(StepKey key) {
        return slot(key).attempt();
    }

    /** Claims lost in a row. */
    public int lost(StepKey key) {
        return slot(key).lost();
    }

    /** Who has it, while queued or running. */
    public Optional<String> worker(StepKey key) {
        return Optional.ofNullable(slot(key).worker());
    }

    /** When a waiting instance is to be looked at again. */
    public Optional<Instant> due(StepKey key) {
        return Optional.ofNullable(slot(key).due());
    }

    /** Whether the current claim, queued or running, was asked to stop. */
    public boolean stopRequested(StepKey key) {
        return slots(key).stopping(at(key));
    }

    /** The run's priority and the step's together: higher is placed first. */
    public int priority(int step) {
        return header.priority() + workflow.steps().get(step).priority();
    }

    /** Whether an expression that the leader evaluates reads outputs of the step, so that events should carry them. */
    public boolean needsOutputs(int step) {
        return readOutputs.get(step);
    }

    /** Instances that may be placed. For loading; afterwards the changes tell. O(size of the run). */
    public void forEachReady(Consumer<StepKey> action) {
        each(s -> s == StepState.BLOCKED, action);
    }

    /** Instances that a worker is believed to have, queued or running. O(size of the run). */
    public void forEachPlaced(Consumer<StepKey> action) {
        each(s -> s == StepState.QUEUED || s == StepState.RUNNING, action);
    }

    /** Instances that wait for a time. O(size of the run). */
    public void forEachWaiting(Consumer<StepKey> action) {
        each(s -> s == StepState.WAITING, action);
    }

    /** Whether the key is of something that is placed and claimed: not of a foreach step as a whole. */
    public boolean isInstance(StepKey key) {
        return has(key) && (key.index() != StepKey.WHOLE || step(key).foreach().isEmpty());
    }

    /** Leaves out foreach steps as a whole: nothing places or claims them. */
    private void each(Predicate<StepState> wanted, Consumer<StepKey> action) {
        for (var step = 0; step < steps.size(); step++) {
            var slots = instances[step];
            if (slots == null) {
                if (wanted.test(steps.state(step))) {
                    action.accept(key(step, StepKey.WHOLE));
                }
                continue;
            }
            for (var i = 0; i < slots.size(); i++) {
                if (wanted.test(slots.state(i))) {
                    action.accept(key(step, i));
                }
            }
        }
    }

    Slot slot(StepKey key) {
        return slots(key).get(at(key));
    }

    Edges edges() {
        return edges;
    }

    Tallies tallies() {
        return tallies;
    }

    LeaderScope scope() {
        return scope;
    }

    Map<String, JsonNode> outputs(StepKey key) {
        return outputs.getOrDefault(key, Map.of());
    }

    Optional<JsonNode> item(StepKey key) {
        return Optional.ofNullable(items.get(key));
    }

    private Slots slots(StepKey key) {
        if (key.index() == StepKey.WHOLE) {
            return steps;
        }
        var slots = instances[key.step()];
        if (slots == null) {
            throw new IllegalArgumentException("no instances yet: " + key);
        }
        return slots;
    }

    private static int at(StepKey key) {
        return key.index() == StepKey.WHOLE ? key.step() : key.index();
    }
}
