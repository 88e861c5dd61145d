package dev.dagkeeper.master;

import java.time.Duration;

/**
 * How a leader behaves.
 *
 * @param absenceGrace how long after an election or a reconnect no step is called lost, so that workers can take their
 *     locks again: a worker's session timeout; zero where ZooKeeper cannot have lost what workers still hold
 * @param sweepInterval how often everything believed queued or running is compared with ZooKeeper; a safety net only
 * @param settle how long what that notices may still be on its way, before it is noticed again and put right
 */
public record LeaderSettings(Duration absenceGrace, Duration sweepInterval, Duration settle) {
    /** For a ZooKeeper that lives apart from the engine. */
    public static final LeaderSettings CLUSTER =
            new LeaderSettings(Duration.ofSeconds(6), Duration.ofSeconds(30), Duration.ofSeconds(2));

    /** For a ZooKeeper that begins and ends with the only worker. */
    public static final LeaderSettings EMBEDDED =
            new LeaderSettings(Duration.ZERO, Duration.ofSeconds(30), Duration.ofSeconds(2));
}
