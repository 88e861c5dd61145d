package dev.dagkeeper.api.http;

import dev.dagkeeper.run.StepKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What ZooKeeper knows at this moment. Thread-safe. Never throws for ZooKeeper's absence: it is then not available, and
 * everything is empty.
 */
public interface ClusterView {
    /** Whether ZooKeeper answers. Does not wait for it. */
    boolean available();

    /** The workers that are alive. */
    List<Worker> workers();

    /** Who leads, as it calls itself. */
    Optional<String> leader();

    /** Steps that were given to workers and not claimed yet. */
    List<Item> queue();

    /**
     * One worker that is alive.
     *
     * @param incarnation one start of a worker process
     * @param name as its operator named it
     * @param slots how many steps it runs at once
     * @param running how many steps it holds the lock of
     * @param queues which queues it serves
     * @param cpu cores that its steps may ask for together
     * @param memory bytes that its steps may ask for together
     * @param labels what it is known by
     * @param zone where it stands
     * @param version of the program
     */
    record Worker(
            String incarnation,
            String name,
            int slots,
            int running,
            List<String> queues,
            double cpu,
            long memory,
            Map<String, String> labels,
            Optional<String> zone,
            String version) {
        public Worker {
            queues = List.copyOf(queues);
            labels = Map.copyOf(labels);
        }
    }

    /** One queued step: who is to take it, and under which claim. */
    record Item(String incarnation, StepKey key, int claim) {}
}
