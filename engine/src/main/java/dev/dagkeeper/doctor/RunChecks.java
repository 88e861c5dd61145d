package dev.dagkeeper.doctor;

import dev.dagkeeper.history.InspectionStore.AttemptRecord;
import dev.dagkeeper.history.InspectionStore.RunRecord;
import dev.dagkeeper.history.InspectionStore.StepRecord;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What must hold of the rows of one run, which are of one moment. Pure but for the findings. */
final class RunChecks {
    /** How far the clocks of two processes may be apart: each estimates the database's. */
    private static final Duration CLOCKS = Duration.ofSeconds(1);

    private static final String SUCCEEDED = "succeeded";

    private final Duration patience;
    private final Findings findings;

    RunChecks(Duration patience, Findings findings) {
        this.patience = patience;
        this.findings = findings;
    }

    /** @param workflow absent when the revision is not accepted any more: its joins are then not examined */
    void check(RunRecord run, Optional<Workflow> workflow, Instant now) {
        var readyAt = new Replay(run, workflow, findings).play();
        if (run.state().isFinal()) {
            ended(run);
        } else {
            active(run, now);
        }
        attempts(run, readyAt);
    }

    private void ended(RunRecord run) {
        for (var step : run.steps()) {
            findings.expect(
                    step.state().isFinal(),
                    Check.RUN_ENDED,
                    () -> of(
                            Check.RUN_ENDED,
                            step,
                            "a final state, since the run is " + run.state().text(),
                            step.state().text()));
        }
        var verdict = run.verdict().orElse(run.state());
        findings.expect(
                verdict == run.state(),
                Check.RUN_ENDED,
                () -> Violation.ofRun(
                        Check.RUN_ENDED,
                        run.id(),
                        "the verdict " + verdict.text(),
                        "state " + run.state().text()));
    }

    private void active(RunRecord run, Instant now) {
        var longAgo = now.minus(patience);
        findings.expect(
                // One that waits for a place has been looked at.
                run.state() != RunState.QUEUED
                        || !run.reason().isEmpty()
                        || run.createdAt().isAfter(longAgo),
                Check.RUN_NOT_TAKEN_UP,
                () -> Violation.ofRun(
                        Check.RUN_NOT_TAKEN_UP,
                        run.id(),
                        "to be taken up within " + seconds(patience),
                        "queued since " + run.createdAt()));
        findings.expect(
                !run.reason().startsWith("set aside"),
                Check.RUN_SET_ASIDE,
                () -> Violation.ofRun(Check.RUN_SET_ASIDE, run.id(), "an active run to be carried on", run.reason()));
        findings.expect(
                run.verdict().isPresent()
                        || run.due().filter(due -> due.isBefore(longAgo)).isEmpty(),
                Check.RUN_OVERDUE,
                () -> Violation.ofRun(
                        Check.RUN_OVERDUE,
                        run.id(),
                        "to be ended by its timeout at " + run.due().orElseThrow(),
                        "it goes on"));
        for (var step : run.steps()) {
            overdue(step, longAgo);
        }
        findings.expect(
                run.state() == RunState.QUEUED || run.steps().stream().anyMatch(RunChecks::isGettingOn),
                Check.RUN_STUCK,
                () -> Violation.ofRun(
                        Check.RUN_STUCK,
                        run.id(),
                        "a step that is ready, placed, running or waiting for a time",
                        "all of its steps are pending or final, and the run is "
                                + run.state().text()));
    }

    private static boolean isGettingOn(StepRecord step) {
        return switch (step.state()) {
            case BLOCKED, QUEUED, RUNNING, WAITING -> true;
            case PENDING, SUCCEEDED, WARNED, FAILED, TIMED_OUT, SKIPPED, UPSTREAM_FAILED, CANCELLED -> false;
        };
    }

    private void overdue(StepRecord step, Instant longAgo) {
        if (step.state().isFinal()) {
            return;
        }
        if (step.report().isPresent()) {
            findings.expect(
                    step.reportedAt().filter(at -> at.isBefore(longAgo)).isEmpty(),
                    Check.UNDECIDED,
                    () -> of(
                            Check.UNDECIDED,
                            step,
                            "the result '" + step.report().orElseThrow() + "' of claim " + step.claim()
                                    + " to be decided within " + seconds(patience),
                            step.state().text() + ", recorded at "
                                    + step.reportedAt().orElseThrow()));
        }
        if (step.state() == StepState.WAITING) {
            findings.expect(
                    step.due().filter(due -> due.isBefore(longAgo)).isEmpty(),
                    Check.STEP_OVERDUE,
                    () -> of(
                            Check.STEP_OVERDUE,
                            step,
                            "to be looked at when it is due at " + step.due().orElseThrow(),
                            "still waiting"));
        }
    }

