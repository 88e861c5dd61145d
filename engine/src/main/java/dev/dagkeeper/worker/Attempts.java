package dev.dagkeeper.worker;

import java.io.Closeable;

/** Carries out attempts. Thread-safe. How many run at once is the caller's affair. */
public interface Attempts extends Closeable {
    /** Starts an attempt and returns at once. */
    RunningAttempt start(Claimed claimed, AttemptListener listener);
}
