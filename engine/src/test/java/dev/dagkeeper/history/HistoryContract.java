package dev.dagkeeper.history;

import static dev.dagkeeper.history.Samples.NOTHING;
import static dev.dagkeeper.history.Samples.NOW;
import static dev.dagkeeper.history.Samples.event;
import static dev.dagkeeper.history.Samples.events;
import static dev.dagkeeper.history.Samples.number;
import static dev.dagkeeper.history.Samples.recorded;
import static dev.dagkeeper.history.Samples.step;
import static dev.dagkeeper.history.Samples.steps;
import static dev.dagkeeper.history.Samples.succeeded;
import static dev.dagkeeper.history.Samples.text;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dagkeeper.history.RunWrites.CommandOutcome;
import dev.dagkeeper.history.RunWrites.LostAttempt;
import dev.dagkeeper.history.RunWrites.NewInstances;
import dev.dagkeeper.history.RunWrites.StepWrite;
import dev.dagkeeper.history.WorkerStore.UpstreamRow;
import dev.dagkeeper.run.Report;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepSnapshot;
import dev.dagkeeper.run.StepState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What leaders and workers rely on in their stores, whatever keeps the rows: the simulation is worth something only as long as its
 * memory behaves as Postgres does.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class HistoryContract {
    private LeaderStore leader;
    private WorkerStore worker;
    private long epoch;

    /** The stores under test, over the same rows. */
    public record Stores(LeaderStore leader, WorkerStore worker) {}

    /** Opens the stores; called once. */
    protected abstract Stores open();

    /** Stores a run, as the api does. */
    protected abstract void create(NewRun run);

    /** Stores a command, as the api does; its id. */
    protected abstract long command(RunId run, String kind, String by);

    /** Results of the attempts of a step, in the order of their claims. */
    protected abstract List<String> attempts(StepKey key);

    @BeforeAll
    void openStores() {
        var stores = open();
        leader = stores.leader();
        worker = stores.worker();
    }

    @BeforeEach
    void elect() {
        epoch = leader.raiseEpoch();
    }

    private RunId created(int steps) {
        var run = Samples.run(steps);
        create(run);
        return run.header().id();
    }

    private List<StepKey> keys(int steps) {
        var run = created(steps);
        return IntStream.range(0, steps)
                .mapToObj(step -> new StepKey(run, step, StepKey.WHOLE))
                .toList();
    }

    private StepKey key() {
        return keys(1).getFirst();
    }

    private StepSnapshot row(StepKey key) {
        return leader.load(List.of(key.run())).getFirst().steps().stream()
                .filter(step -> step.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_created_run_is_loaded_with_all_its_steps_pending() {
        var run = Samples.run(3);
        create(run);
        var loaded = leader.load(List.of(run.header().id())).getFirst();
        assertThat(loaded.header()).isEqualTo(run.header());
        assertThat(loaded.state()).isEqualTo(RunState.QUEUED);
        assertThat(loaded.lastSeq()).isZero();
        assertThat(loaded.steps()).hasSize(3).allSatisfy(step -> {
            assertThat(step.state()).isEqualTo(StepState.PENDING);
            assertThat(step.claim()).isEqualTo(1);
            assertThat(step.attempt()).isEqualTo(1);
            assertThat(step.report()).isEmpty();
        });
        assertThat(leader.activeRuns()).contains(run.header().id());
        assertThat(leader.queuedRuns()).contains(run.header().id());
    }

    @Test
    void a_transaction_under_an_old_epoch_writes_nothing() {
        var run = created(1);
        var key = new StepKey(run, 0, StepKey.WHOLE);
        var old = epoch;
        epoch = leader.raiseEpoch();
        assertThat(epoch).isEqualTo(old + 1);
        assertThat(leader.write(
                        old,
                        new RunWrites(
                                List.of(step(key, StepState.BLOCKED, 1)),
                                List.of(),
                                List.of(),
                                List.of(Samples.run(run, RunState.RUNNING)),
                                List.of(event(run, 1)),
                                List.of(),
                                false)))
                .isFalse();
        assertThat(row(key).state()).isEqualTo(StepState.PENDING);
        assertThat(leader.load(List.of(run)).getFirst().state()).isEqualTo(RunState.QUEUED);
        assertThat(leader.load(List.of(run)).getFirst().lastSeq()).isZero();
        // The connection is as good as before.
        assertThat(leader.write(epoch, steps(step(key, StepState.BLOCKED, 1)))).isTrue();
    }

    @Test
    void an_empty_round_still_tells_whether_the_epoch_is_current() {
        assertThat(leader.write(epoch, NOTHING)).isTrue();
        assertThat(leader.write(epoch + 1, NOTHING)).isFalse();
        assertThat(leader.write(epoch - 1, NOTHING)).isFalse();
    }

    @Test
    void a_round_that_fails_half_way_writes_nothing_and_leaves_the_connection_usable() {
        var run = created(1);
        var key = new StepKey(run, 0, StepKey.WHOLE);
        leader.write(epoch, events(event(run, 1)));
        assertThatThrownBy(() -> leader.write(
                        epoch,
                        new RunWrites(
                                List.of(step(key, StepState.BLOCKED, 1)),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(event(run, 1)),
                                List.of(),
                                true)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("event");
        assertThat(row(key).state()).isEqualTo(StepState.PENDING);
        assertThat(leader.write(epoch, steps(step(key, StepState.BLOCKED, 1)))).isTrue();
    }

    @Test
    void a_final_state_never_changes() {
        var run = created(1);
        var key = new StepKey(run, 0, StepKey.WHOLE);
        leader.write(epoch, steps(step(key, StepState.SKIPPED, 1)));
        leader.write(epoch, steps(step(key, StepState.SUCCEEDED, 2)));
        assertThat(row(key).state()).isEqualTo(StepState.SKIPPED);
        assertThat(row(key).claim()).isEqualTo(1);
        leader.write(epoch, Samples.runs(Samples.run(run, RunState.FAILED)));
        leader.write(epoch, Samples.runs(Samples.run(run, RunState.SUCCEEDED)));
        assertThat(leader.load(List.of(run))).isEmpty();
        assertThat(leader.activeRuns()).doesNotContain(run);
    }

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
    void reports_are_heard_for_current_claims_only_and_with_outputs_on_request() {
        var run = created(4);
        var keys = java.util.stream.IntStream.range(0, 4)
                .mapToObj(i -> new StepKey(run, i, StepKey.WHOLE))
                .toList();
        var failed = new Report.Failed("exit", "it broke", Optional.of(3), false);
        worker.record(List.of(succeeded(keys.get(0), 1), recorded(keys.get(1), 1, failed), succeeded(keys.get(2), 1)));
        leader.write(epoch, steps(step(keys.get(2), StepState.BLOCKED, 2)));
        var claims = Map.of(keys.get(0), 1, keys.get(1), 1, keys.get(2), 1, keys.get(3), 1);
        var heard = leader.reports(claims, List.of());
        assertThat(heard).containsOnlyKeys(keys.get(0), keys.get(1));
        assertThat(requireNonNull(heard.get(keys.get(0))).report()).isEqualTo(new Report.Succeeded(Map.of()));
        assertThat(heard.get(keys.get(1)))
                .isEqualTo(new LeaderStore.Heard(1, failed, "worker~1", NOW, NOW.plusSeconds(1)));
        assertThat(requireNonNull(leader.reports(claims, List.of(keys.get(0))).get(keys.get(0)))
                        .report())
                .isEqualTo(new Report.Succeeded(Map.of("rows", number(42))));
        assertThat(leader.outputs(run, List.of(0, 1, 2))).isEqualTo(Map.of(keys.get(0), Map.of("rows", number(42))));
    }

    @Test
    void a_claim_that_was_recorded_in_the_meantime_cannot_be_called_lost() {
        var run = created(1);
        var key = new StepKey(run, 0, StepKey.WHOLE);
        assertThat(worker.record(List.of(succeeded(key, 1)))).containsExactly(key);
        var lost = new LostAttempt(key, 1, 1, Optional.of("worker~1"), NOW, "worker is gone");
        assertThatThrownBy(() -> leader.write(epoch, lost(lost, step(key, StepState.BLOCKED, 2))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("called lost");
        assertThat(row(key).claim()).isEqualTo(1);
        assertThat(row(key).report()).isPresent();
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

    private static WorkerStore.Recorded output(RunId run, int index) {
        return recorded(new StepKey(run, 1, index), 1, new Report.Succeeded(Map.of("n", number(index))));
    }

    @Test
    void of_several_writes_to_one_row_in_a_round_the_last_counts() {
        var key = key();
        leader.write(epoch, steps(step(key, StepState.QUEUED, 1), step(key, StepState.RUNNING, 1)));
        assertThat(row(key).state()).isEqualTo(StepState.RUNNING);
    }

    @Test
    void a_write_under_a_lower_claim_than_the_rows_changes_nothing() {
        var key = key();
        leader.write(epoch, steps(step(key, StepState.BLOCKED, 3)));
        leader.write(epoch, steps(step(key, StepState.RUNNING, 2)));
        assertThat(row(key).state()).isEqualTo(StepState.BLOCKED);
        assertThat(row(key).claim()).isEqualTo(3);
    }

    @Test
    void a_begun_run_is_active_but_not_queued() {
        var first = created(1);
        var second = created(1);
        leader.write(epoch, Samples.runs(Samples.run(first, RunState.RUNNING)));
        assertThat(leader.activeRuns()).containsSubsequence(first, second);
        assertThat(leader.queuedRuns()).contains(second).doesNotContain(first);
    }

    @Test
    void runs_that_nobody_knows_are_left_out_of_what_is_loaded() {
        var run = created(1);
        assertThat(leader.load(List.of(Samples.IDS.next(), run)))
                .extracting(loaded -> loaded.header().id())
                .containsExactly(run);
    }

    @Test
    void instances_are_loaded_in_order_with_their_items_and_exist_once() {
        var run = created(1);
        var instances = instances(new NewInstances(run, 0, "step_0", List.of(text("eu"), text("us")), "waits"));
        assertThat(leader.write(epoch, instances)).isTrue();
        assertThat(leader.load(List.of(run)).getFirst().steps())
                .extracting(StepSnapshot::item)
                .containsExactly(Optional.empty(), Optional.of(text("eu")), Optional.of(text("us")));
        assertThatThrownBy(() -> leader.write(epoch, instances)).isInstanceOf(StoreException.class);
    }

    @Test
    void the_number_of_the_newest_event_is_loaded() {
        var run = created(1);
        leader.write(epoch, events(event(run, 1), event(run, 2)));
        leader.write(epoch, events(event(run, 7)));
        assertThat(leader.load(List.of(run)).getFirst().lastSeq()).isEqualTo(7);
    }

    @Test
    void commands_are_pending_in_order_until_they_have_an_outcome() {
        var run = created(1);
        var first = command(run, "cancel", "ada");
        var second = command(run, "kill", "ada");
        assertThat(leader.pendingCommands())
                .containsSubsequence(
                        new LeaderStore.PendingCommand(first, run, "cancel", "ada"),
                        new LeaderStore.PendingCommand(second, run, "kill", "ada"));
        var done = new RunWrites(
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(new CommandOutcome(first, true, "cancelling")),
                true);
        assertThat(leader.write(epoch, done)).isTrue();
        assertThat(leader.pendingCommands())
                .extracting(LeaderStore.PendingCommand::id)
                .contains(second)
                .doesNotContain(first);
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

    @Test
    void every_kind_of_report_is_heard_as_it_was_recorded() {
        var reports = List.of(
                new Report.Succeeded(Map.of("rows", number(1))),
                new Report.Failed("exit", "it broke", Optional.of(3), true),
                new Report.Cancelled(),
                new Report.AskAgain(NOW.plusSeconds(9), "polls"));
        var keys = keys(reports.size());
        for (int i = 0; i < reports.size(); i++) {
            worker.record(List.of(recorded(keys.get(i), 1, reports.get(i))));
            var heard = leader.reports(Map.of(keys.get(i), 1), keys);
            assertThat(requireNonNull(heard.get(keys.get(i))).report()).isEqualTo(reports.get(i));
        }
        assertThat(keys.stream().flatMap(key -> attempts(key).stream()))
                .containsExactly("succeeded", "failed", "cancelled", "ask-again");
    }

    @Test
    void reasons_for_waiting_are_told_under_the_current_epoch_only() {
        var demand = "0".repeat(64);
        assertThat(leader.explain(epoch, true, Map.of(demand, "no worker"), List.of()))
                .isTrue();
        assertThat(leader.explain(epoch - 1, false, Map.of(demand, "pool"), List.of()))
                .isFalse();
        assertThat(leader.mayHaveLostWrites()).as("there was no crash").isFalse();
    }

    private static RunWrites lost(LostAttempt lost, StepWrite step) {
        return new RunWrites(List.of(step), List.of(), List.of(lost), List.of(), List.of(), List.of(), true);
    }

    private static RunWrites instances(NewInstances instances) {
        return new RunWrites(List.of(), List.of(instances), List.of(), List.of(), List.of(), List.of(), true);
    }
}