    private void attempts(RunRecord run, Map<StepKey, Instant> readyAt) {
        var byStep = new HashMap<StepKey, List<AttemptRecord>>();
        run.attempts()
                .forEach(attempt -> byStep.computeIfAbsent(attempt.key(), _ -> new ArrayList<>())
                        .add(attempt));
        for (var step : run.steps()) {
            var attempts = byStep.getOrDefault(step.key(), List.of());
            byStep.remove(step.key());
            rows(step, attempts);
            results(step, attempts);
            times(step, attempts, Optional.ofNullable(readyAt.get(step.key())));
        }
        byStep.forEach((key, attempts) -> findings.add(Violation.ofStep(
                Check.ATTEMPT_ROWS,
                key,
                "step " + key.step(),
                "a step row for each attempt",
                attempts.size() + " attempts without one")));
    }

    /** The result of the current claim stands in both; no attempt is of a claim that was not given yet. */
    private void rows(StepRecord step, List<AttemptRecord> attempts) {
        var newest = attempts.isEmpty() ? Optional.<AttemptRecord>empty() : Optional.of(attempts.getLast());
        var current = newest.filter(attempt -> attempt.claim() == step.claim());
        findings.expect(
                newest.filter(attempt -> attempt.claim() > step.claim()).isEmpty(),
                Check.ATTEMPT_ROWS,
                () -> of(
                        Check.ATTEMPT_ROWS,
                        step,
                        "attempts of claims up to " + step.claim(),
                        "one of claim " + newest.orElseThrow().claim()));
        step.report()
                .ifPresent(report -> findings.expect(
                        current.map(AttemptRecord::result)
                                .filter(report::equals)
                                .isPresent(),
                        Check.ATTEMPT_ROWS,
                        () -> of(
                                Check.ATTEMPT_ROWS,
                                step,
                                "an attempt of claim " + step.claim() + " with its result '" + report + "'",
                                current.map(AttemptRecord::result)
                                        .map(r -> "'" + r + "'")
                                        .orElse("none"))));
    }

    private void results(StepRecord step, List<AttemptRecord> attempts) {
        for (var attempt : attempts) {
            findings.expect(
                    !attempt.result().equals(SUCCEEDED) || attempt.claim() >= step.claim(),
                    Check.ONE_RESULT,
                    () -> of(
                            Check.ONE_RESULT,
                            step,
                            "no claim after claim " + attempt.claim() + ", which succeeded",
                            "claim " + step.claim()));
        }
        // A success that was recorded is the step's end, and what no worker reported is none.
        if (step.state() == StepState.SUCCEEDED && step.key().index() >= 0) {
            findings.expect(
                    attempts.stream().anyMatch(attempt -> attempt.result().equals(SUCCEEDED)),
                    Check.ONE_RESULT,
                    () -> of(Check.ONE_RESULT, step, "an attempt that succeeded", "none"));
        }
    }

    private void times(StepRecord step, List<AttemptRecord> attempts, Optional<Instant> readyAt) {
        var before = Optional.<AttemptRecord>empty();
        for (var attempt : attempts) {
            var started = attempt.startedAt();
            if (started.isPresent()) {
                var start = started.get();
                readyAt.ifPresent(ready -> findings.expect(
                        !start.isBefore(ready.minus(CLOCKS)),
                        Check.EARLY_START,
                        () -> of(
                                Check.EARLY_START,
                                step,
                                "to start when it was ready at " + ready,
                                "claim " + attempt.claim() + " started at " + start)));
                before.ifPresent(earlier -> findings.expect(
                        !start.isBefore(earlier.endedAt().minus(CLOCKS)),
                        Check.CLAIMS_OVERLAP,
                        () -> of(
                                Check.CLAIMS_OVERLAP,
                                step,
                                "claim " + attempt.claim() + " to start when claim " + earlier.claim() + " ended at "
                                        + earlier.endedAt(),
                                "it started at " + start)));
            }
            before = Optional.of(attempt);
        }
    }

    private static Violation of(Check check, StepRecord step, String expected, String found) {
        return Violation.ofStep(check, step.key(), step.name(), expected, found);
    }

    static String seconds(Duration duration) {
        return duration.toSeconds() + " s";
    }
}
