package dev.dagkeeper.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.workflow.Step.EdgeState;
import dev.dagkeeper.workflow.Step.Join;
import dev.dagkeeper.workflow.Step.Phase;
import dev.dagkeeper.workflow.Workflow.OnStepFailure;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StopsTest {
    private static WorkflowBuilder failing(OnStepFailure mode) {
        return new WorkflowBuilder()
                .mode(mode)
                .step("bad")
                .step("after_bad", s -> s.needs("bad"))
                .step("slow")
                .step("after_slow", s -> s.needs("slow"))
                .step("ready")
                .step("repair", s -> s.need("bad", EdgeState.FAILED))
                .step("after_repair", s -> s.needs("repair"))
                .step("cleanup", s -> s.needs("bad", "slow", "ready").join(Join.ALL_DONE));
    }

    @Test
    void finish_running_starts_nothing_but_what_the_failure_calls_for() {
        var play = Play.started(failing(OnStepFailure.FINISH_RUNNING));
        play.begin(play.key("slow"));
        play.fail("bad");
        assertThat(play.state("after_bad")).isEqualTo(StepState.CANCELLED);
        assertThat(play.state("after_slow")).isEqualTo(StepState.CANCELLED);
        assertThat(play.state("ready")).isEqualTo(StepState.CANCELLED);
        assertThat(play.run.reason(play.key("ready"))).isEqualTo("on-step-failure finish-running: bad failed");
        assertThat(play.run.stopRequested(play.key("slow"))).isFalse();
        play.succeed("repair");
        play.succeed("after_repair");
        assertThat(play.state("cleanup")).as("slow is still at work").isEqualTo(StepState.PENDING);
        play.report(play.key("slow"), new Report.Succeeded(java.util.Map.of()));
        play.succeed("cleanup");
        assertThat(play.run.state()).isEqualTo(RunState.WARNED);
    }

    @Test
    void fail_fast_also_ends_what_runs() {
        var play = Play.started(failing(OnStepFailure.FAIL_FAST));
        play.begin(play.key("slow"));
        play.place(play.key("ready"));
        play.fail("bad");
        assertThat(play.run.stopRequested(play.key("slow"))).isTrue();
        assertThat(play.run.stopRequested(play.key("ready"))).isTrue();
        play.send(new Event.Withdrawn(play.key("ready"), 1));
        assertThat(play.state("ready")).isEqualTo(StepState.CANCELLED);
        play.report(play.key("slow"), new Report.Cancelled());
        assertThat(play.state("cleanup")).isEqualTo(StepState.BLOCKED);
        play.fail("repair");
        play.succeed("cleanup");
        assertThat(play.state("after_repair")).isEqualTo(StepState.UPSTREAM_FAILED);
        assertThat(play.run.state()).isEqualTo(RunState.FAILED);
        assertThat(play.run.reason()).isEqualTo("failed: bad, repair");
    }

    @Test
    void finish_running_lets_a_step_at_work_try_again() {
        var play = Play.started(new WorkflowBuilder()
                .mode(OnStepFailure.FINISH_RUNNING)
                .step("bad")
                .step("flaky", s -> s.retries(1, Duration.ZERO)));
        play.fail("flaky");
        play.fail("bad");
        assertThat(play.state("flaky")).isEqualTo(StepState.BLOCKED);
        play.succeed("flaky");
        assertThat(play.state("flaky")).isEqualTo(StepState.SUCCEEDED);
    }

    @Test
    void cancel_ends_at_once_what_no_worker_has_and_asks_for_the_rest() {
        var play = Play.started(new WorkflowBuilder()
                .step("runs")
                .step("ready")
                .step("later", s -> s.needs("runs"))
                .step("retries", s -> s.retries(1, Duration.ofSeconds(9))));
        play.fail("retries");
        play.begin(play.key("runs"));
        play.send(new Event.CancelRequested(false, "ann"));
        assertThat(play.run.state()).isEqualTo(RunState.CANCELLING);
        assertThat(play.run.reason()).isEqualTo("cancelled by ann");
        assertThat(play.state("ready")).isEqualTo(StepState.CANCELLED);
        assertThat(play.state("later")).isEqualTo(StepState.CANCELLED);
        assertThat(play.state("retries")).isEqualTo(StepState.CANCELLED);
        assertThat(play.run.stopRequested(play.key("runs"))).isTrue();
        assertThat(play.send(new Event.CancelRequested(false, "bob")).isEmpty()).isTrue();
        play.report(play.key("runs"), new Report.Succeeded(java.util.Map.of()));
        assertThat(play.state("runs")).isEqualTo(StepState.SUCCEEDED);
        assertThat(play.run.state()).as("cancelled whatever still succeeds").isEqualTo(RunState.CANCELLED);
        assertThat(play.run.reason()).isEqualTo("cancelled by ann");
    }

    @Test
    void lost_while_cancelling_is_cancelled() {
        var play = Play.started(new WorkflowBuilder().step("runs"));
        play.begin(play.key("runs"));
        play.send(new Event.CancelRequested(false, "ann"));
        play.send(new Event.Lost(play.key("runs"), 1, false));
        assertThat(play.state("runs")).isEqualTo(StepState.CANCELLED);
        assertThat(play.run.state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void cancelled_run_runs_the_hooks_for_every_end_and_a_killed_one_runs_none() {
        for (var kill : new boolean[] {false, true}) {
            var play = Play.started(new WorkflowBuilder()
                    .step("runs")
                    .hook(Phase.ALWAYS, "tidy")
                    .hook(Phase.ON_FAILURE, "page"));
            play.begin(play.key("runs"));
            play.send(new Event.CancelRequested(kill, "ann"));
            play.report(play.key("runs"), new Report.Cancelled());
            assertThat(play.state("on-failure.page")).isEqualTo(StepState.SKIPPED);
            assertThat(play.state("always.tidy")).isEqualTo(kill ? StepState.SKIPPED : StepState.BLOCKED);
            if (!kill) {
                assertThat(play.run.reason()).startsWith("hooks");
                play.succeed("always.tidy");
            }
            assertThat(play.run.state()).isEqualTo(RunState.CANCELLED);
            assertThat(play.run.reason()).isEqualTo(kill ? "killed by ann" : "cancelled by ann");
        }
    }

    @Test
    void kill_goes_beyond_a_cancel_that_takes_too_long() {
        var play = Play.started(new WorkflowBuilder().step("runs"));
        play.begin(play.key("runs"));
        play.send(new Event.CancelRequested(false, "ann"));
        var decision = play.send(new Event.CancelRequested(true, "ann"));
        assertThat(decision.changes()).contains(new Change.StopRequested(play.key("runs"), 1, true));
    }

    @Test
    void run_timeout_fails_the_run_and_covers_not_the_hooks() {
        var play = Play.started(new WorkflowBuilder()
                .step("runs")
                .step("later", s -> s.needs("runs"))
                .hook(Phase.ON_FAILURE, "page"));
        play.begin(play.key("runs"));
        play.send(new Event.RunTimedOut());
        assertThat(play.run.reason()).isEqualTo("timeout");
        assertThat(play.state("later")).isEqualTo(StepState.CANCELLED);
        play.report(play.key("runs"), new Report.Cancelled());
        assertThat(play.state("on-failure.page")).isEqualTo(StepState.BLOCKED);
        assertThat(play.send(new Event.RunTimedOut()).isEmpty()).isTrue();
        play.succeed("on-failure.page");
        assertThat(play.run.state()).isEqualTo(RunState.FAILED);
        assertThat(play.run.reason()).isEqualTo("timeout");
    }
}
