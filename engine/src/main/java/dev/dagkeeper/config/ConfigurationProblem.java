package dev.dagkeeper.config;

import java.util.Optional;

/**
 * Something wrong with the configuration.
 *
 * @param source where
 * @param message what was expected and what was found
 * @param hint what to write instead
 */
public record ConfigurationProblem(Source source, String message, Optional<String> hint) {
    /** {@code dagkeeper.yaml:3:5: unknown key 'slot' (did you mean 'slots'?)}. */
    @Override
    public String toString() {
        return source.describe() + ": " + message
                + hint.map(h -> " (" + h + ")").orElse("");
    }
}
