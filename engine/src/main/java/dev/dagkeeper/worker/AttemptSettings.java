package dev.dagkeeper.worker;

import dev.dagkeeper.config.Connections;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * How a worker carries out attempts.
 *
 * @param worker the name recorded with each result
 * @param workDirectory where attempts get their directories; used by one process at a time
 * @param connections named connections of {@code http} and {@code sql} steps
 * @param baseEnvironment what every process begins with: PATH, HOME, ... of the worker, and what the configuration passes on
 * @param grace how long a process that is told to end may take before it is killed
 * @param logLimit bytes of log kept of one attempt, at least 1 KiB
 * @param guard whether a guard process ends this worker's processes when the worker is killed
 */
public record AttemptSettings(
        String worker,
        Path workDirectory,
        Connections connections,
        Map<String, String> baseEnvironment,
        Duration grace,
        int logLimit,
        boolean guard) {
    /** How long a process may take to end when nothing else is said. */
    public static final Duration DEFAULT_GRACE = Duration.ofSeconds(10);

    /** How much log of one attempt is kept when nothing else is said: 10 MiB. */
    public static final int DEFAULT_LOG_LIMIT = 10 * 1024 * 1024;

    public AttemptSettings {
        baseEnvironment = Map.copyOf(baseEnvironment);
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace is negative: " + grace);
        }
        if (logLimit < 1024) {
            throw new IllegalArgumentException("a log limit is at least 1 KiB, found " + logLimit + " bytes");
        }
    }
}
