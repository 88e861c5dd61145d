package dev.dagkeeper.run;

import dev.dagkeeper.run.ReferenceJoin.Ended;
import dev.dagkeeper.workflow.Workflow;
import dev.dagkeeper.workflow.Workflow.OnStepFailure;
import java.util.ArrayList;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A random workflow with what each of its attempts comes to, and so with the verdict that is known beforehand: by the
 * decisions and the reference model, which agree on it.
 */
public final class ScriptedRun {
    private static final double FAILURES = 0.25;

    private final Workflow workflow;
    private final long seed;
    private final double failures;
    private final RunState verdict;

    private ScriptedRun(Workflow workflow, long seed, double failures, RunState verdict) {
        this.workflow = workflow;
        this.seed = seed;
        this.failures = failures;
        this.verdict = verdict;
    }

    /** The same for the same seed. */
    public static ScriptedRun draw(long seed) {
        // The verdict does not depend on the order of events when failures do not stop the run, or nothing handles
        // them.
        boolean stops = Math.floorMod(seed, 5) >= 3;
        var mode = !stops
                ? OnStepFailure.FINISH_INDEPENDENT
                : Math.floorMod(seed, 5) == 3 ? OnStepFailure.FINISH_RUNNING : OnStepFailure.FAIL_FAST;
        var workflow = new RandomWorkflow(seed, !stops).draw(mode);
        var order = new RandomOrder(workflow, seed, FAILURES, seed, false);
        order.playToTheEnd();
        return new ScriptedRun(workflow, seed, FAILURES, order.play.run.state());
    }

    /** Each of its steps succeeds. */
    public static ScriptedRun succeeding(Workflow workflow) {
        return new ScriptedRun(workflow, 0, 0, RunState.SUCCEEDED);
    }

    public Workflow workflow() {
        return workflow;
    }

    /** What becomes of the run when nobody interrupts it. */
    public RunState verdict() {
        return verdict;
    }

    /** What an attempt comes to. */
    public Report report(StepKey key, int attempt) {
        return Outcome.of(seed, failures, key, attempt).report();
    }

    /** How often an attempt asks again before it comes to that. */
    public int asksAgain(StepKey key, int attempt) {
        var mixed = (seed * 31 + key.step()) * 31 + key.index() * 7L + attempt;
        return Math.floorMod((mixed * 0x9E3779B97F4A7C15L) >> 32, 8) == 0 ? 2 : 0;
    }

    /** Whether the join of a step lets it start, with the ends of its upstreams that are known. */
    public boolean mayStart(int step, IntFunction<@Nullable StepState> end) {
        var asked = workflow.steps().get(step);
        var ends = new ArrayList<@Nullable Ended>();
        for (var need : asked.needs()) {
            var state = end.apply(need.step());
            ends.add(state == null ? null : ReferenceJoin.counts(need, state));
        }
        return ReferenceJoin.ask(asked.join(), ends) == StepState.BLOCKED;
    }
}
