package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.AlertWrites.StruckDeadline;
import dev.dagkeeper.history.RunWrites.CommandOutcome;
import dev.dagkeeper.history.RunWrites.EventWrite;
import dev.dagkeeper.history.RunWrites.LostAttempt;
import dev.dagkeeper.run.ActiveRun;
import dev.dagkeeper.run.Change;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.run.WorkflowBuilder;
import dev.dagkeeper.workflow.Deadline.Action;
import dev.dagkeeper.workflow.Deadline.From;
import dev.dagkeeper.workflow.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What becomes of changes on their way into a transaction: rows coalesce, events do not, facts are durable. */
class WriteBatchTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
    private static final RunId RUN = new RunId(new UUID(1, 1));

    private final WriteBatch batch = new WriteBatch();
    private final LedRun run = run();

    @Test
    void a_row_is_written_once_with_its_last_state_and_every_event_is_kept() {
        batch.add(run, step(0, StepState.PENDING, StepState.BLOCKED, 1), NOW);
        batch.add(run, step(0, StepState.BLOCKED, StepState.QUEUED, 1), NOW);
        var writes = batch.take();

        assertThat(writes.steps())
                .singleElement()
                .satisfies(row -> assertThat(row.state()).isEqualTo(StepState.QUEUED));
        assertThat(writes.events()).extracting(EventWrite::to).containsExactly("blocked", "queued");
        assertThat(writes.events()).extracting(EventWrite::seq).containsExactly(1L, 2L);
        assertThat(batch.isEmpty()).isTrue();
        assertThat(batch.take().steps()).isEmpty();
    }

    @Test
    void rows_are_written_in_the_order_in_which_they_are_locked() {
        batch.add(run, step(1, StepState.PENDING, StepState.BLOCKED, 1), NOW);
        batch.add(run, step(0, StepState.PENDING, StepState.BLOCKED, 1), NOW);
        assertThat(batch.take().steps()).extracting(row -> row.key().step()).containsExactly(0, 1);
    }

    @Test
    void readiness_and_placing_are_urgent_but_not_durable() {
        assertThat(batch.isUrgent()).isFalse();
        batch.add(run, step(0, StepState.PENDING, StepState.BLOCKED, 1), NOW);
        assertThat(batch.isUrgent()).isTrue();
        assertThat(batch.take().durable()).isFalse();
        assertThat(batch.isUrgent()).isFalse();
    }

    @Test
    void what_was_taken_out_of_an_inbox_for_good_is_a_fact() {
        batch.add(run, step(0, StepState.QUEUED, StepState.CANCELLED, 1), NOW);
        assertThat(batch.take().durable()).isTrue();
        batch.add(run, step(0, StepState.BLOCKED, StepState.CANCELLED, 1), NOW);
        assertThat(batch.take().durable()).isFalse();
    }

    @Test
    void that_a_step_started_is_news_and_not_urgent() {
        batch.add(run, step(0, StepState.QUEUED, StepState.RUNNING, 1), NOW);
        assertThat(batch.isEmpty()).isFalse();
        assertThat(batch.isUrgent()).isFalse();
        var writes = batch.take();
        assertThat(writes.durable()).isFalse();
        assertThat(writes.steps())
                .singleElement()
                .satisfies(row -> assertThat(row.startedAt()).contains(NOW));
    }

    @Test
    void when_a_step_started_is_kept_until_it_is_written_but_not_for_another_claim() {
        batch.add(run, step(0, StepState.QUEUED, StepState.RUNNING, 1), NOW);
        batch.add(run, step(0, StepState.RUNNING, StepState.SUCCEEDED, 1), NOW.plusSeconds(1));
        assertThat(batch.take().steps()).singleElement().satisfies(row -> {
            assertThat(row.startedAt()).contains(NOW);
            assertThat(row.endedAt()).contains(NOW.plusSeconds(1));
        });

        batch.add(run, step(1, StepState.QUEUED, StepState.RUNNING, 1), NOW);
        batch.add(run, step(1, StepState.RUNNING, StepState.BLOCKED, 2), NOW);
        assertThat(batch.take().steps())
                .singleElement()
                .satisfies(row -> assertThat(row.startedAt()).isEmpty());
    }

    @Test
    void a_raised_claim_is_a_fact() {
        batch.add(run, step(0, StepState.RUNNING, StepState.BLOCKED, 2), NOW);
        assertThat(batch.take().durable()).isTrue();
    }

    @Test
    void a_verdict_and_the_end_of_a_run_are_facts_and_its_begin_is_not() {
        batch.add(run, new Change.RunChanged(RunState.QUEUED, RunState.RUNNING, "", Optional.empty()), NOW);
        var begun = batch.take();
        assertThat(begun.durable()).isFalse();
        assertThat(begun.runs())
                .singleElement()
                .satisfies(row -> assertThat(row.startedAt()).contains(NOW));

        var verdict = Optional.of(RunState.FAILED);
        batch.add(run, new Change.RunChanged(RunState.RUNNING, RunState.RUNNING, "a step failed", verdict), NOW);
        var judged = batch.take();
        assertThat(judged.durable()).isTrue();
        assertThat(judged.events()).isEmpty();

        batch.add(run, new Change.RunChanged(RunState.RUNNING, RunState.FAILED, "", verdict), NOW);
        assertThat(batch.take().durable()).isTrue();
    }

    @Test
    void outputs_and_states_of_a_run_come_together_whichever_is_first() {
        batch.add(run, new Change.RunOutputsSet(Map.of()), NOW);
        batch.add(
                run,
                new Change.RunChanged(RunState.RUNNING, RunState.SUCCEEDED, "", Optional.of(RunState.SUCCEEDED)),
                NOW);
        assertThat(batch.take().runs()).singleElement().satisfies(row -> {
            assertThat(row.state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(row.outputs()).isPresent();
        });
    }

    @Test
    void lost_claims_and_outcomes_of_commands_are_facts() {
        batch.addLost(new LostAttempt(key(0), 1, 1, Optional.of("a"), NOW, "gone"));
        assertThat(batch.isEmpty()).isFalse();
        assertThat(batch.isUrgent()).isTrue();
        assertThat(batch.take().durable()).isTrue();
        batch.addOutcome(new CommandOutcome(1, true, ""));
        assertThat(batch.isUrgent()).isTrue();
        assertThat(batch.take().durable()).isTrue();
        assertThat(batch.take().durable()).isFalse();
    }

    @Test
    void deadline_that_has_struck_is_a_fact_with_an_event_and_an_alert_where_it_asks_for_one() {
        batch.add(run, new Change.DeadlineStruck(1, "late"), NOW);
        assertThat(batch.isUrgent()).isTrue();
        var cancels = batch.take();
        assertThat(cancels.durable()).isTrue();
        assertThat(cancels.alerts().struck()).containsExactly(new StruckDeadline(RUN, 1, NOW));
        assertThat(cancels.alerts().alerts()).isEmpty();
        assertThat(cancels.events()).singleElement().satisfies(event -> {
            assertThat(event.type()).isEqualTo("deadline");
            assertThat(event.reason()).isEqualTo("late");
            assertThat(event.data().orElseThrow())
                    .hasToString("{\"from\":\"started\",\"within\":\"90s\",\"do\":\"cancel\"}");
        });
        batch.add(run, new Change.DeadlineStruck(0, "late"), NOW);
        var alert = batch.take().alerts().alerts().getFirst();
        assertThat(alert.subject()).isEqualTo("run of w not ended 1h after its scheduled time");
        assertThat(alert.run()).contains(RUN);
        assertThat(alert.data().at("/run/state").stringValue()).isEqualTo("queued");
        assertThat(alert.data().at("/deadline/do").stringValue()).isEqualTo("alert");
        batch.add(run, new Change.DeadlineStruck(0, "late"), NOW.plusSeconds(1));
        assertThat(batch.take().alerts().alerts().getFirst().id())
                .as("the same, whoever decides it")
                .isEqualTo(alert.id());
        assertThat(batch.isEmpty()).isTrue();
    }

    @Test
    void events_of_a_run_that_was_loaded_skip_what_may_have_been_lost() {
        var loaded = new LedRun(run.active(), 17, 1);
        assertThat(loaded.nextSeq()).isEqualTo(1_018);
        assertThat(loaded.nextSeq()).isEqualTo(1_019);
    }

    private static Change.StepChanged step(int step, StepState from, StepState to, int claim) {
        return new Change.StepChanged(key(step), from, to, "", claim, 1, 0, Optional.empty(), Optional.empty());
    }

    private static StepKey key(int step) {
        return new StepKey(RUN, step, StepKey.WHOLE);
    }

    private static LedRun run() {
        var workflow = new WorkflowBuilder()
                .step("a")
                .step("b")
                .deadline(From.SCHEDULED, Duration.ofHours(1), Action.ALERT)
                .deadline(From.STARTED, Duration.ofSeconds(90), Action.CANCEL)
                .build();
        var facts = new Scope.RunFacts(RUN.toString(), "w", 1, NOW, NOW, NOW, "");
        var header = new RunHeader(RUN, 1, "default", facts, 0, Map.of(), NOW, Optional.empty());
        return new LedRun(ActiveRun.created(header, workflow), 0, 0);
    }
}
