package dev.dagkeeper.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.run.ActiveRun;
import dev.dagkeeper.run.Change;
import dev.dagkeeper.run.Deadlines;
import dev.dagkeeper.run.Decider;
import dev.dagkeeper.run.Event;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.workflow.Scope.RunFacts;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What comes of the report of the example {@code sla} on one morning, by a clock that the test sets. */
class SlaTest {
    /** Five in the morning in Stockholm, hours after clocks were put forward. */
    private static final Instant FIVE = Instant.parse("2026-03-29T03:00:00Z");

    private final Decider decider = new Decider();
    private final ActiveRun run;
    private final List<String> struck = new ArrayList<>();
    private Optional<Instant> startedAt = Optional.empty();

    SlaTest() throws IOException {
        var workflow = Compiled.example("sla.yaml");
        var fire = Compiled.timetable(workflow)
                .fires()
                .next(Instant.parse("2026-03-29T00:00:00Z"))
                .orElseThrow();
        assertThat(fire).isEqualTo(FIVE);
        var id = new RunId(new UUID(7, 7));
        var facts = new RunFacts(id.toString(), workflow.name(), 1, fire, fire, fire, "morning");
        run = ActiveRun.created(
                new RunHeader(id, 1, workflow.namespace(), facts, 0, Map.of(), fire, Optional.empty()), workflow);
    }

    private void start(Instant now) {
        startedAt = Optional.of(now);
        decide(new Event.Started(), now);
    }

    private void decide(Event event, Instant now) {
        var decision = decider.decide(run, event, now);
        decision.changes().forEach(change -> {
            if (change instanceof Change.DeadlineStruck(var _, var reason)) {
                struck.add(reason);
            }
        });
        run.apply(decision);
    }

    /** Lets each deadline strike whose time has come. */
    private void clockShows(Instant now) {
        for (var due : Deadlines.due(run, startedAt)) {
            if (!due.at().isAfter(now)) {
                decide(new Event.DeadlinePassed(due.deadline()), now);
            }
        }
    }

    private StepState state(int step) {
        return run.state(run.key(step, StepKey.WHOLE));
    }

    @Test
    void until_six_nobody_is_told() {
        start(FIVE.plusSeconds(3_000));
        clockShows(FIVE.plusSeconds(3_599));
        assertThat(struck).isEmpty();
        assertThat(run.state()).isEqualTo(RunState.RUNNING);
    }

    @Test
    void at_six_there_is_an_alert_and_the_run_goes_on() {
        start(FIVE.plusSeconds(3_000));
        clockShows(FIVE.plusSeconds(3_600));
        clockShows(FIVE.plusSeconds(3_700));
        assertThat(struck).containsExactly("not ended 1h after its scheduled time");
        assertThat(run.state()).isEqualTo(RunState.RUNNING);
        assertThat(state(0)).isEqualTo(StepState.BLOCKED);
    }

    @Test
    void what_hangs_for_half_an_hour_is_failed_and_the_hook_for_a_failure_begins() {
        start(FIVE);
        clockShows(FIVE.plusSeconds(1_799));
        assertThat(struck).isEmpty();
        clockShows(FIVE.plusSeconds(1_800));
        assertThat(struck).containsExactly("not ended 30m after it was started");
        assertThat(run.verdict()).contains(RunState.FAILED);
        assertThat(state(0)).isEqualTo(StepState.CANCELLED);
        assertThat(state(2)).isEqualTo(StepState.BLOCKED);
        clockShows(FIVE.plusSeconds(3_600));
        assertThat(struck).as("once the steps are over nobody is told any more").hasSize(1);
    }

    @Test
    void what_nobody_started_all_day_is_cancelled_and_somebody_was_told_at_six() {
        clockShows(FIVE.plusSeconds(3_600));
        clockShows(FIVE.plusSeconds(12 * 3_600));
        assertThat(struck)
                .containsExactly("not ended 1h after its scheduled time", "not ended 12h after it was created");
        assertThat(run.state()).isEqualTo(RunState.CANCELLED);
    }
}
