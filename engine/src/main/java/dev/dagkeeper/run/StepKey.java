package dev.dagkeeper.run;

import java.util.Comparator;

/**
 * One step instance of one run.
 *
 * @param step the step's ordinal in its workflow
 * @param index the item of a foreach, from 0; {@link #WHOLE} for the step itself
 */
public record StepKey(RunId run, int step, int index) implements Comparable<StepKey> {
    /** The index of a step that is not an instance of a foreach, and of the foreach step as a whole. */
    public static final int WHOLE = -1;

    private static final Comparator<StepKey> ORDER =
            Comparator.comparing(StepKey::run).thenComparingInt(StepKey::step).thenComparingInt(StepKey::index);

    public StepKey {
        if (step < 0 || index < WHOLE) {
            throw new IllegalArgumentException("step " + step + " index " + index);
        }
    }

    /** The order in which rows are locked. */
    @Override
    public int compareTo(StepKey other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return run + "." + step + (index == WHOLE ? "" : "." + index);
    }
}
