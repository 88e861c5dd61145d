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

import dev.dagkeeper.history.AlertWrites.NewAlert;
import dev.dagkeeper.history.AlertWrites.StruckDeadline;
import dev.dagkeeper.history.RunWrites.CommandOutcome;
import dev.dagkeeper.history.RunWrites.LostAttempt;
import dev.dagkeeper.history.RunWrites.NewInstances;
import dev.dagkeeper.run.Report;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepSnapshot;
import dev.dagkeeper.run.StepState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What leaders rely on. */
public abstract class LeaderStoreContract extends HistoryContract {
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
        assertThat(leader.begunRuns()).doesNotContain(run.header().id());
        assertThat(ids(leader.newRuns())).contains(run.header().id());
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
        assertThat(leader.begunRuns()).doesNotContain(run);
        assertThat(ids(leader.queuedRuns())).doesNotContain(run);
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
        assertThat(leader.begunRuns()).contains(first).doesNotContain(second);
        assertThat(ids(leader.queuedRuns())).contains(second).doesNotContain(first);
    }

    @Test
    void a_run_that_was_told_to_wait_is_queued_but_not_new() {
        var first = created(1);
        var second = created(1);
        leader.write(epoch, Samples.runs(waiting(second)));
        assertThat(ids(leader.newRuns())).contains(first).doesNotContain(second);
        assertThat(leader.queuedRuns()).anySatisfy(run -> {
            assertThat(run.id()).isEqualTo(second);
            assertThat(run.waits()).isTrue();
            assertThat(run.group()).isEmpty();
        });
        assertThat(ids(leader.queuedRuns())).containsSubsequence(first, second);
    }

    private static RunWrites.RunWrite waiting(RunId run) {
        return new RunWrites.RunWrite(
                run,
                RunState.QUEUED,
                "waits for a place in group g",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static List<RunId> ids(List<LeaderStore.QueuedRun> runs) {
        return runs.stream().map(LeaderStore.QueuedRun::id).toList();
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

    @Test
    void a_deadline_strikes_and_alerts_once_whoever_writes_it() {
        var run = created(1);
        var other = created(1);
        assertThat(leader.load(List.of(run)).getFirst().struck()).isEmpty();
        assertThat(leader.write(epoch, struck(run, 1, "late"))).isTrue();
        epoch = leader.raiseEpoch();
        assertThat(leader.write(epoch, struck(run, 1, "late again"))).isTrue();
        assertThat(leader.write(epoch, struck(run, 0, "much too late"))).isTrue();
        assertThat(leader.write(epoch - 1, struck(run, 2, "not the leader's"))).isFalse();
        assertThat(leader.load(List.of(run)).getFirst().struck()).containsExactlyInAnyOrder(0, 1);
        assertThat(leader.load(List.of(other)).getFirst().struck()).isEmpty();
        assertThat(alerts(run)).containsExactly("late", "much too late");
    }

    private static RunWrites struck(RunId run, int deadline, String subject) {
        var id = NewAlert.idFor("deadline", run + " " + deadline);
        var alert = new NewAlert(id, NOW, "deadline", "default", "w", Optional.of(run), subject, number(1));
        var alerts = new AlertWrites(List.of(new StruckDeadline(run, deadline, NOW)), List.of(alert));
        return new RunWrites(
                List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), FireWrites.NONE, alerts, true);
    }

    private static RunWrites instances(NewInstances instances) {
        return new RunWrites(List.of(), List.of(instances), List.of(), List.of(), List.of(), List.of(), true);
    }
}
