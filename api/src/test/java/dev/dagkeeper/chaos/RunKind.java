package dev.dagkeeper.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The workflows of the load, each with what must come of it, written down by hand. */
enum RunKind {
    FAN(
            5,
            "succeeded",
            new Expected("split", "succeeded", 0, 0),
            new Expected("part", "succeeded", 6, 0, "split"),
            new Expected("gather", "succeeded", 0, 0, "part")),
    FLAKY(
            3,
            "succeeded",
            new Expected("begin", "succeeded", 0, 0),
            new Expected("shaky", "succeeded", 0, 2, "begin"),
            new Expected("shaky_each", "succeeded", 3, 1, "begin"),
            new Expected("finish", "succeeded", 0, 0, "shaky", "shaky_each")),
    FAILING(
            2,
            "failed",
            new Expected("begin", "succeeded", 0, 0),
            new Expected("broken", "failed", 0, 0, "begin"),
            new Expected("never", "upstream-failed", 0, 0),
            new Expected("aside", "succeeded", 0, 0, "begin"),
            new Expected("aside_too", "succeeded", 0, 0, "begin")),
    HANDLED(
            2,
            "warned",
            new Expected("begin", "succeeded", 0, 0),
            new Expected("broken", "failed", 0, 0, "begin"),
            new Expected("repair", "succeeded", 0, 0, "broken"),
            new Expected("aside", "succeeded", 0, 0, "begin"),
            new Expected("finish", "succeeded", 0, 0, "broken", "repair", "aside")),
    CONDITIONAL(
            2,
            "succeeded",
            new Expected("measure", "succeeded", 0, 0),
            new Expected("large", "skipped", 0, 0),
            new Expected("small", "succeeded", 0, 0, "measure"),
            new Expected("other", "succeeded", 0, 0, "measure"),
            new Expected("finish", "succeeded", 0, 0, "small", "other")),
    STOPPED(1, "cancelled");

    /** Those that the scripts fail with when they are meant to; any other comes from what is done to them. */
    static final Set<Integer> EXIT_CODES = Set.of(3, 7);

    private final int weight;
    private final String verdict;

    @SuppressWarnings("ImmutableEnumChecker") // it is a List.of
    private final List<Expected> steps;

    RunKind(int weight, String verdict, Expected... steps) {
        this.weight = weight;
        this.verdict = verdict;
        this.steps = List.of(steps);
    }

    /**
     * What must come of a step.
     *
     * @param instances of a foreach; 0 for a plain step
     * @param failures how many attempts fail, by the script's own doing, before one succeeds
     * @param after steps that must have ended before this one starts
     */
    record Expected(String id, String state, int instances, int failures, List<String> after) {
        Expected(String id, String state, int instances, int failures, String... after) {
            this(id, state, instances, failures, List.of(after));
        }
    }

    /** The workflow's name. */
    String workflow() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The state that every run of it ends in. */
    String verdict() {
        return verdict;
    }

    /** What must come of its steps; none where that depends on when the run is cancelled. */
    List<Expected> steps() {
        return steps;
    }

    /** Its YAML. */
    String source() {
        try (var in = RunKind.class.getResourceAsStream(workflow() + ".yaml")) {
            if (in == null) {
                throw new IllegalStateException(workflow() + ".yaml is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One of them, by weight. */
    static RunKind pick(int random) {
        int rest = Math.floorMod(
                random, Arrays.stream(values()).mapToInt(kind -> kind.weight).sum());
        for (var kind : values()) {
            rest -= kind.weight;
            if (rest < 0) {
                return kind;
            }
        }
        throw new IllegalStateException("weights do not add up");
    }

    static RunKind of(String workflow) {
        return valueOf(workflow.toUpperCase(Locale.ROOT));
    }
}
