package dev.dagkeeper.history;

import dev.dagkeeper.run.RunId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * What a transaction of the leader writes of deadlines and alerts. Rows that are there already stay as they are, so writing the
 * same again changes nothing.
 */
public record AlertWrites(List<StruckDeadline> struck, List<NewAlert> alerts) {
    /** Nothing. */
    public static final AlertWrites NONE = new AlertWrites(List.of(), List.of());

    public AlertWrites {
        struck = List.copyOf(struck);
        alerts = List.copyOf(alerts);
    }

    /** Whether there is nothing to write. */
    public boolean isEmpty() {
        return struck.isEmpty() && alerts.isEmpty();
    }

    /**
     * A deadline that has struck, so that no later leader lets it strike again.
     *
     * @param deadline its place in the workflow's list
     */
    public record StruckDeadline(RunId run, int deadline, Instant at) {}

    /**
     * Something that somebody is to be told, by every channel that is configured where it is sent from.
     *
     * @param id also what receivers know it by
     * @param kind what sort of thing happened, such as {@code deadline}
     * @param run which it is about, if any
     * @param subject one line in words
     * @param data the same for programs
     */
    public record NewAlert(
            UUID id,
            Instant at,
            String kind,
            String namespace,
            String workflow,
            Optional<RunId> run,
            String subject,
            JsonNode data) {
        /** The id of the one alert there is about something, whoever writes it and however often. */
        public static UUID idFor(String kind, String about) {
            return UUID.nameUUIDFromBytes((kind + " " + about).getBytes(StandardCharsets.UTF_8));
        }
    }
}
