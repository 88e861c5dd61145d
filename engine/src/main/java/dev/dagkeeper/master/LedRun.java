package dev.dagkeeper.master;

import dev.dagkeeper.run.ActiveRun;
import dev.dagkeeper.run.RunId;

/** An active run in the leader's memory, with the number of its newest event. Not thread-safe: the leader's. */
final class LedRun {
    /** More than the events that one leader can have numbered and then lost with asynchronous commits. */
    private static final long SEQ_GAP = 1_000;

    private final ActiveRun active;
    private long seq;

    /**
     * Skips ahead of the newest event that is stored, farther with each epoch: of the events since then, those of several
     * leaders may have been seen and then lost, and a number that was seen must not come again.
     */
    LedRun(ActiveRun active, long lastSeq, long epoch) {
        this.active = active;
        seq = seqBefore(lastSeq, epoch);
    }

    /** The number before the first that a leader gives to events of a run. */
    static long seqBefore(long lastSeq, long epoch) {
        return lastSeq + SEQ_GAP * epoch;
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
