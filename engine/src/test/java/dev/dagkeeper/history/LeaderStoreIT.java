package dev.dagkeeper.history;

import static dev.dagkeeper.history.Samples.NOW;
import static dev.dagkeeper.history.Samples.event;
import static dev.dagkeeper.history.Samples.number;
import static dev.dagkeeper.history.Samples.step;
import static dev.dagkeeper.history.Samples.steps;
import static dev.dagkeeper.history.Samples.succeeded;
import static dev.dagkeeper.history.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.history.RunWrites.CommandOutcome;
import dev.dagkeeper.history.RunWrites.EventWrite;
import dev.dagkeeper.history.RunWrites.LostAttempt;
import dev.dagkeeper.history.RunWrites.NewInstances;
import dev.dagkeeper.history.RunWrites.RunWrite;
import dev.dagkeeper.history.RunWrites.StepWrite;
import dev.dagkeeper.run.Past;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepSnapshot;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.workflow.Scope.RunFacts;
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

    private RunId fired(String trigger, String series, int hour) {
        var run = Samples.run("nightly", 2, Map.of());
        var header = run.header();
        var fire = NOW.plusSeconds(3600L * hour);
        var facts = new RunFacts(header.id().toString(), "nightly", 3, fire, fire, fire, trigger);
        var fired = new RunHeader(
                        header.id(), 7, "default", facts, 0, header.inputs(), header.createdAt(), Optional.empty())
                .of(series);
        assertThat(api.runs().create(new NewRun(fired, Map.of(), run.steps(), Optional.empty())))
                .isEqualTo(new NewRun.Outcome.Created());
        return header.id();
    }

    @Test
    void the_run_before_is_the_newest_of_the_fire_before_that_was_not_turned_away() {
        fired("other", "other", 2);
        var first = fired("night", "night", 1);
        var question = new LeaderStore.PastQuestion("default", "nightly", "night", NOW.plusSeconds(3 * 3600), "step_1");
        assertThat(leader.past(List.of(question)))
                .containsOnly(Map.entry(
                        question, new Past.Step(first, NOW.plusSeconds(3600), Optional.of(StepState.PENDING))));
        var second = fired("night", "night", 2);
        var again = fired("backfill:1", "night", 2);
        fired("night", "night", 3);
        assertThat(leader.past(List.of(question)).values())
                .extracting(Past.Step::run)
                .containsExactly(again);
        leader.write(epoch, Samples.runs(Samples.run(again, RunState.SKIPPED)));
        assertThat(leader.past(List.of(question)).values())
                .extracting(Past.Step::run)
                .containsExactly(second);
        var unknown = new LeaderStore.PastQuestion("default", "nightly", "night", NOW.plusSeconds(3 * 3600), "other");
        var none = new LeaderStore.PastQuestion("default", "nightly", "night", NOW.plusSeconds(3600), "step_1");
        var found = leader.past(List.of(unknown, none, question));
        assertThat(found)
                .hasEntrySatisfying(unknown, step -> assertThat(step.state()).isEmpty());
        assertThat(found).containsOnlyKeys(unknown, question);
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

    private static RunWrites lost(LostAttempt lost, StepWrite step) {
        return new RunWrites(List.of(step), List.of(), List.of(lost), List.of(), List.of(), List.of(), true);
    }
}
