package dev.dagkeeper.master;

import dev.dagkeeper.run.ActiveRun;
import dev.dagkeeper.run.RunId;

/** An active run in the leader's memory, with the number of its newest event. Not thread-safe: the leader's. */
final class LedRun {
    /**
     * How far a leader that has just loaded a run skips ahead: more than the events that can have been numbered and then
     * lost with an asynchronous commit.
     */
    private static final long SEQ_GAP = 1_000;

    private final ActiveRun active;
    private long seq;

    LedRun(ActiveRun active, long lastSeq) {
        this.active = active;
        seq = lastSeq == 0 ? 0 : lastSeq + SEQ_GAP;
    }

    ActiveRun active() {
        return active;
    }

    RunId id() {
        return active.header().id();
    }

    long nextSeq() {
        return ++seq;
    }

    String stepName(int step) {
        return active.workflow().steps().get(step).displayName();
    }
}
