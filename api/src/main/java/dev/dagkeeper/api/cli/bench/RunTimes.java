package dev.dagkeeper.api.cli.bench;

import dev.dagkeeper.api.client.Run;
import dev.dagkeeper.run.RunState;
import java.time.Duration;
import java.time.Instant;

/**
 * A run that has ended, as it was recorded.
 *
 * @param created when it was accepted
 * @param started when it began; for one that never did, when it ended
 */
record RunTimes(String id, RunState state, Instant created, Instant started, Instant ended) {
    static RunTimes of(Run run) {
        var ended = run.endedAt()
                .orElseThrow(() -> new IllegalArgumentException("run " + run.id() + " has not ended: " + run.state()));
        return new RunTimes(
                run.id(), run.state(), run.createdAt(), run.startedAt().orElse(ended), ended);
    }

    /** From acceptance to end: what whoever started it waits. */
    Duration latency() {
        return Duration.between(created, ended);
    }

    boolean failed() {
        return state != RunState.SUCCEEDED && state != RunState.WARNED;
    }
}
