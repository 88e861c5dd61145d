package dev.dagkeeper.history;

import dev.dagkeeper.run.RunId;
import java.time.Instant;
import java.util.Optional;

/**
 * What operators ask the leader for. Thread-safe; methods throw {@link StoreException} when Postgres does not answer.
 */
public interface CommandStore {
    /**
     * Stores a command durably; the leader gives it an outcome.
     *
     * @param kind {@code cancel} or {@code kill}
     * @param by who asks, for the history
     * @return its id
     */
    long add(RunId run, String kind, String by);

    /** One command; its run's listeners ({@link EventStore#subscribe}) are told when it gets its outcome. */
    Optional<StoredCommand> find(long id);

    /** A command and, once the leader decided, its outcome. */
    record StoredCommand(
            long id,
            RunId run,
            String kind,
            String by,
            Instant createdAt,
            Optional<RunWrites.CommandOutcome> outcome,
            Optional<Instant> decidedAt) {}
}
