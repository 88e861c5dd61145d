package dev.dagkeeper.history;

import dev.dagkeeper.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Alerts and how far they have come by each channel. The leader writes the alerts themselves ({@link AlertWrites}). Thread-safe;
 * methods throw {@link StoreException} when Postgres does not answer.
 */
public interface AlertStore {
    /**
     * Gives alerts that are new a delivery for each channel; with no channel they are only listed.
     *
     * @return how many there were, some thousands at most
     */
    int route(Collection<String> channels);

    /**
     * Takes the delivery that has been due longest, and counts the try. Nobody else gets it for a while; when the one who took
     * it does not say what came of it, it is due again then.
     *
     * @param lease how long nobody else gets it
     */
    Optional<Delivery> take(String channel, Duration lease);

    /** The receiver has accepted it. */
    void sent(Delivery delivery);

    /**
     * The try failed. Nothing happens when somebody else has taken it meanwhile.
     *
     * @param again after which time it is due again; absent: it is dead
     */
    void failed(Delivery delivery, String error, Optional<Duration> again);

    /** How many deliveries are pending and dead. */
    Map<State, Long> counts();

    /**
     * A page of alerts, newest first.
     *
     * @param state only those; all when absent
     * @param before only what comes after this one in the list
     */
    List<StoredAlert> list(Optional<State> state, Optional<Place> before, int limit);

    /** One alert. */
    Optional<StoredAlert> find(UUID id);

    /** Makes the dead deliveries of an alert pending, due now; how many there were. Durable. */
    int retry(UUID id);

    /** How far a delivery, or an alert with all its deliveries, has come. */
    enum State {
        /** To be tried, again or for the first time. */
        PENDING,
        /** Accepted by the receivers. */
        SENT,
        /** Given up, until somebody asks for another try. */
        DEAD,
        /** No channel was configured. */
        LISTED;

        /** The notation of every interface. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads {@link #text()}. */
        public static State parse(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /** Where an alert stands in the list. */
    record Place(Instant at, UUID id) {}

    /** What is told. */
    record Alert(
            UUID id,
            Instant at,
            String kind,
            String namespace,
            String workflow,
            Optional<RunId> run,
            String subject,
            JsonNode data) {}

    /**
     * An alert on its way.
     *
     * @param attempt which try this is, from 1
     */
    record Delivery(String channel, int attempt, Alert alert) {}

    /** What came of an alert by one channel. {@code nextAt} is there while it is pending. */
    record Progress(
            String channel, State state, int attempts, Optional<Instant> nextAt, String error, Instant changedAt) {}

    /** An alert as listed. */
    record StoredAlert(Alert alert, State state, List<Progress> deliveries) {
        public StoredAlert {
            deliveries = List.copyOf(deliveries);
        }
    }
}
