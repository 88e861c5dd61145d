package dev.dagkeeper;

import java.time.Duration;

/**
 * Times that are promised for a machine that does nothing else. A plain build runs tests beside each other, on machines of
 * others, so it holds the program to several times as long; {@code -Dtime.slack=1} holds it to the promise, and the profiles that
 * measure do.
 */
public final class Promised {
    private static final int SLACK = Integer.getInteger("time.slack", 5);

    /** For what happens sooner or later. Only a test that fails ever waits so long. */
    public static final Duration EVENTUALLY = Duration.ofSeconds(60);

    private Promised() {}

    /** How long what is promised within this time may take here. */
    public static Duration within(Duration promise) {
        return promise.multipliedBy(SLACK);
    }
}
