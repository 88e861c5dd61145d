package dev.dagkeeper.history;

import static dev.dagkeeper.history.Samples.NOW;
import static dev.dagkeeper.history.Samples.number;
import static dev.dagkeeper.history.Samples.recorded;
import static dev.dagkeeper.history.Samples.step;
import static dev.dagkeeper.history.Samples.steps;
import static dev.dagkeeper.history.Samples.succeeded;
import static dev.dagkeeper.history.Samples.text;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.RunWrites.LostAttempt;
import dev.dagkeeper.history.RunWrites.NewInstances;
import dev.dagkeeper.history.WorkerStore.UpstreamRow;
import dev.dagkeeper.run.Report;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

/** What workers rely on. */
public abstract class WorkerStoreContract extends HistoryContract {
    @Test
    void a_raised_claim_forgets_the_report_and_a_new_attempt_what_was_to_be_resumed() {
        var run = created(1);
        var key = new StepKey(run, 0, StepKey.WHOLE);
        var again = new WorkerStore.Recorded(
                key,
                1,
                1,
                "worker~1",
                new Report.AskAgain(NOW.plusSeconds(9), "polls"),
                Optional.empty(),
                Optional.of(text("cursor")),
                NOW,
                NOW,
                List.of());
        assertThat(worker.record(List.of(again))).containsExactly(key);
        assertThat(row(key).report()).contains(again.report());
        leader.write(epoch, steps(step(key, StepState.WAITING, 2)));
        assertThat(row(key).report()).isEmpty();
        assertThat(requireNonNull(worker.extras(List.of(key)).get(key)).state()).contains(text("cursor"));
        leader.write(epoch, steps(step(key, StepState.WAITING, 3, 2)));
        assertThat(requireNonNull(worker.extras(List.of(key)).get(key)).state()).isEmpty();
    }

    @Test
    void the_fixed_part_of_a_run_is_read_as_it_was_created() {
        var run = Samples.run(1);
        create(run);
        assertThat(worker.header(run.header().id())).contains(run.header());
        assertThat(worker.header(Samples.IDS.next())).isEmpty();
    }

    @Test
    void recording_twice_is_recording_once() {
        var key = key();
        assertThat(worker.record(List.of(succeeded(key, 1)))).containsExactly(key);
        assertThat(worker.record(List.of(succeeded(key, 1)))).containsExactly(key);
        assertThat(worker.record(List.of(recorded(key, 1, new Report.Cancelled()))))
                .containsExactly(key);
        assertThat(leader.outputs(key.run(), List.of(0))).isEqualTo(Map.of(key, Map.of("rows", number(42))));
        assertThat(attempts(key)).hasSize(1);
    }

    @Test
    void a_result_stands_recorded_after_the_leader_went_on_to_the_next_claim() {
        var key = key();
        var failed = new Report.Failed("exit", "no", Optional.of(1), true);
        worker.record(List.of(recorded(key, 1, failed)));
        leader.write(epoch, steps(step(key, StepState.WAITING, 2, 2)));
        assertThat(worker.record(List.of(recorded(key, 1, failed)))).containsExactly(key);
        assertThat(attempts(key)).hasSize(1);
    }

    @Test
    void a_result_under_an_old_claim_is_refused() {
        var key = key();
        leader.write(epoch, steps(step(key, StepState.QUEUED, 2)));
        assertThat(worker.record(List.of(succeeded(key, 1)))).isEmpty();
        assertThat(leader.outputs(key.run(), List.of(0))).isEmpty();
        assertThat(attempts(key)).isEmpty();
        assertThat(worker.record(List.of(succeeded(key, 2)))).containsExactly(key);
    }

    @Test
    void a_result_for_a_final_step_is_refused() {
        var key = key();
        leader.write(epoch, steps(step(key, StepState.CANCELLED, 1)));
        assertThat(worker.record(List.of(succeeded(key, 1)))).isEmpty();
        assertThat(row(key).state()).isEqualTo(StepState.CANCELLED);
    }

    @Test
    void of_many_results_only_those_that_stand_are_recorded() {
        var keys = keys(200);
        leader.write(epoch, steps(step(keys.get(7), StepState.QUEUED, 2), step(keys.get(150), StepState.SKIPPED, 1)));
        var results = new ArrayList<WorkerStore.Recorded>();
        keys.reversed().forEach(key -> results.add(succeeded(key, 1)));
        assertThat(worker.record(results))
                .hasSize(198)
                .doesNotContain(keys.get(7), keys.get(150))
                .contains(keys.getFirst(), keys.getLast());
    }

    @Test
    void standing_claims_are_current_unreported_and_not_final() {
        var keys = keys(4);
        leader.write(epoch, steps(step(keys.get(1), StepState.QUEUED, 2), step(keys.get(2), StepState.SKIPPED, 1)));
        worker.record(List.of(succeeded(keys.get(3), 1)));
        assertThat(worker.standing(Map.of(keys.get(0), 1, keys.get(1), 1, keys.get(2), 1, keys.get(3), 1)))
                .containsExactly(keys.get(0));
    }

    @Test
    void upstream_outputs_of_a_foreach_are_lists_in_item_order_without_those_that_gave_none() {
        var run = keys(3).getFirst().run();
        var items = IntStream.range(0, 11).mapToObj(Samples::number);
        leader.write(
                epoch,
                new RunWrites(
                        List.of(),
                        List.of(new NewInstances(run, 1, "step_1", items.toList(), "waits")),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        true));
        var plain = new StepKey(run, 0, StepKey.WHOLE);
        worker.record(List.of(succeeded(plain, 1), output(run, 10), output(run, 2), output(run, 5)));
        leader.write(
                epoch,
                steps(
                        step(plain, StepState.SUCCEEDED, 1),
                        step(new StepKey(run, 1, StepKey.WHOLE), StepState.WARNED, 1),
                        step(new StepKey(run, 1, 10), StepState.SUCCEEDED, 1),
                        step(new StepKey(run, 1, 2), StepState.SUCCEEDED, 1),
                        step(new StepKey(run, 1, 5), StepState.CANCELLED, 1),
                        step(new StepKey(run, 1, 3), StepState.FAILED, 1)));
        var list = JsonNodeFactory.instance.arrayNode().add(2).add(10);
        assertThat(worker.upstreams(run, List.of(0, 1, 2)))
                .isEqualTo(Map.of(
                        0, new UpstreamRow("succeeded", Map.of("rows", number(42))),
                        1, new UpstreamRow("warned", Map.of("n", list)),
                        2, new UpstreamRow("pending", Map.of())));
        assertThat(worker.extras(List.of(new StepKey(run, 1, 5), plain)))
                .isEqualTo(Map.of(
                        new StepKey(run, 1, 5),
                        new WorkerStore.Extras(Optional.of(number(5)), Optional.empty()),
                        plain,
                        new WorkerStore.Extras(Optional.empty(), Optional.empty())));
    }

    @Test
    void the_result_of_a_claim_called_lost_is_refused() {
        var key = key();
        var lost = new LostAttempt(key, 1, 1, Optional.of("worker~1"), NOW, "worker is gone");
        assertThat(leader.write(epoch, lost(lost, step(key, StepState.BLOCKED, 2))))
                .isTrue();
        assertThat(worker.record(List.of(succeeded(key, 1)))).isEmpty();
        assertThat(worker.standing(Map.of(key, 1))).isEmpty();
        assertThat(attempts(key)).containsExactly("lost");
    }

    private static WorkerStore.Recorded output(RunId run, int index) {
        return recorded(new StepKey(run, 1, index), 1, new Report.Succeeded(Map.of("n", number(index))));
    }
}
