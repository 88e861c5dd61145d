package dev.dagkeeper.doctor;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What the doctor found.
 *
 * @param runs how many runs were looked at
 * @param leftOut whether more runs have ended in the time that was asked about
 * @param zooKeeper whether ZooKeeper answered; if not, what needs it was not examined
 */
public record Examination(Instant at, int runs, boolean leftOut, boolean zooKeeper, List<Result> results) {
    /**
     * What to examine.
     *
     * @param createdSince runs created earlier are looked at only while they are active
     * @param mostEnded so many runs that have ended, the newest
     * @param patience how long what is on its way may take before it counts as a violation
     */
    public record Request(Instant createdSince, int mostEnded, Duration patience) {}

    /**
     * What one check came to.
     *
     * @param examined how many things were looked at
     * @param violations how many of them violate it
     * @param shown the first of those
     */
    public record Result(Check check, boolean carriedOut, long examined, long violations, List<Violation> shown) {}

    /** Whether everything that was examined holds. */
    public boolean isHealthy() {
        return results.stream().allMatch(result -> result.violations() == 0);
    }
}
