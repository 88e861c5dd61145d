package dev.dagkeeper.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.workflow.Step.EdgeState;
import dev.dagkeeper.workflow.Step.Join;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeciderTest {
    private static final Report ASK_AGAIN = new Report.AskAgain(Play.T0.plusSeconds(5), "waits for the job");

    @Test
    void chain_runs_to_success() {
        var play = Play.started(new WorkflowBuilder().step("a").step("b", s -> s.needs("a")));
        assertThat(play.state("a")).isEqualTo(StepState.BLOCKED);
        assertThat(play.run.reason(play.key("a"))).isEqualTo("waits for a free slot on queue default");
        assertThat(play.run.reason(play.key("b"))).isEqualTo("waits for a");
        play.succeed("a");
        assertThat(play.state("b")).isEqualTo(StepState.BLOCKED);
        play.succeed("b");
        assertThat(play.run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(play.run.verdict()).contains(RunState.SUCCEEDED);
    }

    @Test
    void failed_step_fails_the_run_with_its_name() {
        var play = Play.started(new WorkflowBuilder().step("a").step("b", s -> s.needs("a")));
        play.fail("a");
        assertThat(play.state("b")).isEqualTo(StepState.UPSTREAM_FAILED);
        assertThat(play.run.reason(play.key("b"))).isEqualTo("join all-succeeded cannot hold: a is failed");
        assertThat(play.run.state()).isEqualTo(RunState.FAILED);
        assertThat(play.run.reason()).isEqualTo("failed: a");
    }

    @Test
    void handled_failure_leaves_the_run_warned() {
        var play = Play.started(new WorkflowBuilder()
                .step("a")
                .step("b", s -> s.needs("a"))
                .step("repair", s -> s.need("a", EdgeState.FAILED)));
        play.fail("a");
        assertThat(play.run.state()).isEqualTo(RunState.RUNNING);
        play.succeed("repair");
        assertThat(play.run.state()).isEqualTo(RunState.WARNED);
        assertThat(play.run.reason()).isEqualTo("failed and handled: a");
    }

    @Test
    void handler_that_is_not_needed_is_skipped() {
        var play = Play.started(new WorkflowBuilder().step("a").step("repair", s -> s.need("a", EdgeState.FAILED)));
        play.succeed("a");
        assertThat(play.state("repair")).isEqualTo(StepState.SKIPPED);
        assertThat(play.run.state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void any_succeeded_fires_at_the_first_success_and_late_failures_change_nothing() {
        var play = Play.started(new WorkflowBuilder()
                .step("a")
                .step("b")
                .step("first", s -> s.needs("a", "b").join(Join.ANY_SUCCEEDED)));
        play.succeed("a");
        assertThat(play.state("first")).isEqualTo(StepState.BLOCKED);
        play.fail("b");
        assertThat(play.state("first")).isEqualTo(StepState.BLOCKED);
    }

    @Test
    void retry_raises_claim_and_attempt_and_waits() {
        var play = Play.started(new WorkflowBuilder().step("a", s -> s.retries(1, Duration.ofSeconds(10))));
        var a = play.key("a");
        play.fail("a");
        assertThat(play.run.state(a)).isEqualTo(StepState.WAITING);
        assertThat(play.run.reason(a)).isEqualTo("retry 1 of 1 in 10s");
        assertThat(play.run.claim(a)).isEqualTo(2);
        assertThat(play.run.attempt(a)).isEqualTo(2);
        assertThat(play.run.due(a)).contains(Play.T0.plusSeconds(10));
        assertThat(play.send(new Event.Due(a)).isEmpty()).as("not due yet").isTrue();
        play.pass(Duration.ofSeconds(10));
        play.send(new Event.Due(a));
        assertThat(play.run.state(a)).isEqualTo(StepState.BLOCKED);
        play.fail("a");
        assertThat(play.run.state(a)).isEqualTo(StepState.FAILED);
        assertThat(play.run.reason(a)).isEqualTo("exit: exit code 1");
    }

    @Test
    void retry_without_delay_is_ready_at_once() {
        var play = Play.started(new WorkflowBuilder().step("a", s -> s.retries(2, Duration.ZERO)));
        play.fail("a");
        assertThat(play.state("a")).isEqualTo(StepState.BLOCKED);
        assertThat(play.run.reason(play.key("a"))).isEqualTo("retry 1 of 2, waits for a free slot on queue default");
    }

    @Test
    void failure_that_cannot_be_helped_is_not_retried() {
        var play = Play.started(new WorkflowBuilder().step("a", s -> s.retries(2, Duration.ZERO)));
        play.report(play.key("a"), new Report.Failed("output", "'rows' is missing", Optional.empty(), false));
        assertThat(play.state("a")).isEqualTo(StepState.FAILED);
    }

    @Test
    void timed_out_attempt_is_retried_and_then_ends_timed_out() {
        var play = Play.started(new WorkflowBuilder().step("a", s -> s.retries(1, Duration.ZERO)));
        play.report(play.key("a"), new Report.TimedOut("took longer than 1h"));
        assertThat(play.run.attempt(play.key("a"))).isEqualTo(2);
        play.report(play.key("a"), new Report.TimedOut("took longer than 1h"));
        assertThat(play.state("a")).isEqualTo(StepState.TIMED_OUT);
        assertThat(play.run.state()).isEqualTo(RunState.FAILED);
    }

    @Test
    void on_error_warn_counts_as_success_downstream() {
        var play = Play.started(new WorkflowBuilder().step("a", s -> s.warn()).step("b", s -> s.needs("a")));
        play.fail("a");
        assertThat(play.state("a")).isEqualTo(StepState.WARNED);
        play.succeed("b");
        assertThat(play.run.state()).isEqualTo(RunState.WARNED);
        assertThat(play.run.reason()).isEqualTo("warned: a");
    }

    @Test
    void when_that_is_false_skips_and_one_that_fails_fails_the_step_without_retry() {
        var play = Play.started(new WorkflowBuilder()
                .step("no", s -> s.when(Literal.of(false)))
                .step("bad", s -> s.when(Literal.failing("no such key: rows")).retries(3, Duration.ZERO))
                .step("odd", s -> s.when(Literal.of("yes"))));
        assertThat(play.state("no")).isEqualTo(StepState.SKIPPED);
        assertThat(play.state("bad")).isEqualTo(StepState.FAILED);
        assertThat(play.run.reason(play.key("bad"))).isEqualTo("expression: when: no such key: rows");
        assertThat(play.state("odd")).isEqualTo(StepState.FAILED);
        assertThat(play.run.state()).isEqualTo(RunState.FAILED);
    }

    @Test
    void ask_again_waits_under_a_raised_claim_and_the_same_attempt() {
        var play = Play.started(new WorkflowBuilder().step("a"));
        var a = play.key("a");
        play.begin(a);
        play.report(a, ASK_AGAIN);
        assertThat(play.run.state(a)).isEqualTo(StepState.WAITING);
        assertThat(play.run.reason(a)).isEqualTo("waits for the job");
        assertThat(play.run.claim(a)).isEqualTo(2);
        assertThat(play.run.attempt(a)).isEqualTo(1);
        play.pass(Duration.ofSeconds(5));
        play.send(new Event.Due(a));
        assertThat(play.run.state(a)).isEqualTo(StepState.BLOCKED);
        assertThat(play.run.claim(a)).isEqualTo(2);
    }

    @Test
    void lost_claim_is_tried_again_without_counting_as_an_attempt() {
        var play = Play.started(new WorkflowBuilder().step("a"));
        var a = play.key("a");
        play.begin(a);
        play.send(new Event.Lost(a, 1, false));
        assertThat(play.run.state(a)).isEqualTo(StepState.BLOCKED);
        assertThat(play.run.claim(a)).isEqualTo(2);
        assertThat(play.run.attempt(a)).isEqualTo(1);
        assertThat(play.run.reason(a)).contains("waits for a free slot").contains("worker w1 was lost");
    }

    @Test
    void three_claims_lost_in_a_row_fail_the_step_even_with_retries_left() {
        var play = Play.started(new WorkflowBuilder().step("a", s -> s.retries(9, Duration.ZERO)));
        var a = play.key("a");
        for (var claim = 1; claim <= 2; claim++) {
            play.begin(a);
            play.send(new Event.Lost(a, claim, false));
        }
        play.begin(a);
        play.send(new Event.Lost(a, 3, true));
        assertThat(play.run.state(a))
                .as("a worker that came back breaks the row")
                .isEqualTo(StepState.BLOCKED);
        for (var claim = 4; claim <= 6; claim++) {
            play.begin(a);
            play.send(new Event.Lost(a, claim, false));
        }
        assertThat(play.run.state(a)).isEqualTo(StepState.FAILED);
        assertThat(play.run.reason(a)).startsWith("lost: 3 workers in a row").contains("likely kills its workers");
    }

    @Test
    void report_that_overtakes_the_news_of_running_counts() {
        var play = Play.started(new WorkflowBuilder().step("a"));
        play.report(play.key("a"), Play.success("x", 1));
        assertThat(play.run.state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void report_of_an_old_claim_changes_nothing() {
        var play = Play.started(new WorkflowBuilder().step("a"));
        var a = play.key("a");
        play.begin(a);
        play.send(new Event.Lost(a, 1, false));
        assertThat(play.decide(new Event.Reported(a, 1, Play.success("x", 1))).isEmpty())
                .isTrue();
    }

    @Test
    void long_chain_of_upstream_failures_needs_no_stack() {
        var workflow = new WorkflowBuilder().step("s0");
        for (var i = 1; i < 10_000; i++) {
            var upstream = "s" + (i - 1);
            workflow.step("s" + i, s -> s.needs(upstream));
        }
        var play = Play.started(workflow);
        play.fail("s0");
        assertThat(play.state("s9999")).isEqualTo(StepState.UPSTREAM_FAILED);
        assertThat(play.run.state()).isEqualTo(RunState.FAILED);
    }

    @Test
    void priority_of_a_step_is_added_to_the_runs() {
        var play = Play.started(new WorkflowBuilder().step("a", s -> s.priority(7)));
        assertThat(play.run.priority(0)).isEqualTo(7);
    }
}
