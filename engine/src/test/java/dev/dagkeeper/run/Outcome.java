package dev.dagkeeper.run;

import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** What one attempt of a random run comes to. */
enum Outcome {
    SUCCEEDS,
    FAILS,
    FAILS_FOR_GOOD,
    TIMES_OUT;

    /** The same for the same seed, step, index and attempt, in whatever order they are asked for. */
    static Outcome of(long seed, double chance, StepKey key, int attempt) {
        var mixed = ((seed * 1_000_003 + key.step()) * 1_000_003 + key.index()) * 1_000_003 + attempt;
        var random = new SplittableRandom(mixed);
        if (random.nextDouble() >= chance) {
            return SUCCEEDS;
        }
        return switch (random.nextInt(4)) {
            case 0 -> FAILS_FOR_GOOD;
            case 1 -> TIMES_OUT;
            default -> FAILS;
        };
    }

    Report report() {
        return switch (this) {
            case SUCCEEDS -> new Report.Succeeded(Map.of());
            case FAILS -> new Report.Failed("exit", "exit code 1", Optional.of(1), true);
            case FAILS_FOR_GOOD -> new Report.Failed("output", "'rows' is missing", Optional.empty(), false);
            case TIMES_OUT -> new Report.TimedOut("took too long");
        };
    }
}
