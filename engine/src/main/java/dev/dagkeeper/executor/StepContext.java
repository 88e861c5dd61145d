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

    /** The named connections of the worker's configuration. */
    Connections connections();

    /** The environment every process of this worker begins with: PATH, HOME and what the configuration passes on. */
    java.util.Map<String, String> baseEnvironment();

    /** How long a process told to end may take before it is killed; zero after a {@code kill}. May change while running. */
    Duration grace();

    /** A marker {@code NAME=value} that every process of this worker carries in its environment, to sweep by. */
    String processMarker();

    /**
     * Tells the guard, which outlives a killed worker, about a process group to end if this worker vanishes.
     * Close the handle when the group is gone.
     */
    AutoCloseable guard(long processGroup);
}
