package dev.dagkeeper.run;

import java.time.Instant;

/**
 * Decides what follows from what happened to a run. Pure: reads no clock and no store, and leaves the run as it is, so
 * a decision that could not be written is simply dropped. Stateless and thread-safe; the run it is given is not.
 *
 * <p>The cost is that of the edges out of the steps that became final, not of the run's size. Once in a run's life it is
 * all of it: when it starts, is cancelled or out of time, at the first failure under {@code finish-running} and
 * {@code fail-fast}, and when a run with failures ends.
 *
 * <p>What one event brings about is decided together: first what follows from steps that did not fail, then all
 * failures at once. So the decision does not depend on the order of steps in the file.
 *
 * @see StepState the transitions of an instance
 * @see RunState the transitions of a run
 */
public final class Decider {
    /**
     * What follows from the event, {@link Decision#NONE} when it is stale: about another claim, about an instance that
     * is final, or a second time.
     *
     * @param now the database's time
     */
    public Decision decide(ActiveRun run, Event event, Instant now) {
        return run.isFinal() ? Decision.NONE : draft(run, event, now).decision();
    }

    /** The decision with what it took to make it. */
    Draft draft(ActiveRun run, Event event, Instant now) {
        var draft = new Draft(run, now);
        switch (event) {
            case Event.Started e -> start(draft);
            case Event.TurnedAway e -> Stops.turnAway(draft, e.as(), e.reason());
            case Event.RunTimedOut e -> Stops.fail(draft, Reasons.TIMEOUT);
            case Event.DeadlinePassed e -> Deadlines.strike(draft, e.deadline());
            case Event.CancelRequested e -> Stops.cancel(draft, e.kill(), e.by());
            case Event.Placed e -> ifCurrent(draft, e.key(), e.claim(), () -> Attempts.placed(draft, e));
            case Event.Withdrawn e -> ifCurrent(draft, e.key(), e.claim(), () -> Attempts.withdrawn(draft, e));
            case Event.Running e -> ifCurrent(draft, e.key(), e.claim(), () -> Attempts.running(draft, e));
            case Event.Reported e -> ifCurrent(draft, e.key(), e.claim(), () -> Attempts.reported(draft, e));
            case Event.Lost e -> ifCurrent(draft, e.key(), e.claim(), () -> Attempts.lost(draft, e));
            case Event.Doubted e -> ifCurrent(draft, e.key(), e.claim(), () -> Attempts.doubted(draft, e));
            case Event.PastHeard e -> Attempts.pastHeard(draft, e);
            case Event.Due e -> {
                if (draft.run().isInstance(e.key())) {
                    Attempts.due(draft, e.key());
                }
            }
        }
        Cascade.settle(draft);
        return draft;
    }

    /**
     * What follows from the stored states of a run that was just restored and was not written any more: consequences of
     * final steps, requests to stop. To be applied before anything else is decided; empty when nothing was missing.
     * Requests to stop come again each time, since it is not stored whether they arrived.
     *
     * @param now the database's time
     */
    public Decision resume(ActiveRun run, Instant now) {
        if (run.isFinal() || run.state() == RunState.QUEUED) {
            return Decision.NONE;
        }
        var draft = new Draft(run, now);
        Stops.resume(draft);
        Cascade.resume(draft);
        Cascade.settle(draft);
        return draft.decision();
    }

    private static void start(Draft draft) {
        if (draft.state() != RunState.QUEUED) {
            return;
        }
        draft.run(RunState.RUNNING, "", draft.verdict());
        Cascade.resume(draft);
    }

    private static void ifCurrent(Draft draft, StepKey key, int claim, Runnable decide) {
        if (draft.run().isInstance(key)) {
            var slot = draft.slot(key);
            if (slot.claim() == claim && !slot.state().isFinal()) {
                decide.run();
            }
        }
    }
}
