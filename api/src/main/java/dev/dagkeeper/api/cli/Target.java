package dev.dagkeeper.api.cli;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * What an argument {@code RUN[/STEP[[INDEX]][#ATTEMPT]]} names.
 *
 * @param run a full id, a prefix, {@code @latest} or {@code @failed}; the server resolves it
 * @param step a step's name, a hook's with its map before it
 * @param index an instance of a foreach step
 * @param attempt from 1
 */
record Target(String run, Optional<String> step, OptionalInt index, OptionalInt attempt) {
    private static final Pattern NOTATION =
            Pattern.compile("(@?[0-9A-Za-z-]+)(?:/([a-z][a-z0-9_.-]*)(?:\\[([0-9]{1,9})])?(?:#([0-9]{1,9}))?)?");

    /** Reads the whole notation. */
    static Target parse(String text) {
        var match = NOTATION.matcher(text);
        if (!match.matches()) {
            throw new Failure(
                    ExitCode.USAGE,
                    "'" + text + "' does not name a run; expected ID[/STEP[#ATTEMPT]],"
                            + " with an id, the beginning of one, @latest or @failed");
        }
        return new Target(
                match.group(1), Optional.ofNullable(match.group(2)), number(match.group(3)), number(match.group(4)));
    }

    /** Reads a run alone. */
    static String run(String text) {
        var target = parse(text);
        if (target.step().isPresent()) {
            throw new Failure(ExitCode.USAGE, "'" + text + "' names a step; expected a run: " + target.run());
        }
        return target.run();
    }

    private static OptionalInt number(@org.jspecify.annotations.Nullable String digits) {
        return digits == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(digits));
    }
}
