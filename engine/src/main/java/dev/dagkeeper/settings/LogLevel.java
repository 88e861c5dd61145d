package dev.dagkeeper.settings;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How much the engine's own log tells, least first. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG;

    /** As it is written in settings. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static List<String> texts() {
        return Arrays.stream(values()).map(LogLevel::text).toList();
    }

    static LogLevel parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
