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

import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.history.RunWrites.CommandOutcome;
import dev.dagkeeper.history.RunWrites.EventWrite;
import dev.dagkeeper.history.RunWrites.LostAttempt;
import dev.dagkeeper.history.RunWrites.NewInstances;
import dev.dagkeeper.history.RunWrites.RunWrite;
import dev.dagkeeper.history.RunWrites.StepWrite;
import dev.dagkeeper.run.Report;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepSnapshot;
import dev.dagkeeper.run.StepState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeaderStoreIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private Database master;
    private Database api;
    private LeaderStore leader;
    private WorkerStore worker;
    private long epoch;

    @BeforeAll
    void open() {
        master = POSTGRES.open(Role.MASTER);
        api = POSTGRES.open(Role.API);
        leader = master.leader();
        worker = POSTGRES.open(Role.WORKER).worker();
    }

    @BeforeEach
    void elect() {
        epoch = leader.raiseEpoch();
    }

    private RunId created(int steps) {
        var run = Samples.run(steps);
        assertThat(api.runs().create(run)).isEqualTo(new NewRun.Outcome.Created());
        return run.header().id();
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
        api.runs().create(run);
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
    void everything_of_a_round_is_written_and_read_back() {
        var run = created(2);
        var command = api.commands().add(run, "cancel", "ada");
        assertThat(leader.pendingCommands()).contains(new LeaderStore.PendingCommand(command, run, "cancel", "ada"));
        var whole = new StepKey(run, 1, StepKey.WHOLE);
        var waiting = new StepWrite(
                new StepKey(run, 0, StepKey.WHOLE),
                StepState.WAITING,
                "retry in 5 s",
                2,
                2,
                1,
                Optional.of("worker~1"),
                Optional.of(NOW),
                Optional.empty(),
                Optional.of(NOW.plusSeconds(5)));
        var event = new EventWrite(
                run,
                1,
                NOW,
                Optional.of("step_1"),
                Optional.of(0),
                Optional.of(2),
                "step",
                "a",
                "b",
                "why",
                Optional.of(text("more")));
        assertThat(leader.write(
                        epoch,
                        new RunWrites(
                                List.of(waiting, step(whole, StepState.RUNNING, 1)),
                                List.of(new NewInstances(run, 1, "step_1", List.of(text("eu"), text("us")), "waits")),
                                List.of(),
                                List.of(new RunWrite(
                                        run,
                                        RunState.CANCELLING,
                                        "hooks",
                                        Optional.of(RunState.CANCELLED),
                                        Optional.of(NOW),
                                        Optional.empty(),
                                        Optional.of(Map.of("total", number(3))))),
                                List.of(event),
                                List.of(new CommandOutcome(command, true, "cancelling")),
                                true)))
                .isTrue();
        var loaded = leader.load(List.of(run)).getFirst();
        assertThat(loaded.state()).isEqualTo(RunState.CANCELLING);
        assertThat(loaded.reason()).isEqualTo("hooks");
        assertThat(loaded.verdict()).contains(RunState.CANCELLED);
        assertThat(loaded.startedAt()).contains(NOW);
        assertThat(loaded.lastSeq()).isEqualTo(1);
        assertThat(loaded.steps()).hasSize(4);
        assertThat(loaded.steps().getFirst())
                .isEqualTo(new StepSnapshot(
                        waiting.key(),
                        StepState.WAITING,
                        "retry in 5 s",
                        2,
                        2,
                        1,
                        Optional.of("worker~1"),
                        Optional.of(NOW.plusSeconds(5)),
                        Optional.empty(),
                        Map.of(),
                        Optional.empty()));
        assertThat(loaded.steps())
                .extracting(StepSnapshot::item)
                .containsExactly(Optional.empty(), Optional.empty(), Optional.of(text("eu")), Optional.of(text("us")));
        assertThat(api.events().read(run, 0, 10)).containsExactly(event);
        assertThat(api.commands().find(command).orElseThrow().outcome())
                .contains(new CommandOutcome(command, true, "cancelling"));
        assertThat(leader.pendingCommands()).noneMatch(pending -> pending.id() == command);
        assertThat(api.runs().find(run).orElseThrow().outputs()).isEqualTo(Map.of("total", number(3)));
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
        assertThat(api.events().read(run, 0, 10)).isEmpty();
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
        assertThat(api.runs().find(run).orElseThrow().state()).isEqualTo(RunState.FAILED);
        assertThat(leader.load(List.of(run))).isEmpty();
        assertThat(leader.activeRuns()).doesNotContain(run);
    }

    @Test
    void of_several_writes_to_one_row_the_last_counts() {
        var run = created(1);
        var key = new StepKey(run, 0, StepKey.WHOLE);
        var started = new StepWrite(
                key,
                StepState.RUNNING,
                "",
                1,
                1,
                0,
                Optional.of("worker~1"),
                Optional.of(NOW),
                Optional.empty(),
                Optional.empty());
        leader.write(epoch, steps(step(key, StepState.QUEUED, 1), started, step(key, StepState.SUCCEEDED, 1)));
        var shown = api.runs().step(run, "step_0").getFirst();
        assertThat(shown.state()).isEqualTo(StepState.SUCCEEDED);
        assertThat(shown.startedAt()).contains(NOW);
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
    void a_lost_claim_gets_its_attempt_row() {
        var run = created(1);
        var key = new StepKey(run, 0, StepKey.WHOLE);
        var lost = new LostAttempt(key, 1, 1, Optional.of("worker~1"), NOW, "worker is gone");
        assertThat(leader.write(epoch, lost(lost, step(key, StepState.BLOCKED, 2))))
                .isTrue();
        var attempts = api.runs().attempts(run, "step_0");
        assertThat(attempts).hasSize(1);
        assertThat(attempts.getFirst().result()).isEqualTo("lost");
        assertThat(attempts.getFirst().error()).contains(new RunStore.StepError("lost", "worker is gone"));
        // What the lost worker records after all is refused.
        assertThat(worker.record(List.of(succeeded(key, 1)))).isEmpty();
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

    private static RunWrites lost(LostAttempt lost, StepWrite step) {
        return new RunWrites(List.of(step), List.of(), List.of(lost), List.of(), List.of(), List.of(), true);
    }
}
