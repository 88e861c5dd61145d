package dev.dagkeeper.simulation;

import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.history.RunWrites.EventWrite;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.simulation.MemoryHistory.AttemptKey;
import dev.dagkeeper.simulation.MemoryHistory.FireKey;
import dev.dagkeeper.simulation.MemoryHistory.RunRow;
import dev.dagkeeper.worker.Claimed;
import dev.dagkeeper.workflow.Step.Phase;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Writes down what happens and holds it to what must always be true. */
final class Ledger implements MemoryHistory.Observer {
    private final World world;
    private final Set<AttemptKey> started = new HashSet<>();
    private final Set<AttemptKey> atWork = new HashSet<>();
    private final Set<AttemptKey> ended = new HashSet<>();
    private final Map<AttemptKey, String> results = new TreeMap<>();
    private final Map<StepKey, StepState> ends = new HashMap<>();
    private final Map<RunId, Long> lastEvents = new HashMap<>();

    Ledger(World world) {
        this.world = world;
    }

    private static Violation violation(String what, Object where) {
        return new Violation(what + ": " + where);
    }

    /** A worker begins to carry out a claim. */
    void started(String worker, Claimed claimed) {
        var key = claimed.key();
        world.trace(worker, "begins " + key + " claim " + claimed.claim() + " attempt " + claimed.attempt());
        var claim = new AttemptKey(key, claimed.claim());
        if (!started.add(claim)) {
            throw violation("a claim is carried out twice", claim);
        }
        if (world.history.claimOnDisk(key) < claimed.claim()) {
            throw violation("a claim was given out that is not on the disk", claim);
        }
        atWork.add(claim);
        if (key.index() == StepKey.WHOLE
                && world.script(key)
                        .workflow()
                        .steps()
                        .get(key.step())
                        .foreach()
                        .isPresent()) {
            throw violation("a foreach step was carried out as a whole", key);
        }
        checkNeeds(key);
    }

    private void checkNeeds(StepKey key) {
        var script = world.script(key);
        var steps = script.workflow().steps();
        if (!script.mayStart(key.step(), need -> ends.get(whole(key, need)))) {
            throw violation(
                    "a step started before its needs",
                    key + " needs " + steps.get(key.step()).needs());
        }
        boolean hook = steps.get(key.step()).phase() != Phase.MAIN;
        if (hook
                && steps.stream()
                        .anyMatch(
                                step -> step.phase() == Phase.MAIN && !ends.containsKey(whole(key, step.ordinal())))) {
            throw violation("a hook started before the steps had ended", key);
        }
    }

    private static StepKey whole(StepKey key, int step) {
        return new StepKey(key.run(), step, StepKey.WHOLE);
    }

    /** It is not carried out any more. */
    void ended(Claimed claimed) {
        world.trace("", "ended " + claimed.key() + " claim " + claimed.claim());
        var claim = new AttemptKey(claimed.key(), claimed.claim());
        atWork.remove(claim);
        ended.add(claim);
    }

    @Override
    public void stepWritten(StepRow before, StepRow after) {
        world.trace(
                "postgres",
                () -> after.key() + " " + before.state().text() + " -> "
                        + after.state().text() + " claim " + after.claim() + " "
                        + after.recorded()
                                .map(result -> result.claim() + ":" + result.report())
                                .orElse("") + " "
                        + after.written().reason());
        if (before.state().isFinal() && after.state() != before.state()) {
            throw violation("a final state changed to " + after.state(), before);
        }
        if (after.claim() < before.claim()) {
            throw violation("a claim was lowered to " + after.claim(), before);
        }
        if (after.state().isFinal()) {
            ends.put(after.key(), after.state());
        }
    }

    @Override
    public void attemptWritten(AttemptKey attempt, String result) {
        var first = results.put(attempt, result);
        if (first != null) {
            throw violation("a claim has two results, " + first + " and " + result, attempt);
        }
        if (!result.equals("lost") && !ended.contains(attempt)) {
            throw violation("a claim has a result that it did not come to", attempt);
        }
        if (result.equals("lost") && started.contains(attempt) && world.faults.areGentle()) {
            throw violation("a claim was called lost whose worker was never away for long", attempt);
        }
    }

