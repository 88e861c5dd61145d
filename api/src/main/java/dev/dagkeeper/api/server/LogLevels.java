package dev.dagkeeper.api.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.dagkeeper.settings.LogLevel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Sets how much the engine logs in this process; libraries stay as they are. Thread-safe. */
final class LogLevels {
    private final @Nullable Logger logger;
    private final @Nullable Level started;

    /** Remembers what the process was started with. */
    LogLevels() {
        // Where another program hosts the engine and logs by other means, its level is its own affair.
        logger = LoggerFactory.getLogger("dev.dagkeeper") instanceof Logger logback ? logback : null;
        started = logger == null ? null : logger.getLevel();
    }

    /** Logs at this level, or as the process was started. */
    void set(Optional<LogLevel> level) {
        if (logger != null) {
            logger.setLevel(level.map(wanted -> Level.toLevel(wanted.name())).orElse(started));
        }
    }
}
