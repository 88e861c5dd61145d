package dev.dagkeeper.schedule;

import java.time.Instant;

/**
 * The time a run is for.
 *
 * @param start inclusive: the fire before
 * @param end exclusive: the fire itself; equal to {@code start} when no fire comes before
 */
public record Interval(Instant start, Instant end) {
    public Interval {
        if (start.isAfter(end)) {
            throw new IllegalArgumentException(
                    "expected an interval that does not end before it begins, found " + start + " to " + end);
        }
    }
}
