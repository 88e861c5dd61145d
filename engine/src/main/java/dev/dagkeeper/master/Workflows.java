package dev.dagkeeper.master;

import dev.dagkeeper.workflow.Workflow;
import java.util.Optional;

/** Where the leader gets the workflows that runs are pinned to; implementations cache. Thread-safe. */
@FunctionalInterface
public interface Workflows {
    /**
     * The checked workflow of a revision.
     *
     * @return empty when there is none, or this program does not accept it (any more)
     * @throws dev.dagkeeper.history.StoreException when the store does not answer
     */
    Optional<Workflow> find(long revisionId);
}
