package dev.dagkeeper.api.client;

import java.time.Duration;

/**
 * What the server is to examine.
 *
 * @param since runs created in this time, besides all active ones; in whole seconds
 * @param runs at most so many that have ended, the newest
 * @param patience how long what is on its way may take; in whole seconds
 */
public record DoctorQuery(Duration since, int runs, Duration patience) {
    /** Every run there is. */
    public static DoctorQuery all(Duration patience) {
        return new DoctorQuery(Duration.ofSeconds(Integer.MAX_VALUE), 1_000_000, patience);
    }
}
