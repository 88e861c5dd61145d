package dev.dagkeeper.history;

import static dev.dagkeeper.history.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.FireWrites.BackfillProgress;
import dev.dagkeeper.history.FireWrites.FireChange;
import dev.dagkeeper.history.FireWrites.NewFire;
import dev.dagkeeper.history.FireWrites.TriggerProgress;
import dev.dagkeeper.history.StoredTrigger.Progress;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.schedule.Backfill;
import dev.dagkeeper.schedule.FireOutcome;
import dev.dagkeeper.workflow.Scope.RunFacts;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a leader relies on where triggers, their fires and their cursors are kept. */
public abstract class TriggerContract extends HistoryContract {
    private static final String SCHEDULE = "{\"every\":\"PT1H\"}";

    private StoredTrigger reread(StoredTrigger trigger) {
        return leader.triggers(0, Integer.MAX_VALUE).stream()
                .filter(row -> row.id() == trigger.id())
                .findFirst()
                .orElseThrow();
    }

    private static NewFire fire(StoredTrigger trigger, int hour, FireOutcome outcome, Optional<NewRun> run) {
        var at = NOW.plusSeconds(3600L * hour);
        return new NewFire(trigger.workflowId(), trigger.name(), at, outcome, outcome.text() + hour, run, at);
    }

    private static TriggerProgress progress(StoredTrigger trigger, int hour, int failures) {
        return new TriggerProgress(
                trigger.id(),
                new Progress(NOW.plusSeconds(3600L * hour), failures, Optional.of(NOW), "paused after failures"));
    }

    @Test
    void triggers_are_read_in_the_order_of_their_changes_and_a_change_brings_them_up_again() {
        var first = trigger("nightly", "a", SCHEDULE);
        var second = trigger("nightly", "b", SCHEDULE);
        assertThat(second.change()).isGreaterThan(first.change());
        assertThat(first.workflowId()).isEqualTo(second.workflowId());
        assertThat(first.schedule()).isEqualTo(SCHEDULE);
        assertThat(first.progress()).isEmpty();
        pause(first, "ada");
        var again = leader.triggers(second.change(), 10);
        assertThat(again).hasSize(1);
        assertThat(again.getFirst().id()).isEqualTo(first.id());
        assertThat(again.getFirst().pausedAt()).isPresent();
        assertThat(again.getFirst().pausedBy()).isEqualTo("ada");
        assertThat(leader.triggers(first.change() - 1, 1)).hasSize(1);
    }

    @Test
    void fires_their_runs_and_the_cursor_are_written_together() {
        var trigger = trigger("together", "hourly", SCHEDULE);
        var run = Samples.run(3);
        var writes = new FireWrites(
                List.of(
                        fire(trigger, 1, FireOutcome.MISSED, Optional.empty()),
                        fire(trigger, 2, FireOutcome.STARTED, Optional.of(run))),
                List.of(progress(trigger, 2, 1)),
                List.of());
        assertThat(leader.write(epoch, RunWrites.of(writes))).isTrue();
        assertThat(fires(trigger)).containsExactly("missed missed1", "started started2");
        var loaded = leader.load(List.of(run.header().id())).getFirst();
        assertThat(loaded.header()).isEqualTo(run.header());
        assertThat(loaded.steps()).hasSize(3).allMatch(step -> step.state() == StepState.PENDING);
        assertThat(reread(trigger).progress()).contains(progress(trigger, 2, 1).progress());
        assertThat(leader.write(epoch - 1, RunWrites.of(writes))).isFalse();
    }

    @Test
    void a_fire_that_has_its_row_creates_no_other_run_and_keeps_its_outcome() {
        var trigger = trigger("twice", "hourly", SCHEDULE);
        var first = Samples.run(1);
        var second = Samples.run(1);
        var third = Samples.run(1);
        leader.write(
                epoch,
                RunWrites.of(new FireWrites(
                        List.of(fire(trigger, 1, FireOutcome.STARTED, Optional.of(first))),
                        List.of(progress(trigger, 1, 0)),
                        List.of())));
        leader.write(
                epoch,
                RunWrites.of(new FireWrites(
                        List.of(
                                fire(trigger, 1, FireOutcome.MISSED, Optional.of(second)),
                                fire(trigger, 2, FireOutcome.STARTED, Optional.of(third))),
                        List.of(progress(trigger, 2, 0)),
                        List.of())));
        assertThat(fires(trigger)).containsExactly("started started1", "started started2");
        assertThat(leader.queuedRuns())
                .extracting(LeaderStore.QueuedRun::id)
                .contains(first.header().id(), third.header().id())
                .doesNotContain(second.header().id());
    }

    @Test
    void a_cursor_never_goes_back() {
        var trigger = trigger("forward", "hourly", SCHEDULE);
        leader.write(epoch, RunWrites.of(new FireWrites(List.of(), List.of(progress(trigger, 5, 0)), List.of())));
        leader.write(epoch, RunWrites.of(new FireWrites(List.of(), List.of(progress(trigger, 3, 2)), List.of())));
        var progress = reread(trigger).progress().orElseThrow();
        assertThat(progress.cursor()).isEqualTo(NOW.plusSeconds(5 * 3600));
        assertThat(progress.failures()).isEqualTo(2);
    }

