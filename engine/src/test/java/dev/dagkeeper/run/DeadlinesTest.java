package dev.dagkeeper.run;

import static dev.dagkeeper.run.Play.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.workflow.Deadline.Action;
import dev.dagkeeper.workflow.Deadline.From;
import dev.dagkeeper.workflow.Scope;
import dev.dagkeeper.workflow.Step.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When deadlines strike, and what becomes of the run then. */
class DeadlinesTest {
    private static final Instant FIRE = T0.minusSeconds(600);
    private static final Instant CREATED = T0.minusSeconds(60);

    private static Play late(Action action) {
        var play = Play.started(new WorkflowBuilder()
                .step("runs")
                .step("later", s -> s.needs("runs"))
                .hook(Phase.ON_FAILURE, "page")
                .hook(Phase.ALWAYS, "tidy")
                .deadline(From.SCHEDULED, Duration.ofHours(1), action));
        play.begin(play.key("runs"));
        return play;
    }

    @Test
    void deadlines_count_from_the_fire_from_the_creation_and_once_it_is_known_from_the_start() {
        var workflow = new WorkflowBuilder()
                .step("a")
                .deadline(From.STARTED, Duration.ofSeconds(1), Action.FAIL)
                .deadline(From.QUEUED, Duration.ofSeconds(2), Action.CANCEL)
                .deadline(From.SCHEDULED, Duration.ofSeconds(3), Action.ALERT)
                .build();
        var header = Play.header();
        var facts = new Scope.RunFacts("r", "test", 1, FIRE, FIRE, FIRE, "nightly");
        var fired = new RunHeader(header.id(), 1, "default", facts, 0, Map.of(), CREATED, Optional.empty());
        var run = ActiveRun.created(fired, workflow);
        var queued = new Deadlines.Due(1, CREATED.plusSeconds(2));
        var scheduled = new Deadlines.Due(2, FIRE.plusSeconds(3));
        assertThat(Deadlines.due(run, Optional.empty())).containsExactly(queued, scheduled);
        var started = new Deadlines.Due(0, T0.plusSeconds(1));
        assertThat(Deadlines.due(run, Optional.of(T0))).containsExactly(started, queued, scheduled);
        assertThat(Deadlines.dueOnceStarted(run, T0)).containsExactly(started);
        run.restoreStruck(List.of(0, 2));
        assertThat(Deadlines.due(run, Optional.of(T0))).containsExactly(queued);
        assertThat(Deadlines.dueOnceStarted(run, T0)).isEmpty();
    }

    @Test
    void alert_leaves_the_run_as_it_is() {
        var play = late(Action.ALERT);
        var decision = play.send(new Event.DeadlinePassed(0));
        assertThat(decision.changes())
                .containsExactly(new Change.DeadlineStruck(0, "not ended 1h after its scheduled time"));
        assertThat(play.run.state()).isEqualTo(RunState.RUNNING);
        assertThat(play.run.reason()).isEmpty();
        play.succeed("runs");
        play.begin(play.key("later"));
        play.succeed("later");
        play.succeed("always.tidy");
        assertThat(play.run.state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void cancel_ends_the_run_as_an_operator_does() {
        var play = late(Action.CANCEL);
        var decision = play.send(new Event.DeadlinePassed(0));
        assertThat(decision.changes().getFirst()).isInstanceOf(Change.DeadlineStruck.class);
        assertThat(decision.changes()).contains(new Change.StopRequested(play.key("runs"), 1, false));
        assertThat(play.run.state()).isEqualTo(RunState.CANCELLING);
        play.report(play.key("runs"), new Report.Cancelled());
        assertThat(play.state("later")).isEqualTo(StepState.CANCELLED);
        assertThat(play.state("on-failure.page")).isEqualTo(StepState.SKIPPED);
        play.succeed("always.tidy");
        assertThat(play.run.state()).isEqualTo(RunState.CANCELLED);
        assertThat(play.run.reason()).isEqualTo("cancelled by deadline: not ended 1h after its scheduled time");
    }

    @Test
    void fail_ends_the_steps_and_the_hooks_for_a_failure_run() {
        var play = late(Action.FAIL);
        play.send(new Event.DeadlinePassed(0));
        play.report(play.key("runs"), new Report.Cancelled());
        assertThat(play.state("later")).isEqualTo(StepState.CANCELLED);
        play.succeed("on-failure.page");
        play.succeed("always.tidy");
        assertThat(play.run.state()).isEqualTo(RunState.FAILED);
        assertThat(play.run.reason()).isEqualTo("deadline: not ended 1h after its scheduled time");
    }

    @Test
    void run_that_nobody_has_begun_can_be_ended_by_its_deadline() {
        for (var action : new Action[] {Action.CANCEL, Action.FAIL}) {
            var play = new Play(new WorkflowBuilder()
                    .step("never")
                    .deadline(From.QUEUED, Duration.ofMinutes(90), action)
                    .build());
            play.send(new Event.DeadlinePassed(0));
            assertThat(play.run.state()).isEqualTo(action == Action.FAIL ? RunState.FAILED : RunState.CANCELLED);
            assertThat(play.run.reason()).endsWith("deadline: not ended 90m after it was created");
            assertThat(play.state("never")).isEqualTo(StepState.CANCELLED);
        }
    }

    @Test
    void each_strikes_once_and_only_while_main_steps_are_open() {
        var play = late(Action.ALERT);
        play.twice = true;
        play.send(new Event.DeadlinePassed(0));
        play.twice = false;
        var restored = late(Action.ALERT);
        restored.run.restoreStruck(List.of(0));
        assertThat(restored.send(new Event.DeadlinePassed(0)).isEmpty()).isTrue();
        var ending = late(Action.FAIL);
        ending.succeed("runs");
        ending.begin(ending.key("later"));
        ending.succeed("later");
        assertThat(ending.run.reason()).isEqualTo("hooks");
        assertThat(ending.send(new Event.DeadlinePassed(0)).isEmpty()).isTrue();
    }

    @Test
    void cancelled_run_that_does_not_end_is_still_alerted() {
        var play = late(Action.ALERT);
        play.send(new Event.CancelRequested(false, "ann"));
        assertThat(play.send(new Event.DeadlinePassed(0)).changes()).hasSize(1);
        assertThat(play.run.reason()).isEqualTo("cancelled by ann");
    }
}
