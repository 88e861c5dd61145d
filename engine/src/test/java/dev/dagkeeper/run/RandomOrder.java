package dev.dagkeeper.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.workflow.Workflow;
import dev.dagkeeper.workflow.Workflow.OnStepFailure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** Plays one run to its end in a random order of events, on the decisions and on the reference model side by side. */
final class RandomOrder {
    private static final int MOVES = 5_000;

    private final Random random;
    private final long outcomes;
    private final double failures;
    private final boolean interrupted;
    private final Random leaders;

    /** Whether the leader dies now and then. */
    boolean reloads;

    final Play play;
    final ReferenceModel model;

    /**
     * @param outcomes the seed of what attempts come to, which is the same in every order
     * @param failures how likely an attempt is to fail
     * @param interrupted whether the run may be cancelled, killed or timed out on the way
     */
    RandomOrder(Workflow workflow, long outcomes, double failures, long order, boolean interrupted) {
        this.random = new Random(order);
        this.leaders = new Random(order + 1);
        this.outcomes = outcomes;
        this.failures = failures;
        this.interrupted = interrupted;
        play = new Play(workflow);
        model = new ReferenceModel(workflow);
    }

    void playToTheEnd() {
        play.send(new Event.Started());
        model.started();
        agree();
        for (var moves = 0; !play.run.isFinal(); moves++) {
            assertThat(moves).as("the run ends").isLessThan(MOVES);
            move();
            agree();
            if (reloads && !play.run.isFinal() && leaders.nextInt(4) == 0) {
                reload();
                agree();
            }
        }
    }

    private void agree() {
        var agreed = play.run.state() == model.state;
        var keys = play.keys();
        for (var key : keys) {
            agreed &= play.run.state(key) == model.states.get(key);
        }
        if (!agreed || keys.size() != model.states.size()) {
            var states = new TreeMap<StepKey, StepState>();
            keys.forEach(key -> states.put(key, play.run.state(key)));
            assertThat(states)
                    .as("states by the decisions (actual) and by the model")
                    .isEqualTo(model.states);
            assertThat(play.run.state()).as("state of the run").isEqualTo(model.state);
        }
    }

    /** How the steps themselves ended, which is what other steps and users go by. */
    Map<Integer, StepState> ends() {
        var ends = new TreeMap<Integer, StepState>();
        play.run
                .workflow()
                .steps()
                .forEach(step -> ends.put(step.ordinal(), play.run.state(play.run.key(step.ordinal(), StepKey.WHOLE))));
        return ends;
    }

    private void move() {
        if (interrupted && random.nextInt(12) == 0) {
            interrupt();
            return;
        }
        var open = new ArrayList<StepKey>();
        play.run.forEachReady(open::add);
        play.run.forEachPlaced(open::add);
        play.run.forEachWaiting(open::add);
        assertThat(open).as("something can happen").isNotEmpty();
        var key = pick(open);
        switch (play.run.state(key)) {
            case BLOCKED -> {
                play.place(key);
                model.placed(key);
            }
            case QUEUED -> queued(key);
            case RUNNING -> running(key);
            case WAITING -> {
                play.now = play.run.due(key).orElseThrow();
                play.send(new Event.Due(key));
                model.due(key);
            }
            case PENDING, SUCCEEDED, WARNED, FAILED, TIMED_OUT, SKIPPED, UPSTREAM_FAILED, CANCELLED ->
                throw new IllegalStateException();
        }
    }

    /**
     * A leader dies and another loads what is stored. Of what can be derived again some was not written, and a result may
     * have been recorded that nobody decided about.
     */
    private void reload() {
        if (racedPastItsStop()) {
            return;
        }
        var reports = new HashMap<StepKey, Report>();
        var running = new ArrayList<StepKey>();
        play.run.forEachPlaced(running::add);
        running.removeIf(key -> play.run.state(key) != StepState.RUNNING);
        if (!running.isEmpty() && leaders.nextBoolean()) {
            var key = running.get(leaders.nextInt(running.size()));
            var outcome = Outcome.of(outcomes, failures, key, play.run.attempt(key));
            reports.put(key, outcome.report());
            model.ended(key, outcome);
        }
        var rows = new ArrayList<>(play.snapshots(reports));
        Collections.shuffle(rows, leaders);
        rows.replaceAll(row -> leaders.nextInt(3) == 0 ? unwritten(row) : row);
        play.reload(rows);
    }

    /**
     * Whether an item that was to be withdrawn under finish-running was claimed first. A new leader takes it for one that ran
     * all along and lets it finish, and so may end otherwise.
     */
    private boolean racedPastItsStop() {
        return play.run.workflow().onStepFailure() == OnStepFailure.FINISH_RUNNING
                && play.keys().stream().anyMatch(key -> play.run.state(key) == StepState.RUNNING && model.told(key));
    }

    private StepSnapshot unwritten(StepSnapshot row) {
        var foreach = row.key().index() == StepKey.WHOLE
                && play.run.step(row.key()).foreach().isPresent();
        if (row.state() != StepState.BLOCKED || row.claim() > 1 || foreach) {
            return row;
        }
        return new StepSnapshot(
                row.key(),
                StepState.PENDING,
                "as created",
                1,
                1,
                0,
                Optional.empty(),
                Optional.empty(),
                row.report(),
                Map.of(),
                row.item());
    }

    private void interrupt() {
        switch (random.nextInt(3)) {
            case 0 -> {
                play.send(new Event.RunTimedOut());
                model.timeOut();
            }
            case 1 -> {
                var hooks = play.run.verdict().isPresent();
                if (!hooks) {
                    play.send(new Event.CancelRequested(false, "test"));
                    model.cancel(false);
                }
            }
            default -> {
                var hooks = play.run.verdict().isPresent();
                if (!hooks) {
                    play.send(new Event.CancelRequested(true, "test"));
                    model.cancel(true);
                }
            }
        }
    }

    private void queued(StepKey key) {
        var chance = random.nextInt(10);
        if (chance == 0 || (play.run.stopRequested(key) && chance < 5)) {
            play.send(new Event.Withdrawn(key, play.run.claim(key)));
            model.withdrawn(key);
        } else if (chance == 1) {
            end(key);
        } else {
            play.send(new Event.Running(key, play.run.claim(key), Play.WORKER, play.now));
            model.running(key);
        }
    }

    private void running(StepKey key) {
        var chance = random.nextInt(20);
        if (chance == 0) {
            play.send(new Event.Lost(key, play.run.claim(key), play.run.lost(key) == Attempts.MAX_LOST - 1));
            model.lost(key);
        } else if (model.told(key) && chance < 14) {
            play.report(key, new Report.Cancelled());
            model.endedAsTold(key);
        } else {
            end(key);
        }
    }

    private void end(StepKey key) {
        var outcome = Outcome.of(outcomes, failures, key, play.run.attempt(key));
        play.report(key, outcome.report());
        model.ended(key, outcome);
    }

    private StepKey pick(List<StepKey> from) {
        return from.get(random.nextInt(from.size()));
    }
}
