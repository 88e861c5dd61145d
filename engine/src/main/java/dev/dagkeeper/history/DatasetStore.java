package dev.dagkeeper.history;

import dev.dagkeeper.history.NewRun.Idempotency;
import dev.dagkeeper.history.ScheduleStore.TriggerName;
import dev.dagkeeper.run.RunId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Datasets and their updates, as the api shows and records them. What an update starts is the leader's to decide. Thread-safe; methods
 * throw {@link StoreException} when Postgres does not answer.
 */
public interface DatasetStore {
    /** Records an update, durably; asking again with the same key records nothing new. */
    Outcome record(NewEvent event);

    /** One event. */
    Optional<EventView> find(long id);

    /** Events, newest first, one page. */
    List<EventView> events(EventFilter filter);

    /**
     * Datasets that have events, or that a deployed workflow produces or waits for, in the order of their URIs.
     *
     * @param after the last of the page before
     * @param limit 1 to 500
     */
    List<DatasetView> list(Optional<String> after, int limit);

    /** What deployed triggers on datasets have not seen yet, by dataset, one entry for each in the order of the trigger; others have no entry. */
    Map<TriggerName, List<Waiting>> waiting(Collection<TriggerName> triggers);

    /**
     * An update from outside.
     *
     * @param at when the dataset was updated; absent for now
     * @param data what else is known
     * @param by who records it
     */
    record NewEvent(
            String uri, Optional<Instant> at, Optional<JsonNode> data, String by, Optional<Idempotency> idempotency) {}

    /** What came of recording it. */
    sealed interface Outcome {
        /** It is stored. */
        record Recorded(long id) implements Outcome {}

        /** The same was asked before under this key; nothing new was stored. */
        record Replayed(long first) implements Outcome {}

        /** Something else was asked before under this key; nothing new was stored. */
        record KeyTaken(long first) implements Outcome {}
    }

    /**
     * Which events to list.
     *
     * @param run only those that it was created for
     * @param before only those before this one
     * @param limit 1 to 500
     */
    record EventFilter(Optional<String> uri, Optional<RunId> run, Optional<Long> before, int limit) {
        public EventFilter {
            RevisionStorage.checkedLimit(limit);
        }
    }

    /**
     * An event as stored.
     *
     * @param at when the dataset was updated, as whoever recorded it says
     * @param recordedAt by which it is decided what fires
     * @param source the step that produced it; absent for an event from outside
     * @param by who recorded it; empty for a step
     * @param uses which fires it was consumed by
     */
    record EventView(
            long id,
            String uri,
            Instant at,
            Instant recordedAt,
            Optional<Source> source,
            String by,
            Optional<JsonNode> data,
            List<Use> uses) {
        public EventView {
            uses = List.copyOf(uses);
        }
    }

    /** A step of a run, by its display name. */
    record Source(String namespace, String workflow, RunId run, String step) {}

    /** A fire that an event was consumed by; without a run where the fire was skipped. */
    record Use(TriggerName trigger, Instant fire, Optional<RunId> run) {}

    /**
     * A dataset.
     *
     * @param last its newest event
     * @param producers steps of deployed workflows
     * @param consumers triggers of deployed workflows
     */
    record DatasetView(String uri, Optional<LastEvent> last, List<Link> producers, List<Link> consumers) {
        public DatasetView {
            producers = List.copyOf(producers);
            consumers = List.copyOf(consumers);
        }
    }

    /** When a dataset was updated last. */
    record LastEvent(long id, Instant at) {}

    /** A step by its display name, or a trigger. */
    record Link(String namespace, String workflow, String name) {}

    /**
     * What a trigger has not seen of a dataset.
     *
     * @param updates how many
     * @param first when the first was recorded
     * @param last when the last was recorded
     */
    record Waiting(String uri, int updates, Optional<Instant> first, Optional<Instant> last) {}
}
