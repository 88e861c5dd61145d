package dev.dagkeeper.api.cli.bench;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;

/** Tells when repeats have become alike: three in a row that agree within a tenth. Not thread-safe. */
final class SteadyState {
    private static final int ALIKE = 3;
    private static final double TOLERANCE = 1.1;

    private final Deque<Double> last = new ArrayDeque<>();

    /** Hears of one more repeat. */
    void add(double stepsPerSecond) {
        last.add(stepsPerSecond);
        if (last.size() > ALIKE) {
            last.remove();
        }
    }

    /** Whether the last three agree. */
    boolean isReached() {
        return last.size() == ALIKE && Collections.max(last) <= Collections.min(last) * TOLERANCE;
    }
}
