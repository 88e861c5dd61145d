package dev.dagkeeper.doctor;

import dev.dagkeeper.history.InspectionStore.EventRecord;
import dev.dagkeeper.history.InspectionStore.RunRecord;
import dev.dagkeeper.history.InspectionStore.StepRecord;
import dev.dagkeeper.run.JoinCheck;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.Workflow;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Plays the events of a run again. They carry every change of a state in the order in which it was decided, so no clock is
 * needed to tell what was known when a step began. Lives for one run.
 */
final class Replay {
    /** Numbers are without holes but where a leader took over, which skips ahead at least so far. */
    private static final long LEAST_GAP = 1_000;

    private final RunRecord run;
    private final Optional<Workflow> workflow;
    private final Findings findings;
    private final Map<String, Integer> ordinals = new HashMap<>();
    private final Map<StepKey, StepState> states = new HashMap<>();
    private final Map<StepKey, Instant> readyAt = new HashMap<>();
    private RunState state = RunState.QUEUED;
    private int openMain;

    Replay(RunRecord run, Optional<Workflow> workflow, Findings findings) {
        this.run = run;
        this.workflow = workflow;
        this.findings = findings;
        run.steps().forEach(step -> ordinals.put(step.name(), step.key().step()));
        openMain = workflow.map(w -> (int) w.steps().stream()
                        .filter(step -> step.phase() == Step.Phase.MAIN)
                        .count())
                .orElse(0);
    }

    /** Plays all events; returns when each step instance was first ready. */
    Map<StepKey, Instant> play() {
        long last = 0;
        for (var event : run.events()) {
            long gap = event.seq() - last;
            if (gap != 1 && gap < LEAST_GAP) {
                broken("event " + (last + 1) + " after event " + last, "event " + event.seq());
            }
            last = event.seq();
            findings.examined(Check.HISTORY, 1);
            switch (event.type()) {
                case "run" -> run(event);
                case "step" -> step(event);
                default -> {}
            }
        }
        run.steps().forEach(this::compare);
        if (state != run.state()) {
            broken(
                    "the run " + state.text() + ", as its events say",
                    "its row says " + run.state().text());
        }
        return readyAt;
    }

    private void broken(String expected, String found) {
        findings.add(Violation.ofRun(Check.HISTORY, run.id(), expected, found));
    }

    private void run(EventRecord event) {
        if (!event.from().isEmpty() && !event.from().equals(state.text())) {
            broken("event " + event.seq() + " to begin at " + state.text(), "it begins at " + event.from());
        }
        findings.expect(
                !state.isFinal(),
                Check.FINAL_STATE,
                () -> Violation.ofRun(
                        Check.FINAL_STATE,
                        run.id(),
                        "the run to stay " + state.text(),
                        "event " + event.seq() + " made it " + event.to()));
        state = RunState.parse(event.to());
    }

    private void step(EventRecord event) {
        var name = event.step().orElse("");
        var ordinal = ordinals.get(name);
        if (ordinal == null) {
            broken("only events about steps of the run", "event " + event.seq() + " is about '" + name + "'");
            return;
        }
        var key = new StepKey(run.id(), ordinal, event.index());
        var before = states.getOrDefault(key, StepState.PENDING);
        var after = StepState.parse(event.to());
        findings.expect(
                !before.isFinal(),
                Check.FINAL_STATE,
                () -> Violation.ofStep(
                        Check.FINAL_STATE,
                        key,
                        name,
                        "it to stay " + before.text(),
                        "event " + event.seq() + " made it " + after.text()));
        if (!event.from().equals(before.text())) {
            findings.add(Violation.ofStep(
                    Check.HISTORY,
                    key,
                    name,
                    "event " + event.seq() + " to begin at " + before.text(),
                    "it begins at " + event.from()));
        }
        if (before == StepState.PENDING && begins(after)) {
            readyAt.put(key, event.at());
            if (key.index() == StepKey.WHOLE) {
                join(key, name, event);
            }
        }
        states.put(key, after);
        if (after.isFinal() && !before.isFinal() && isMain(key)) {
            openMain--;
        }
    }

    private boolean isMain(StepKey key) {
        return key.index() == StepKey.WHOLE
                && find(key.step())
                        .filter(step -> step.phase() == Step.Phase.MAIN)
                        .isPresent();
    }

    private Optional<Step> find(int ordinal) {
        return workflow.filter(w -> ordinal < w.steps().size())
                .map(w -> w.steps().get(ordinal));
    }

    /** Whether this is a start, and not an end before it. */
    private static boolean begins(StepState to) {
        return switch (to) {
            case BLOCKED, QUEUED, RUNNING, WAITING, SUCCEEDED, WARNED -> true;
            case PENDING, FAILED, TIMED_OUT, SKIPPED, UPSTREAM_FAILED, CANCELLED -> false;
        };
    }

    private void join(StepKey key, String name, EventRecord event) {
        find(key.step()).ifPresent(step -> {
            findings.expect(
                    JoinCheck.holds(step, this::ended),
                    Check.JOIN,
                    () -> Violation.ofStep(
                            Check.JOIN,
                            key,
                            name,
                            "to start when its join " + step.join() + " holds",
                            "event " + event.seq() + " made it " + event.to() + " while " + needs(step)));
            if (step.phase() != Step.Phase.MAIN && openMain > 0) {
                findings.add(Violation.ofStep(
                        Check.JOIN,
                        key,
                        name,
                        "a hook to start when all main steps have ended",
                        "event " + event.seq() + " made it " + event.to() + " while " + openMain + " had not"));
            }
        });
    }

    private Optional<StepState> ended(int ordinal) {
        return Optional.ofNullable(states.get(new StepKey(run.id(), ordinal, StepKey.WHOLE)))
                .filter(StepState::isFinal);
    }

    private String needs(Step step) {
        return String.join(
                ", ",
                step.needs().stream()
                        .map(need -> find(need.step()).map(Step::displayName).orElse("step " + need.step()) + " was "
                                + states.getOrDefault(
                                                new StepKey(run.id(), need.step(), StepKey.WHOLE), StepState.PENDING)
                                        .text())
                        .toList());
    }

    private void compare(StepRecord step) {
        var played = states.getOrDefault(step.key(), StepState.PENDING);
        findings.examined(Check.HISTORY, 1);
        if (played != step.state()) {
            findings.add(Violation.ofStep(
                    Check.HISTORY,
                    step.key(),
                    step.name(),
                    played.text() + ", as its events say",
                    "its row says " + step.state().text()));
        }
    }
}
