package dev.dagkeeper.api.cli.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalDouble;

/** Durations, all of them kept: percentiles are exact. Not thread-safe. */
final class Samples {
    private static final double NANOS_PER_MILLI = 1e6;

    private long[] nanos = new long[1024];
    private int size;
    private boolean sorted = true;

    void add(Duration duration) {
        if (size == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * size);
        }
        nanos[size] = duration.toNanos();
        size++;
        sorted = false;
    }

    /**
     * The smallest sample, in milliseconds, that at least so many of a hundred do not exceed; empty without samples.
     *
     * @param percent above 0, at most 100
     */
    OptionalDouble percentile(double percent) {
        if (size == 0) {
            return OptionalDouble.empty();
        }
        if (!sorted) {
            Arrays.sort(nanos, 0, size);
            sorted = true;
        }
        int rank = Math.max(1, (int) Math.ceil(percent / 100 * size));
        return OptionalDouble.of(nanos[rank - 1] / NANOS_PER_MILLI);
    }
}
