package dev.dagkeeper.executor;

import dev.dagkeeper.config.Connections;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;

/** What the engine lends to one attempt. Thread-safe. */
public interface StepContext {
    /**
     * The attempt's log, written through as it comes, masked, capped with a notice. Binary-safe. Writing never fails
     * for the size of the output. Closed by the engine.
     */
    OutputStream log();

    /**
     * A fresh directory for this attempt alone with the workflow's files in it, made at the first call and deleted by
     * the engine afterwards.
     */
    Path workingDirectory() throws IOException;

    /**
     * A directory of this attempt that is not the working directory: for scripts, output files and the like. Made at the
     * first call and deleted by the engine afterwards.
     */
    Path scratchDirectory() throws IOException;

    /** The named connections of the worker's configuration. */
    Connections connections();

    /** The environment every process of this worker begins with: PATH, HOME and what the configuration passes on. */
    java.util.Map<String, String> baseEnvironment();

    /** How long a process told to end may take before it is killed; zero after a {@code kill}. May change while running. */
    Duration grace();

    /**
     * An entry {@code NAME=value} to put into the environment of every process of this attempt, so that all of them can
     * be found again whatever they do with sessions and parents. No other attempt has the same. Ask for it just before
     * the start: the first call also sees to it that the guard runs.
     */
    String processMarker();

    /**
     * Tells the guard, which outlives a killed worker, about a process group to end if this worker vanishes. Close the
     * handle when the group is gone.
     */
    GuardedGroup guard(long processGroup);

    /** A process group that the guard watches over. */
    interface GuardedGroup extends AutoCloseable {
        /** The group is gone. */
        @Override
        void close();
    }
}
