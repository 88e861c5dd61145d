package dev.dagkeeper.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.workflow.Step.Join;
import dev.dagkeeper.workflow.Workflow;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Without a clock: how often a decision looks at a step must not grow with the run. {@code CompletionBenchmark} measures
 * the time.
 */
class CompletionCostTest {
    @Test
    void completion_looks_at_as_many_steps_in_a_large_run_as_in_a_small_one() {
        assertThat(mostLooks(chains(10_000))).isEqualTo(mostLooks(chains(100)));
    }

    @Test
    void upstream_of_a_wide_join_costs_as_much_as_one_of_a_narrow_join() {
        assertThat(mostLooks(fanIn(10_000))).isEqualTo(mostLooks(fanIn(100)));
    }

    @Test
    void instance_of_a_large_foreach_costs_as_much_as_one_of_a_small_foreach() {
        assertThat(mostLooks(foreach(10_000))).isEqualTo(mostLooks(foreach(100)));
    }

    /** The most lookups that any of the first completions took. */
    private static int mostLooks(Workflow workflow) {
        var play = new Play(workflow);
        play.send(new Event.Started());
        var most = 0;
        for (var completions = 0; completions < 90; completions++) {
            var ready = firstReady(play);
            var report = new Event.Reported(ready, play.run.claim(ready), new Report.Succeeded(Map.of()));
            var draft = new Decider().draft(play.run, report, play.now);
            assertThat(draft.decision().changes()).isNotEmpty().hasSizeLessThan(6);
            play.run.apply(draft.decision());
            most = Math.max(most, draft.looks());
        }
        return most;
    }

    private static StepKey firstReady(Play play) {
        var ready = new ArrayList<StepKey>();
        play.run.forEachReady(ready::add);
        return ready.getFirst();
    }

    static Workflow chains(int steps) {
        var workflow = new WorkflowBuilder();
        for (var i = 0; i < steps; i++) {
            var upstream = "s" + (i - 1);
            var first = i % 10 == 0;
            workflow.step("s" + i, s -> first ? s : s.needs(upstream));
        }
        return workflow.build();
    }

    private static Workflow fanIn(int steps) {
        var workflow = new WorkflowBuilder();
        var all = new String[steps];
        for (var i = 0; i < steps; i++) {
            all[i] = "s" + i;
            workflow.step(all[i]);
        }
        return workflow.step("join", s -> s.needs(all).join(Join.ALL_DONE)).build();
    }

    private static Workflow foreach(int items) {
        return new WorkflowBuilder()
                .step("all", s -> s.foreach(Literal.list(items), 4, false, 0))
                .build();
    }
}
