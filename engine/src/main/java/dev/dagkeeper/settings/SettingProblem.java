package dev.dagkeeper.settings;

import java.util.Optional;

/**
 * Something wrong with a document of live settings.
 *
 * @param key as it was written
 * @param code {@code unknown-setting} or {@code bad-value}
 * @param message what was expected and what was found
 * @param hint what may have been meant
 */
public record SettingProblem(String key, String code, String message, Optional<String> hint) {
    /** One line. */
    @Override
    public String toString() {
        return key + ": " + message + hint.map(text -> "; " + text).orElse("");
    }
}
