package dev.dagkeeper.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ForeachTest {
    @Test
    void max_parallel_lets_the_rest_wait_with_a_reason_and_starts_them_in_item_order() {
        var play = Play.started(new WorkflowBuilder().step("all", s -> s.foreach(Literal.list(4), 2, false, 0)));
        assertThat(play.state("all")).isEqualTo(StepState.BLOCKED);
        assertThat(play.run.state(play.key("all", 1))).isEqualTo(StepState.BLOCKED);
        assertThat(play.run.state(play.key("all", 2))).isEqualTo(StepState.PENDING);
        assertThat(play.run.reason(play.key("all", 2))).isEqualTo("waits for one of 2 parallel instances to end");
        play.begin(play.key("all", 1));
        assertThat(play.state("all")).isEqualTo(StepState.RUNNING);
        play.succeed(play.key("all", 1));
        assertThat(play.run.state(play.key("all", 2))).isEqualTo(StepState.BLOCKED);
        assertThat(play.run.state(play.key("all", 3))).isEqualTo(StepState.PENDING);
    }

    @Test
    void empty_list_succeeds() {
        var play = Play.started(new WorkflowBuilder().step("all", s -> s.foreach(Literal.list(0))));
        assertThat(play.state("all")).isEqualTo(StepState.SUCCEEDED);
        assertThat(play.run.state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void as_many_failures_as_allowed_warn_and_one_more_fails() {
        for (var failures = 0; failures <= 2; failures++) {
            var play = Play.started(new WorkflowBuilder().step("all", s -> s.foreach(Literal.list(3), 9, false, 1)));
            for (var i = 0; i < 3; i++) {
                if (i < failures) {
                    play.fail(play.key("all", i));
                } else {
                    play.succeed(play.key("all", i));
                }
            }
            assertThat(play.state("all"))
                    .isEqualTo(
                            failures == 0 ? StepState.SUCCEEDED : failures == 1 ? StepState.WARNED : StepState.FAILED);
        }
    }

    @Test
    void fail_fast_ends_the_other_instances() {
        var play = Play.started(new WorkflowBuilder().step("all", s -> s.foreach(Literal.list(4), 3, true, 0)));
        play.begin(play.key("all", 1));
        play.fail(play.key("all", 0));
        assertThat(play.run.state(play.key("all", 2))).isEqualTo(StepState.CANCELLED);
        assertThat(play.run.state(play.key("all", 3))).isEqualTo(StepState.CANCELLED);
        assertThat(play.run.stopRequested(play.key("all", 1))).isTrue();
        assertThat(play.state("all")).isEqualTo(StepState.RUNNING);
        play.report(play.key("all", 1), new Report.Cancelled());
        assertThat(play.run.reason(play.key("all", 1))).isEqualTo("fail-fast: more than 0 instances failed");
        assertThat(play.state("all")).isEqualTo(StepState.FAILED);
        assertThat(play.run.reason(play.key("all"))).isEqualTo("1 of 4 instances failed");
    }

    @Test
    void on_error_warn_is_about_the_whole() {
        var play = Play.started(new WorkflowBuilder()
                .step("all", s -> s.foreach(Literal.list(1)).warn()));
        play.fail(play.key("all", 0));
        assertThat(play.run.state(play.key("all", 0))).isEqualTo(StepState.FAILED);
        assertThat(play.state("all")).isEqualTo(StepState.WARNED);
    }

    @Test
    void each_instance_has_its_own_retries() {
        var play = Play.started(new WorkflowBuilder()
                .step("all", s -> s.foreach(Literal.list(2)).retries(1, Duration.ZERO)));
        play.fail(play.key("all", 0));
        assertThat(play.run.attempt(play.key("all", 0))).isEqualTo(2);
        assertThat(play.run.attempt(play.key("all", 1))).isEqualTo(1);
        assertThat(play.state("all")).isEqualTo(StepState.RUNNING);
    }

    @Test
    void list_that_cannot_be_had_fails_the_step() {
        var play = Play.started(new WorkflowBuilder()
                .step("error", s -> s.foreach(Literal.failing("no such key: regions")))
                .step("text", s -> s.foreach(Literal.of("eu")))
                .step("huge", s -> s.foreach(Literal.list(100_001))));
        assertThat(play.run.reason(play.key("error"))).isEqualTo("expression: foreach.in: no such key: regions");
        assertThat(play.run.reason(play.key("text")))
                .isEqualTo("expression: foreach.in: expected a list, found STRING");
        assertThat(play.run.reason(play.key("huge"))).contains("100001 items are more than the 100000");
        assertThat(play.run.state()).isEqualTo(RunState.FAILED);
    }

    @Test
    void largest_list_is_taken() {
        var play = Play.started(new WorkflowBuilder().step("all", s -> s.foreach(Literal.list(100_000), 5, false, 0)));
        assertThat(play.run.instances(0)).isEqualTo(100_000);
    }

    @Test
    void the_step_as_a_whole_is_never_placed() {
        var play = Play.started(new WorkflowBuilder().step("all", s -> s.foreach(Literal.list(2))));
        assertThat(play.place(play.key("all")).isEmpty()).isTrue();
        play.run.forEachReady(key -> assertThat(key.index()).isNotNegative());
    }
}
