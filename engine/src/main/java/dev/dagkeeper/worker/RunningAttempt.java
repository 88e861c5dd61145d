package dev.dagkeeper.worker;

import java.time.Instant;

/** An attempt that {@link AttemptRunner} carries out. Thread-safe. */
public interface RunningAttempt {
    /** What it carries out. */
    Claimed claimed();

    /** When it was started. */
    Instant startedAt();

    /**
     * Tells it to end. Returns at once; the end comes through the {@link AttemptListener}. Harmless when it has ended,
     * or was told before; {@link Stop#KILL} and {@link Stop#ABANDON} also hasten a stop that is under way.
     */
    void stop(Stop how);
}
