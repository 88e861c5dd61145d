package dev.dagkeeper.alert;

import java.time.Duration;
import java.util.Optional;

/**
 * How long to wait before an alert is tried again: twice as long after each try.
 *
 * @param first after the first one
 * @param longest at most
 * @param tries how many there are before it is given up
 */
public record Backoff(Duration first, Duration longest, int tries) {
    /** For an outage of about half an hour. */
    public static final Backoff DEFAULT = new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(10), 10);

    public Backoff {
        if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0 || tries < 1) {
            throw new IllegalArgumentException(
                    "expected 0 < first <= longest and a try, found " + first + ", " + longest + ", " + tries);
        }
    }

    /** The wait after so many tries; empty when there were enough. */
    Optional<Duration> after(int tried) {
        if (tried >= tries) {
            return Optional.empty();
        }
        var wait = first;
        for (int i = 1; i < tried && wait.compareTo(longest) < 0; i++) {
            wait = wait.multipliedBy(2);
        }
        return Optional.of(wait.compareTo(longest) < 0 ? wait : longest);
    }
}
