package dev.dagkeeper.api.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Durations as people read them. */
public final class Times {
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Times() {}

    /** A few characters: {@code 0.4s}, {@code 12s}, {@code 3m05s}, {@code 2h10m}, {@code 3d4h}; never negative. */
    public static String text(Duration duration) {
        var millis = Math.max(0, duration.toMillis());
        var seconds = millis / 1000;
        if (seconds < 10) {
            return seconds + "." + millis % 1000 / 100 + "s";
        }
        if (seconds < MINUTE) {
            return seconds + "s";
        }
        if (seconds < HOUR) {
            return seconds / MINUTE + "m" + twoDigits(seconds % MINUTE) + "s";
        }
        if (seconds < DAY) {
            return seconds / HOUR + "h" + twoDigits(seconds % HOUR / MINUTE) + "m";
        }
        return seconds / DAY + "d" + seconds % DAY / HOUR + "h";
    }

    /** How long something took, or takes until now; empty text when it has not begun. */
    static String between(Optional<Instant> from, Optional<Instant> to, Instant now) {
        return from.map(start -> text(Duration.between(start, to.orElse(now)))).orElse("");
    }

    private static String twoDigits(long number) {
        return number < 10 ? "0" + number : Long.toString(number);
    }
}
