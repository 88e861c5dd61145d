package dev.dagkeeper.run;

import java.util.Locale;

/** The states of a run, as users see them. */
public enum RunState {
    QUEUED,
    RUNNING,
    PAUSED,
    CANCELLING,
    SUCCEEDED,
    WARNED,
    FAILED,
    CANCELLED,
    SKIPPED;

    /** The notation of every interface. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads {@link #text()}. */
    public static RunState parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /** Whether it never changes again. */
    public boolean isFinal() {
        return switch (this) {
            case QUEUED, RUNNING, PAUSED, CANCELLING -> false;
            case SUCCEEDED, WARNED, FAILED, CANCELLED, SKIPPED -> true;
        };
    }
}