    @Override
    public void runWritten(RunRow before, RunRow after) {
        world.trace(
                "postgres",
                () -> after.header().id() + " " + before.state().text() + " -> "
                        + after.state().text());
        if (before.state().isFinal()) {
            throw violation("a final run changed to " + after.state(), before);
        }
    }

    @Override
    public void eventWritten(EventWrite event) {
        var last = lastEvents.put(event.run(), event.seq());
        if (last != null && last >= event.seq()) {
            throw violation("event numbers do not ascend: " + event.seq() + " after " + last, event);
        }
    }

    @Override
    public void committed(List<RunRow> runs, List<FireKey> fires) {
        world.deployments.committed(runs, fires);
    }

    /** What was committed asynchronously may be gone; facts may not. */
    void postgresCrashed() {
        world.deployments.postgresCrashed();
        var kept = world.history.attempts;
        results.entrySet().removeIf(result -> result.getValue().equals("lost") && !kept.containsKey(result.getKey()));
        results.keySet().stream().filter(attempt -> !kept.containsKey(attempt)).forEach(attempt -> {
            throw violation("a result was lost", attempt);
        });
    }

    /** Whether there is nothing left to do. */
    boolean isQuiet() {
        return world.history.runs.values().stream().allMatch(run -> run.state().isFinal())
                && world.history.commands.values().stream()
                        .allMatch(command -> command.outcome().isPresent())
                && atWork.isEmpty()
                && world.deployments.isQuiet()
                && leftovers().isEmpty();
    }

    private Set<String> leftovers() {
        var left = new HashSet<String>();
        world.zooKeeper.below(Paths.LOCKS).stream()
                .filter(path -> path.length() > Paths.LOCKS.length() + 3)
                .forEach(left::add);
        world.zooKeeper.below(Paths.QUEUE).stream()
                .filter(path -> path.indexOf('/', Paths.QUEUE.length() + 1) > 0
                        || world.zooKeeper
                                .read(Paths.worker(path.substring(Paths.QUEUE.length() + 1)))
                                .isEmpty())
                .forEach(left::add);
        return left;
    }

    /** After everything has become quiet. */
    void checkEnd() {
        if (!isQuiet()) {
            throw violation("the system does not become quiet", describe());
        }
        world.history.runs.values().forEach(this::checkVerdict);
        world.deployments.checkEnd();
    }

    private String describe() {
        var text = new StringBuilder();
        world.history.runs.values().stream()
                .filter(run -> !run.state().isFinal())
                .forEach(run -> {
                    text.append('\n').append(run.header().id()).append(' ').append(run.state());
                    world.history.steps(run.header().id()).values().stream()
                            .filter(step -> !step.state().isFinal())
                            .forEach(step -> text.append("\n  ").append(step));
                });
        world.history.commands.values().stream()
                .filter(command -> command.outcome().isEmpty())
                .forEach(command -> text.append('\n').append(command));
        world.deployments
                .missing()
                .forEach(fire -> text.append("\nno outcome: ").append(fire));
        return text + "\nat work " + atWork + "\nin zookeeper " + leftovers();
    }

    private void checkVerdict(RunRow run) {
        var id = run.header().id();
        var steps = world.history.steps(id).values();
        for (var step : steps) {
            if (!step.state().isFinal()) {
                throw violation("a step of a final run is not final", step);
            }
        }
        boolean poisoned = steps.stream()
                .anyMatch(step -> step.written().reason().startsWith("lost:")
                        && world.history.attempts.values().stream()
                                        .filter("lost"::equals)
                                        .count()
                                >= 3);
        boolean interrupted = world.history.commands.values().stream()
                .anyMatch(command -> command.command().run().equals(id)
                        && command.outcome().orElseThrow().applied());
        var expected = world.script(whole(steps.iterator().next().key(), 0)).verdict();
        if (run.state() != expected
                && !poisoned
                && !(interrupted && run.state() == RunState.CANCELLED)
                && !world.deployments.mayBe(run)) {
            throw violation("the verdict was to be " + expected, run + "\n" + steps);
        }
    }
}
