package dev.dagkeeper.api.http;

import dev.dagkeeper.run.RunId;

/**
 * Tells the leader that there is something to look at in Postgres. Thread-safe. A bell that is not heard only delays: the
 * leader looks by itself from time to time. So implementations do not wait, and whatever they throw is ignored.
 */
public interface RunBells {
    /** A run was stored. */
    void runCreated(RunId run);

    /** A command for the run was stored. */
    void commandGiven(RunId run);

    /** Triggers were deployed, removed, paused or resumed; backfills were created, paused, resumed or cancelled. */
    void triggersChanged();

    /** An update of a dataset was recorded. */
    void datasetUpdated();

    /** Workers are to be drained, or not any more. */
    void workersChanged();
}
