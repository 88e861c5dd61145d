package dev.dagkeeper.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.InspectionStore.AttemptRecord;
import dev.dagkeeper.history.InspectionStore.EventRecord;
import dev.dagkeeper.history.InspectionStore.RunRecord;
import dev.dagkeeper.history.InspectionStore.StepRecord;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.workflow.Compiling;
import dev.dagkeeper.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Rows of a run that are in order but for one thing, which is found and named. */
class RunChecksTest {
    private static final Instant BEGIN = Instant.parse("2026-11-25T10:00:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Instant NOW = BEGIN.plusSeconds(100);
    private static final RunId RUN = RunId.parse("01890000-0000-7000-8000-000000000001");
    private static final Workflow A_THEN_B = Compiling.accepted("""
            version: 1
            name: a_then_b
            steps:
              a: {uses: noop, retry: {max: 1}}
              b: {uses: noop, needs: [a]}
            hooks:
              always:
                tell: {uses: noop}
            """);
    private static final String[] A_SUCCEEDS = {
        "run queued running", "a pending blocked", "a blocked queued", "a queued running", "a running succeeded"
    };

    /** Two steps and a hook that succeeded, one after the other. */
    private static Sample succeeded() {
        var sample = new Sample();
        sample.state = RunState.SUCCEEDED;
        sample.verdict = Optional.of(RunState.SUCCEEDED);
        for (int step = 0; step < 3; step++) {
            sample.steps.add(step(step, StepState.SUCCEEDED, 1, Optional.of("succeeded")));
            sample.attempts.add(attempt(step, 1, "succeeded", 10 * step + 4, 10 * step + 5));
        }
        sample.events(A_SUCCEEDS);
        sample.events("b pending blocked", "b blocked running", "b running succeeded");
        sample.events("always.tell pending blocked", "always.tell blocked succeeded", "run running succeeded");
        return sample;
    }

    /** The first step succeeded, the second is placed. */
    private static Sample running() {
        var sample = new Sample();
        sample.steps.add(step(0, StepState.SUCCEEDED, 1, Optional.of("succeeded")));
        sample.steps.add(step(1, StepState.QUEUED, 1, Optional.empty()));
        sample.steps.add(step(2, StepState.PENDING, 1, Optional.empty()));
        sample.attempts.add(attempt(0, 1, "succeeded", 4, 5));
        sample.events(A_SUCCEEDS);
        sample.events("b pending blocked", "b blocked queued");
        return sample;
    }

    @Test
    void rows_that_fit_together_violate_nothing() {
        assertThat(succeeded().violations()).isEmpty();
        assertThat(running().violations()).isEmpty();
    }

    /** Examined elsewhere, or only where there are two claims. */
    private static final Set<Check> OTHERS = EnumSet.of(Check.COMMAND, Check.CLAIMS_OVERLAP, Check.POOL, Check.GROUP);

    @Test
    void every_check_of_rows_looks_at_something_of_a_healthy_run() {
        var findings = new Findings(20);
        var checks = new RunChecks(PATIENCE, findings);
        var waiting = running();
        waiting.steps.set(1, due(StepState.WAITING, NOW));
        waiting.steps.set(2, step(2, StepState.RUNNING, 1, Optional.of("failed")));
        for (var sample : List.of(succeeded(), running(), waiting)) {
            checks.check(sample.record(), Optional.of(A_THEN_B), NOW);
        }
        Arrays.stream(Check.values())
                .filter(check -> !check.needsZooKeeper() && !OTHERS.contains(check))
                .forEach(check ->
                        assertThat(findings.examined(check)).as(check.id()).isPositive());
    }

    @Test
    void a_step_that_is_open_in_an_ended_run_is_named() {
        var sample = succeeded();
        sample.steps.set(1, step(1, StepState.RUNNING, 1, Optional.empty()));
        assertThat(sample.violations())
                .contains(Violation.ofStep(
                        Check.RUN_ENDED, key(1), "b", "a final state, since the run is succeeded", "running"));
    }

    @Test
    void an_ended_run_has_the_state_of_its_verdict() {
        var sample = succeeded();
        sample.verdict = Optional.of(RunState.FAILED);
        assertThat(sample.violations())
                .containsExactly(Violation.ofRun(Check.RUN_ENDED, RUN, "the verdict failed", "state succeeded"));
    }

    @Test
    void a_missing_event_is_noticed_by_its_number_and_by_the_chain_of_states() {
        var sample = succeeded();
        sample.events.remove(3);
        assertThat(sample.violations())
                .containsExactly(
                        Violation.ofRun(Check.HISTORY, RUN, "event 4 after event 3", "event 5"),
                        Violation.ofStep(
                                Check.HISTORY, key(0), "a", "event 5 to begin at queued", "it begins at running"));
    }

    @Test
    void a_leader_that_took_over_leaves_a_gap_that_is_no_violation() {
        var sample = running();
        sample.next += 1_000;
        sample.events("b queued running");
        sample.steps.set(1, step(1, StepState.RUNNING, 1, Optional.empty()));
        assertThat(sample.violations()).isEmpty();
    }

    @Test
    void a_row_that_differs_from_its_events_is_named() {
        var sample = running();
        sample.steps.set(1, step(1, StepState.RUNNING, 1, Optional.empty()));
        sample.state = RunState.CANCELLING;
        assertThat(sample.violations())
                .containsExactly(
                        Violation.ofStep(
                                Check.HISTORY, key(1), "b", "queued, as its events say", "its row says running"),
                        Violation.ofRun(
                                Check.HISTORY, RUN, "the run running, as its events say", "its row says cancelling"));
    }

    @Test
    void a_final_state_that_changed_is_named() {
        var sample = succeeded();
        sample.events("b succeeded failed");
        sample.steps.set(1, step(1, StepState.FAILED, 1, Optional.of("succeeded")));
        assertThat(sample.violations())
                .containsExactly(Violation.ofStep(
                        Check.FINAL_STATE, key(1), "b", "it to stay succeeded", "event 12 made it failed"));
    }

    @Test
    void a_step_that_started_before_its_join_held_is_named_with_what_it_needed() {
        var sample = new Sample();
        sample.events("run queued running", "a pending blocked", "b pending blocked");
        sample.steps.add(step(0, StepState.BLOCKED, 1, Optional.empty()));
        sample.steps.add(step(1, StepState.BLOCKED, 1, Optional.empty()));
        sample.steps.add(step(2, StepState.PENDING, 1, Optional.empty()));
        assertThat(sample.violations())
                .containsExactly(Violation.ofStep(
                        Check.JOIN,
                        key(1),
                        "b",
                        "to start when its join ALL_SUCCEEDED holds",
                        "event 3 made it blocked while a was blocked"));
    }

    @Test
    void a_hook_that_started_before_the_main_steps_had_ended_is_named() {
        var sample = running();
        sample.events("always.tell pending blocked");
        sample.steps.set(2, step(2, StepState.BLOCKED, 1, Optional.empty()));
        assertThat(sample.violations())
                .containsExactly(Violation.ofStep(
                        Check.JOIN,
                        key(2),
                        "always.tell",
                        "a hook to start when all main steps have ended",
                        "event 8 made it blocked while 1 had not"));
    }

    @Test
    void an_attempt_that_started_before_its_step_was_ready_is_named() {
        var sample = succeeded();
        sample.attempts.set(1, attempt(1, 1, "succeeded", 2, 25));
        assertThat(sample.checks()).containsExactly(Check.EARLY_START);
    }

    @Test
    void a_claim_after_one_that_succeeded_is_named() {
        var sample = succeeded();
        sample.steps.set(0, step(0, StepState.SUCCEEDED, 2, Optional.of("succeeded")));
        sample.attempts.add(1, attempt(0, 2, "succeeded", 6, 7));
        assertThat(sample.violations())
                .containsExactly(Violation.ofStep(
                        Check.ONE_RESULT, key(0), "a", "no claim after claim 1, which succeeded", "claim 2"));
    }

    @Test
    void an_attempt_without_its_report_and_a_report_without_its_attempt_are_named() {
        var sample = succeeded();
        sample.attempts.set(0, attempt(0, 2, "failed", 4, 5));
        assertThat(sample.violations())
                .containsExactly(
                        Violation.ofStep(
                                Check.ATTEMPT_ROWS, key(0), "a", "attempts of claims up to 1", "one of claim 2"),
                        Violation.ofStep(
                                Check.ATTEMPT_ROWS,
                                key(0),
                                "a",
                                "an attempt of claim 1 with its result 'succeeded'",
                                "none"));
        var orphan = succeeded();
        orphan.attempts.add(attempt(7, 1, "failed", 4, 5));
        assertThat(orphan.checks()).containsExactly(Check.ATTEMPT_ROWS);
    }

    @Test
    void two_claims_at_the_same_time_are_named() {
        var sample = succeeded();
        sample.steps.set(0, step(0, StepState.SUCCEEDED, 2, Optional.of("succeeded")));
        sample.attempts.set(0, attempt(0, 1, "lost", 3, 9));
        sample.attempts.add(1, attempt(0, 2, "succeeded", 6, 10));
        assertThat(sample.checks()).containsExactly(Check.CLAIMS_OVERLAP);
    }

    @Test
    void a_result_that_nobody_decides_is_named_after_the_patience() {
        var sample = running();
        sample.steps.set(
                1,
                new StepRecord(
                        key(1),
                        "b",
                        StepState.QUEUED,
                        1,
                        1,
                        Optional.empty(),
                        Optional.of("failed"),
                        Optional.of(BEGIN)));
        sample.attempts.add(attempt(1, 1, "failed", 20, 25));
        assertThat(sample.checks()).containsExactly(Check.UNDECIDED);
        assertThat(sample.checks(BEGIN.plusSeconds(10))).isEmpty();
    }

    @Test
    void what_is_overdue_is_named_after_the_patience() {
        var step = running();
        step.events("b queued running", "b running waiting");
        step.steps.set(1, due(StepState.WAITING, BEGIN.plusSeconds(50)));
        assertThat(step.checks()).containsExactly(Check.STEP_OVERDUE);
        assertThat(step.checks(BEGIN.plusSeconds(60))).isEmpty();
        var run = running();
        run.due = Optional.of(BEGIN.plusSeconds(50));
        assertThat(run.checks()).containsExactly(Check.RUN_OVERDUE);
        run.verdict = Optional.of(RunState.FAILED);
        assertThat(run.checks()).isEmpty();
    }

    @Test
    void a_run_that_nobody_takes_up_sets_aside_or_carries_on_is_named() {
        var fresh = new Sample();
        fresh.state = RunState.QUEUED;
        fresh.steps.add(step(0, StepState.PENDING, 1, Optional.empty()));
        assertThat(fresh.checks()).containsExactly(Check.RUN_NOT_TAKEN_UP);
        assertThat(fresh.checks(BEGIN.plusSeconds(5))).isEmpty();
        var aside = running();
        aside.reason = "set aside after an error of the program (x)";
        assertThat(aside.checks()).containsExactly(Check.RUN_SET_ASIDE);
        var stuck = new Sample();
        stuck.events(A_SUCCEEDS);
        stuck.steps.add(step(0, StepState.SUCCEEDED, 1, Optional.of("succeeded")));
        stuck.steps.add(step(1, StepState.PENDING, 1, Optional.empty()));
        stuck.attempts.add(attempt(0, 1, "succeeded", 4, 5));
        assertThat(stuck.checks()).containsExactly(Check.RUN_STUCK);
    }

    private static StepKey key(int step) {
        return new StepKey(RUN, step, StepKey.WHOLE);
    }

    private static StepRecord step(int step, StepState state, int claim, Optional<String> report) {
        var names = List.of("a", "b", "always.tell");
        return new StepRecord(
                key(step), names.get(step), state, claim, 1, Optional.empty(), report, report.map(_ -> NOW));
    }

    private static StepRecord due(StepState state, Instant due) {
        return new StepRecord(key(1), "b", state, 1, 1, Optional.of(due), Optional.empty(), Optional.empty());
    }

    private static AttemptRecord attempt(int step, int claim, String result, int started, int ended) {
        return new AttemptRecord(
                key(step), claim, 1, result, Optional.of(BEGIN.plusSeconds(started)), BEGIN.plusSeconds(ended));
    }

    /** A run in the making; event {@code n} is decided {@code n} seconds after the begin. */
    private static final class Sample {
        private RunState state = RunState.RUNNING;
        private String reason = "";
        private Optional<RunState> verdict = Optional.empty();
        private Optional<Instant> due = Optional.empty();
        private final List<StepRecord> steps = new ArrayList<>();
        private final List<AttemptRecord> attempts = new ArrayList<>();
        private final List<EventRecord> events = new ArrayList<>();
        private long next = 1;

        /** Events as {@code who from to}. */
        void events(String... texts) {
            for (var text : texts) {
                var words = text.split(" ", -1);
                boolean run = words[0].equals("run");
                events.add(new EventRecord(
                        next,
                        BEGIN.plusSeconds(next),
                        run ? Optional.empty() : Optional.of(words[0]),
                        StepKey.WHOLE,
                        run ? "run" : "step",
                        words[1],
                        words[2]));
                next++;
            }
        }

        RunRecord record() {
            return new RunRecord(RUN, 1, state, reason, verdict, BEGIN, due, steps, attempts, events);
        }

        List<Violation> violations() {
            return violations(NOW);
        }

        List<Violation> violations(Instant now) {
            var findings = new Findings(20);
            new RunChecks(PATIENCE, findings).check(record(), Optional.of(A_THEN_B), now);
            return findings.all();
        }

        List<Check> checks() {
            return checks(NOW);
        }

        List<Check> checks(Instant now) {
            return violations(now).stream().map(Violation::check).toList();
        }
    }
}
