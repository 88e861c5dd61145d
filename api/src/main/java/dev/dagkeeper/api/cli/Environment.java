package dev.dagkeeper.api.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * What a command sees of the outside.
 *
 * @param out for data
 * @param err for everything else
 * @param variables the process environment
 * @param directory what relative paths are relative to
 * @param outIsTerminal whether {@code out} is a terminal
 */
record Environment(
        PrintStream out,
        PrintStream err,
        Map<String, String> variables,
        Path directory,
        InstantSource clock,
        boolean outIsTerminal) {
    Environment {
        variables = Map.copyOf(variables);
    }

    /** A variable that is set and not empty. */
    Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
    }

    /** Whether text may be coloured: only on a terminal, and not when {@code NO_COLOR} is set. */
    boolean colours() {
        return outIsTerminal && variable("NO_COLOR").isEmpty() && !"dumb".equals(variables.get("TERM"));
    }

    /** The path a user wrote. */
    Path resolve(String path) {
        return directory.resolve(path);
    }

    /** The data directory when no option names one. */
    Path defaultDataDirectory() {
        return variable("DAGKEEPER_DATA_DIR")
                .map(this::resolve)
                .orElseGet(() -> variable("XDG_DATA_HOME")
                        .map(Path::of)
                        .orElseGet(() -> Path.of(variables.getOrDefault("HOME", "."), ".local", "share"))
                        .resolve("dagkeeper"));
    }
}
