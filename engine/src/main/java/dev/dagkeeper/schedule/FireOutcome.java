package dev.dagkeeper.schedule;

import java.util.Locale;

/** What came of a fire. */
public enum FireOutcome {
    /** It has a run, which was started. */
    STARTED,
    /** It has a run, which waits for a place in its concurrency group; it becomes another outcome when that is over. */
    QUEUED,
    /** It was not to be started: its trigger was paused, or its run was turned away. */
    SKIPPED,
    /** It could not be started in time. */
    MISSED;

    /** In the notation of users and of the database. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads {@link #text}.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static FireOutcome parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
