package dev.dagkeeper.workflow;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Binds what a step and {@code defaults.step} have in common: timeout, retry, queue, env. */
final class RetryBinder {
    static final Duration SHORTEST = Duration.ofMillis(1);
    static final Duration LONGEST = Duration.ofDays(3650);
    private static final int MOST_RETRIES = 10_000;
    private static final java.util.regex.Pattern QUEUE =
            java.util.regex.Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

    private final Problems problems;
    private final Scalars scalars;

    RetryBinder(Problems problems) {
        this.problems = problems;
        this.scalars = new Scalars(problems);
    }

    StepDraft.Defaults defaults(MapReader map) {
        return new StepDraft.Defaults(timeout(map), retry(map), queue(map), env(map));
    }

    Optional<Duration> timeout(MapReader map) {
        return map.get("timeout").flatMap(f -> scalars.duration(f, SHORTEST, LONGEST));
    }

    Optional<String> queue(MapReader map) {
        return map.get("queue").flatMap(this::name);
    }

    /** The name of a queue or pool. */
    Optional<String> name(Field field) {
        return scalars.text(field).filter(text -> {
            var fits = QUEUE.matcher(text).matches();
            if (!fits) {
                problems.add(
                        Code.BAD_ID,
                        field,
                        "'" + TypedValue.shorten(text) + "' is not a name: letters, digits, '_', '.', '-', at most 64");
            }
            return fits;
        });
    }

    Map<String, Field> env(MapReader map) {
        return map.get("env")
                .map(f -> scalars.textMap(f, scalars::checkEnvName))
                .orElse(Map.of());
    }

    Optional<StepDraft.RetryDraft> retry(MapReader step) {
        return step.get("retry")
                .flatMap(f -> MapReader.open(f, Keys.RETRY, problems))
                .map(this::retryOf);
    }

    private StepDraft.RetryDraft retryOf(MapReader map) {
        var none = StepDraft.RetryDraft.NONE;
        var max =
                map.require("max", "how many more attempts at most").flatMap(f -> scalars.integer(f, 0, MOST_RETRIES));
        var delay = map.get("delay").flatMap(f -> scalars.duration(f, Duration.ZERO, LONGEST));
        var maxDelay = map.get("max-delay").flatMap(f -> scalars.duration(f, SHORTEST, LONGEST));
        if (delay.isPresent() && maxDelay.isPresent() && maxDelay.get().compareTo(delay.get()) < 0) {
            map.ifPresent(
                    "max-delay",
                    f -> problems.add(
                            Code.CONFLICT,
                            f,
                            "max-delay " + f.text() + " is shorter than delay " + Durations.format(delay.get())));
        }
        return new StepDraft.RetryDraft(
                max.orElse(none.max()),
                delay.orElse(none.delay()),
                map.get("backoff").flatMap(f -> scalars.decimal(f, 1, 100)).orElse(none.backoff()),
                maxDelay.orElse(none.maxDelay()),
                map.get("jitter").flatMap(f -> scalars.decimal(f, 0, 1)).orElse(none.jitter()),
                map.get("when"));
    }
}
