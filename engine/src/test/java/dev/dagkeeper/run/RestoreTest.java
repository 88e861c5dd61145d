package dev.dagkeeper.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.Step.EdgeState;
import dev.dagkeeper.workflow.Step.Phase;
import dev.dagkeeper.workflow.ValueType;
import dev.dagkeeper.workflow.Workflow.OnStepFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What a new leader makes of stored rows. */
class RestoreTest {
    private static final List<OnStepFailure> MODES = List.of(OnStepFailure.values());

    /** To play one again: {@code -Ddagkeeper.seed=123}. */
    @Test
    void run_goes_on_the_same_whenever_its_leader_dies_and_whatever_is_heard_twice() {
        var one = Long.getLong("dagkeeper.seed");
        for (var seed = 5_000L; seed < 5_300; seed++) {
            if (one != null && one != seed) {
                continue;
            }
            var workflow = new RandomWorkflow(seed, true).draw(MODES.get((int) (seed % 3)));
            for (var order = 0; order < 8; order++) {
                var played = new RandomOrder(workflow, seed, 0.3, seed * 8 + order, order > 5);
                played.reloads = true;
                played.play.twice = true;
                try {
                    played.playToTheEnd();
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError("seed " + seed + ", order " + order + ", " + played.play.history, e);
                }
            }
        }
    }

    @Test
    void nothing_is_missing_from_a_run_that_was_stored_whole() {
        var play = Play.started(new WorkflowBuilder().step("a").step("b", s -> s.needs("a")));
        play.begin(play.key("a"));
        var again = new ActiveRun(play.run.header(), play.run.workflow(), RunState.RUNNING, "", Optional.empty());
        again.restore(play.snapshots(Map.of()));
        assertThat(new Decider().resume(again, play.now).isEmpty()).isTrue();
        assertThat(again.undecided()).isEmpty();
        assertThat(again.worker(play.key("a"))).contains(Play.WORKER);
    }

    @Test
    void recorded_but_undecided_result_is_decided_after_loading() {
        var play = Play.started(new WorkflowBuilder().step("a").step("b", s -> s.needs("a")));
        play.begin(play.key("a"));
        play.reload(play.snapshots(Map.of(play.key("a"), new Report.Succeeded(Map.of()))));
        assertThat(play.state("a")).isEqualTo(StepState.SUCCEEDED);
        assertThat(play.state("b")).isEqualTo(StepState.BLOCKED);
    }

    @Test
    void requests_to_stop_are_made_again() {
        var play = Play.started(new WorkflowBuilder().step("a"));
        play.begin(play.key("a"));
        play.send(new Event.CancelRequested(true, "ann"));
        play.history.clear();
        play.reload(play.snapshots(Map.of()));
        assertThat(play.history).containsExactly(new Change.StopRequested(play.key("a"), 1, true));
    }

    @Test
    void fail_fast_is_carried_on_without_ending_what_the_failure_called_for() {
        var play = Play.started(new WorkflowBuilder()
                .mode(OnStepFailure.FAIL_FAST)
                .step("bad")
                .step("slow")
                .step("repair", s -> s.need("bad", EdgeState.FAILED)));
        play.begin(play.key("slow"));
        play.fail("bad");
        play.begin(play.key("repair"));
        play.history.clear();
        play.reload(play.snapshots(Map.of()));
        assertThat(play.history).containsExactly(new Change.StopRequested(play.key("slow"), 1, false));
    }

    @Test
    void hooks_go_on_where_they_were() {
        var play = Play.started(
                new WorkflowBuilder().step("a").hook(Phase.ALWAYS, "h").hook(Phase.ALWAYS, "i", s -> s.needs("h")));
        play.fail("a");
        play.begin(play.key("always.h"));
        play.reload(play.snapshots(Map.of()));
        play.report(play.key("always.h"), new Report.Succeeded(Map.of()));
        play.succeed("always.i");
        assertThat(play.run.state()).isEqualTo(RunState.FAILED);
        assertThat(play.run.reason()).isEqualTo("failed: a");
    }

    @Test
    void outputs_and_items_that_decisions_read_survive() {
        var outputs = new ArrayList<String>();
        var readsAll = new Literal("steps.all.outputs.n", Set.of(0), scope -> {
            outputs.add(scope.steps().outputs(0).toString());
            return JsonNodeFactory.instance.booleanNode(true);
        });
        var readsItem = new Literal("item", Set.of(), scope -> {
            outputs.add(String.valueOf(scope.loop().get("item")));
            return JsonNodeFactory.instance.booleanNode(true);
        });
        var retry = new Step.Retry(1, Duration.ZERO, 1, Duration.ZERO, 0, Optional.of(readsItem));
        var play = Play.started(new WorkflowBuilder()
                .step(
                        "all",
                        s -> s.foreach(Literal.list(3))
                                .output("n", ValueType.Simple.INT)
                                .retry(retry))
                .step("sum", s -> s.needs("all").when(readsAll)));
        for (var i = 0; i < 2; i++) {
            play.begin(play.key("all", i));
            play.report(play.key("all", i), Play.success("n", 10 + i));
        }
        play.reload(play.snapshots(Map.of()));
        play.fail(play.key("all", 2));
        play.report(play.key("all", 2), Play.success("n", 12));
        assertThat(outputs).isEqualTo(List.of("2", "{n=[10,11,12]}"));
        assertThat(play.state("sum")).isEqualTo(StepState.BLOCKED);
    }

    @Test
    void outputs_of_a_recorded_but_undecided_result_are_loaded_with_it() {
        var seven = Map.<String, JsonNode>of("n", JsonNodeFactory.instance.numberNode(7));
        var isSeven = new Literal(
                "steps.measure.outputs.n == 7",
                Set.of(0),
                scope -> JsonNodeFactory.instance.booleanNode(
                        scope.steps().outputs(0).equals(seven)));
        var play = Play.started(new WorkflowBuilder()
                .step("measure", s -> s.output("n", ValueType.Simple.INT))
                .step("large", s -> s.needs("measure").when(isSeven)));
        play.begin(play.key("measure"));
        // As stores give them: reports come without outputs, and those of steps that are asked for come by themselves.
        var rows = play.snapshots(Map.of(play.key("measure"), new Report.Succeeded(Map.of()))).stream()
                .map(row -> row.key().equals(play.key("measure")) ? row.withOutputs(seven) : row)
                .toList();
        play.reload(rows);
        assertThat(play.state("large")).isEqualTo(StepState.BLOCKED);
    }
}
