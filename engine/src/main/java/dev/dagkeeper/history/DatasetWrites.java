package dev.dagkeeper.history;

import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one transaction of the leader writes about datasets.
 *
 * @param produced updates by steps that succeeded; one that is there already is left as it is
 * @param consumed events that a fire of this transaction is for; an event is consumed once by a trigger
 */
public record DatasetWrites(List<Produced> produced, List<Consumed> consumed) {
    /** Nothing. */
    public static final DatasetWrites NONE = new DatasetWrites(List.of(), List.of());

    public DatasetWrites {
        produced = List.copyOf(produced);
        consumed = List.copyOf(consumed);
    }

    /**
     * A step has updated a dataset.
     *
     * @param key the step, whose outputs are the event's data
     * @param step its display name
     * @param at when its success was decided
     */
    public record Produced(String uri, String namespace, String workflow, StepKey key, String step, Instant at) {}

    /**
     * A fire and what it is for.
     *
     * @param run absent when the fire was skipped: its events are gone with it
     */
    public record Consumed(long workflowId, String trigger, Instant fire, Optional<RunId> run, Unseen events) {}

    /**
     * The events that a trigger has not seen yet.
     *
     * @param uris its datasets
     * @param after those up to this one were consumed
     * @param upTo the last that is known
     * @param since those recorded before do not count
     */
    public record Unseen(List<String> uris, long after, long upTo, Instant since) {
        public Unseen {
            uris = List.copyOf(uris);
        }
    }
}
