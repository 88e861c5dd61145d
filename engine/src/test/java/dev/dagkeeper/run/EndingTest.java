package dev.dagkeeper.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.workflow.Step.EdgeState;
import dev.dagkeeper.workflow.Step.Phase;
import dev.dagkeeper.workflow.ValueType;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class EndingTest {
    private static WorkflowBuilder hooked() {
        return new WorkflowBuilder()
                .step("a")
                .hook(Phase.ON_SUCCESS, "tell")
                .hook(Phase.ON_FAILURE, "page")
                .hook(Phase.ON_FAILURE, "after_page", s -> s.needs("page"))
                .hook(Phase.ALWAYS, "tidy");
    }

    @Test
    void verdict_selects_the_hooks_and_the_run_ends_after_them() {
        var play = Play.started(hooked());
        play.fail("a");
        assertThat(play.run.state()).isEqualTo(RunState.RUNNING);
        assertThat(play.run.reason()).isEqualTo("hooks");
        assertThat(play.run.verdict()).contains(RunState.FAILED);
        assertThat(play.state("on-success.tell")).isEqualTo(StepState.SKIPPED);
        assertThat(play.run.reason(play.key("on-success.tell"))).isEqualTo("the run's verdict is failed");
        play.succeed("always.tidy");
        play.succeed("on-failure.page");
        play.succeed("on-failure.after_page");
        assertThat(play.run.state()).isEqualTo(RunState.FAILED);
        assertThat(play.run.reason()).isEqualTo("failed: a");
    }

    @Test
    void failed_hook_is_noted_and_changes_no_verdict() {
        var play = Play.started(hooked());
        play.succeed("a");
        play.succeed("always.tidy");
        var decision = play.fail("on-success.tell");
        assertThat(decision.changes())
                .contains(
                        new Change.Noted(Optional.of(play.key("on-success.tell")), "hook-failed", "exit: exit code 1"));
        assertThat(play.run.state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void run_outputs_are_computed_from_what_steps_gave() {
        var reads = new Literal(
                "steps.a.outputs.n",
                Set.of(0),
                scope -> Optional.ofNullable(scope.steps().outputs(0).get("n")).orElseThrow());
        var play = Play.started(new WorkflowBuilder().step("a").output("total", reads));
        assertThat(play.run.needsOutputs(0)).isTrue();
        play.report(play.key("a"), Play.success("n", 7));
        var outputs = play.history.stream()
                .filter(Change.RunOutputsSet.class::isInstance)
                .map(change -> ((Change.RunOutputsSet) change).outputs())
                .findFirst()
                .orElse(Map.<String, JsonNode>of());
        assertThat(outputs).containsOnlyKeys("total");
        assertThat(outputs.values()).allMatch(value -> value.intValue() == 7);
        assertThat(play.run.state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void run_output_that_fails_fails_the_run_before_its_hooks() {
        var play = Play.started(hooked().output("total", Literal.failing("no such key: n")));
        play.succeed("a");
        assertThat(play.run.verdict()).contains(RunState.FAILED);
        play.succeed("on-failure.page");
        play.succeed("on-failure.after_page");
        play.succeed("always.tidy");
        assertThat(play.run.state()).isEqualTo(RunState.FAILED);
        assertThat(play.run.reason()).isEqualTo("output 'total' of the run: no such key: n");
    }

    @Test
    void run_output_of_another_type_than_declared_fails_the_run() {
        var play =
                Play.started(new WorkflowBuilder().step("a").output("total", ValueType.Simple.INT, Literal.of("many")));
        play.succeed("a");
        assertThat(play.run.state()).isEqualTo(RunState.FAILED);
        assertThat(play.run.reason()).startsWith("output 'total' of the run: ");
    }

    @Test
    void failure_is_handled_through_a_chain_of_upstream_failed_steps() {
        var play = Play.started(new WorkflowBuilder()
                .step("a")
                .step("b", s -> s.needs("a"))
                .step("c", s -> s.needs("b"))
                .step("repair", s -> s.need("a", EdgeState.FAILED)));
        play.fail("a");
        play.succeed("repair");
        assertThat(play.state("c")).isEqualTo(StepState.UPSTREAM_FAILED);
        assertThat(play.run.state()).isEqualTo(RunState.WARNED);
    }

    @Test
    void handler_that_fails_handles_nothing() {
        var play = Play.started(new WorkflowBuilder().step("a").step("repair", s -> s.need("a", EdgeState.FAILED)));
        play.fail("a");
        play.fail("repair");
        assertThat(play.run.state()).isEqualTo(RunState.FAILED);
    }

    @Test
    void step_that_runs_whatever_happens_handles_only_what_it_names() {
        var play = Play.started(new WorkflowBuilder()
                .step("a")
                .step("b", s -> s.needs("a").join(dev.dagkeeper.workflow.Step.Join.ALL_DONE)));
        play.fail("a");
        play.succeed("b");
        assertThat(play.run.state()).isEqualTo(RunState.FAILED);
    }
}
