package dev.dagkeeper.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.workflow.Workflow;
import dev.dagkeeper.workflow.Workflow.OnStepFailure;
import java.util.HashSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Random workflows with random outcomes in random orders of events: after every event the decisions and the reference
 * model must show the same states.
 *
 * <p>To play one workflow again, with the seed that a failure names:
 * {@code mvn -pl engine test -Dtest=ReferenceModelTest -Ddagkeeper.seed=123}.
 */
class ReferenceModelTest {
    private static final int ORDERS = 20;

    @Test
    void both_agree_and_final_states_do_not_depend_on_the_order_under_finish_independent() {
        for (var seed : seeds(0, 850)) {
            var workflow = new RandomWorkflow(seed, true).draw(OnStepFailure.FINISH_INDEPENDENT);
            var ends = new HashSet<Object>();
            for (var order = 0; order < ORDERS; order++) {
                var interrupted = order >= ORDERS - 2;
                var played = play(workflow, seed, 0.3, order, interrupted);
                if (!interrupted) {
                    ends.add(played.ends());
                    ends.add(played.play.run.state());
                }
            }
            assertThat(ends)
                    .as("ends of seed %d over all orders: states, and the verdict", seed)
                    .hasSize(2);
        }
    }

    @Test
    void both_agree_when_a_failure_stops_the_run() {
        for (var seed : seeds(1_000, 1_850)) {
            var workflow = new RandomWorkflow(seed, true).draw(stopping(seed));
            for (var order = 0; order < ORDERS; order++) {
                play(workflow, seed, 0.3, order, order >= ORDERS - 2);
            }
        }
    }

    @Test
    void verdict_does_not_depend_on_the_order_when_a_failure_stops_the_run_and_nothing_handles_it() {
        for (var seed : seeds(2_000, 2_300)) {
            var workflow = new RandomWorkflow(seed, false).draw(stopping(seed));
            var verdicts = new HashSet<RunState>();
            for (var order = 0; order < ORDERS; order++) {
                verdicts.add(play(workflow, seed, 0.2, order, false).play.run.state());
            }
            assertThat(verdicts).as("verdicts of seed %d", seed).hasSize(1);
        }
    }

    private static RandomOrder play(Workflow workflow, long seed, double failures, int order, boolean interrupted) {
        var played = new RandomOrder(workflow, seed, failures, seed * ORDERS + order, interrupted);
        try {
            played.playToTheEnd();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed + ", order " + order + " (again: -Ddagkeeper.seed=" + seed + ")\n"
                            + describe(workflow) + played.play.history,
                    e);
        }
        return played;
    }

    private static String describe(Workflow workflow) {
        var text = new StringBuilder().append(workflow.onStepFailure()).append('\n');
        for (var step : workflow.steps()) {
            text.append(step.ordinal()).append(' ').append(step.displayName());
            text.append(" needs ").append(step.needs()).append(' ').append(step.join());
            step.when().ifPresent(when -> text.append(" when ").append(when.text()));
            step.foreach().ifPresent(foreach -> text.append(' ').append(foreach));
            text.append(" retry ")
                    .append(step.retry().max())
                    .append(' ')
                    .append(step.onError())
                    .append('\n');
        }
        return text.toString();
    }

    private static OnStepFailure stopping(long seed) {
        return seed % 2 == 0 ? OnStepFailure.FINISH_RUNNING : OnStepFailure.FAIL_FAST;
    }

    private static long[] seeds(long from, long to) {
        var one = Long.getLong("dagkeeper.seed");
        return LongStream.range(from, to)
                .filter(seed -> one == null || seed == one)
                .toArray();
    }
}