    @Test
    void a_fire_gets_another_outcome_until_it_is_skipped_or_missed() {
        var trigger = trigger("queued", "hourly", SCHEDULE);
        leader.write(
                epoch,
                RunWrites.of(new FireWrites(
                        List.of(
                                fire(trigger, 1, FireOutcome.QUEUED, Optional.of(Samples.run(1))),
                                fire(trigger, 2, FireOutcome.MISSED, Optional.empty())),
                        List.of(),
                        List.of())));
        leader.write(
                epoch,
                RunWrites.of(new FireWrites(
                        List.of(),
                        List.of(),
                        IntStream.of(1, 2)
                                .mapToObj(hour -> new FireChange(
                                        trigger.namespace(),
                                        trigger.workflow(),
                                        trigger.name(),
                                        NOW.plusSeconds(3600L * hour),
                                        FireOutcome.SKIPPED,
                                        "turned away",
                                        NOW))
                                .toList())));
        assertThat(fires(trigger)).containsExactly("skipped turned away", "missed missed2");
    }

    @Test
    void a_fire_of_a_backfill_gets_another_outcome_as_well() {
        var trigger = trigger("refilled", "hourly", SCHEDULE);
        var name = Backfill.trigger(backfill(trigger));
        leader.write(
                epoch,
                RunWrites.of(new FireWrites(
                        List.of(new NewFire(
                                trigger.workflowId(),
                                name,
                                NOW,
                                FireOutcome.QUEUED,
                                "",
                                Optional.of(Samples.run(1)),
                                NOW)),
                        List.of(),
                        List.of())));
        var started = new FireChange(
                trigger.namespace(), trigger.workflow(), name, NOW, FireOutcome.STARTED, "got a place", NOW);
        leader.write(epoch, RunWrites.of(new FireWrites(List.of(), List.of(), List.of(started))));
        assertThat(fires(trigger, name)).containsExactly("started got a place");
    }

    private Optional<StoredBackfill> open(long backfill) {
        return leader.backfills().stream().filter(row -> row.id() == backfill).findFirst();
    }

    private void write(NewFire fire, BackfillProgress progress) {
        leader.write(epoch, RunWrites.of(new FireWrites(List.of(fire), List.of(), List.of(), List.of(progress))));
    }

    private static NewRun backfilled(long backfill, StoredTrigger trigger) {
        var run = Samples.run(1);
        var header = run.header();
        var old = header.facts();
        var facts = new RunFacts(
                old.id(), trigger.workflow(), 3, NOW, old.intervalStart(), NOW, Backfill.trigger(backfill));
        var moved = new RunHeader(
                        header.id(), 7, "default", facts, 5, header.inputs(), header.createdAt(), Optional.empty())
                .of(trigger.name());
        return new NewRun(moved, run.labels(), run.steps(), Optional.empty());
    }

    @Test
    void a_backfill_is_read_until_it_has_ended_with_its_cursor_and_its_active_runs() {
        var trigger = trigger("filled", "hourly", SCHEDULE);
        var id = backfill(trigger);
        var fresh = open(id).orElseThrow();
        assertThat(fresh.workflowId()).isEqualTo(trigger.workflowId());
        assertThat(fresh.trigger()).isEqualTo("hourly");
        assertThat(fresh.reprocess()).isEqualTo(Backfill.Reprocess.FAILED);
        assertThat(fresh.direction()).isEqualTo(Backfill.Direction.NEWEST_FIRST);
        assertThat(fresh.inputs()).isEqualTo(Map.of("day", Samples.text("x")));
        assertThat(fresh.cursor()).isEmpty();
        assertThat(fresh.active()).isEmpty();

        var run = backfilled(id, trigger);
        var runId = run.header().id();
        var fire = new NewFire(
                trigger.workflowId(), Backfill.trigger(id), NOW, FireOutcome.STARTED, "", Optional.of(run), NOW);
        write(fire, new BackfillProgress(id, Optional.of(NOW), Optional.empty()));
        pauseBackfill(id, "ada");

        var begun = open(id).orElseThrow();
        assertThat(begun.cursor()).contains(NOW);
        assertThat(begun.active()).containsExactly(runId);
        assertThat(begun.paused()).isTrue();
        assertThat(fireRuns(trigger)).isEqualTo(Map.of(NOW, Backfill.Before.ACTIVE));

        var end = new BackfillProgress.End(false, NOW);
        leader.write(
                epoch,
                new RunWrites(
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(Samples.run(runId, RunState.FAILED)),
                        List.of(),
                        List.of(),
                        new FireWrites(
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(new BackfillProgress(id, Optional.empty(), Optional.of(end)))),
                        true));
        assertThat(open(id)).isEmpty();
        assertThat(fireRuns(trigger)).isEqualTo(Map.of(NOW, Backfill.Before.FAILED));
        assertThat(leader.fireRuns("default", trigger.workflow(), "hourly", NOW.plusMillis(1), NOW.plusMillis(9)))
                .isEmpty();
    }

    private Map<Instant, Backfill.Before> fireRuns(StoredTrigger trigger) {
        return leader.fireRuns("default", trigger.workflow(), trigger.name(), NOW, NOW);
    }
}
