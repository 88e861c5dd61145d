package dev.dagkeeper.history;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Versions of the live settings; there is always one that holds. It keeps what it is given: whether that makes sense is for
 * the caller to check before. Thread-safe; methods throw {@link StoreException} when Postgres does not answer.
 */
public interface SettingsStore {
    /** The version that holds. */
    SettingsVersion current();

    /** One version. */
    Optional<SettingsVersion> find(long version);

    /**
     * Versions, newest first.
     *
     * @param before only older ones than this
     * @param most so many at most
     */
    List<SettingsVersion> history(Optional<Long> before, int most);

    /**
     * Makes a new version that holds from now on, durably.
     *
     * @param replaced the version that it takes the place of
     * @param by who makes it, for the history
     * @param note why; may be empty
     * @return the new version; empty, with nothing changed, when another version holds than the one to replace
     */
    Optional<SettingsVersion> append(long replaced, Map<String, JsonNode> settings, String by, String note);

    /**
     * One version.
     *
     * @param number from 1
     * @param settings what is set, by its key
     */
    record SettingsVersion(
            long number, Map<String, JsonNode> settings, Instant changedAt, String changedBy, String note) {
        public SettingsVersion {
            settings = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(settings));
        }
    }
}
