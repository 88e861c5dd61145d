package dev.dagkeeper.run;

import java.util.Locale;

/** The states of a step instance, as users see them. */
public enum StepState {
    PENDING,
    BLOCKED,
    QUEUED,
    RUNNING,
    WAITING,
    SUCCEEDED,
    WARNED,
    FAILED,
    TIMED_OUT,
    SKIPPED,
    UPSTREAM_FAILED,
    CANCELLED;

    /** The notation of the language and of every interface: {@code timed-out}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Reads {@link #text()}. */
    public static StepState parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** Whether it never changes again. */
    public boolean isFinal() {
        return switch (this) {
            case PENDING, BLOCKED, QUEUED, RUNNING, WAITING -> false;
            case SUCCEEDED, WARNED, FAILED, TIMED_OUT, SKIPPED, UPSTREAM_FAILED, CANCELLED -> true;
        };
    }
}
