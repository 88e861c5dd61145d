package dev.dagkeeper.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One setting: its names and how its value is read.
 *
 * @param path in {@code dagkeeper.yaml}, levels separated by dots
 * @param flag the option of the command line, with dashes; empty for none
 * @param env the environment variable
 * @param defaultText what holds when nobody says anything, as one would write it; empty for none
 * @param kind what may be written
 * @param meaning one sentence for the documentation
 * @param read turns what was written into the value; throws IllegalArgumentException saying what was expected
 */
record Key<T>(
        String path,
        String flag,
        String env,
        String defaultText,
        Kind kind,
        String meaning,
        Function<List<String>, T> read) {
    /** What may be written. */
    enum Kind {
        TEXT,
        /** One value, never shown. */
        SECRET,
        /** In YAML a sequence; elsewhere separated by commas. */
        LIST
    }

    /** What was written for a setting, and where. */
    record Raw(List<String> items, Source source) {
        Raw {
            items = List.copyOf(items);
        }
    }

    /** Splits what was written in one piece. */
    List<String> items(String text) {
        if (kind != Kind.LIST) {
            return List.of(text);
        }
        return List.of(text.split(",", -1)).stream()
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    Raw byDefault() {
        return new Raw(items(defaultText), new Source.Default());
    }

    /** The section and the key in it: {@code worker}, {@code slots}. */
    Optional<String> section() {
        var dot = path.indexOf('.');
        return dot < 0 ? Optional.empty() : Optional.of(path.substring(0, dot));
    }
}
