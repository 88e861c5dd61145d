package dev.dagkeeper.api.http;

import dev.dagkeeper.run.StepKey;
import java.time.Instant;
import java.util.Comparator;
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

    /** What the leader's place is: which epoch, and since when. */
    Optional<Lead> lead();

    /** The processes that are there, whatever their roles. */
    List<Participant> processes();

    /** Steps that were given to workers and not claimed yet. */
    List<Item> queue();

    /** Steps that run, by their locks. */
    List<Lock> locks();

    /**
     * One worker that is alive.
     *
     * @param incarnation one start of a worker process
     * @param name as its operator named it
     * @param slots how many steps it runs at once
     * @param running how many steps it holds the lock of
     * @param queues which queues it serves
     * @param offer what else its steps may ask for
     * @param version of the program
     * @param protocol what it speaks
     * @param stopping whether it is about to leave
     * @param refusal why the leader gives it nothing, if its protocol is the reason
     * @param session its session
     * @param since when it joined
     */
    record Worker(
            String incarnation,
            String name,
            int slots,
            int running,
            List<String> queues,
            Offer offer,
            String version,
            int protocol,
            boolean stopping,
            Optional<String> refusal,
            String session,
            Instant since) {
        public Worker {
            queues = List.copyOf(queues);
        }
    }

    /**
     * What a worker has for its steps together.
     *
     * @param cpu cores
     * @param memory bytes
     * @param labels what it is known by
     * @param zone where it stands
     */
    record Offer(double cpu, long memory, Map<String, String> labels, Optional<String> zone) {
        public Offer {
            labels = Map.copyOf(labels);
        }
    }

    /** A leader's place. */
    record Lead(long epoch, Instant since) {}

    /**
     * One process.
     *
     * @param id as it calls itself; the leader is the process of that id
     * @param sessionMillis how long others wait for it when it falls silent
     */
    record Participant(
            String id,
            List<String> roles,
            String version,
            int protocol,
            String session,
            int sessionMillis,
            Instant since) {
        public Participant {
            roles = List.copyOf(roles);
        }
    }

    /** One queued step: who is to take it, under which claim, and when it was given. */
    record Item(String incarnation, StepKey key, int claim, int priority, Instant since) {
        /** Where it stands in the queue. */
        Place place() {
            return new Place(priority, key, incarnation);
        }
    }

    /** A place in the queue: the highest priority first, then the oldest run. */
    record Place(int priority, StepKey key, String incarnation) implements Comparable<Place> {
        private static final Comparator<Place> ORDER = Comparator.comparingInt((Place place) -> -place.priority)
                .thenComparing(Place::key)
                .thenComparing(Place::incarnation);

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    /** One step that runs: who holds it, under which claim, and since when. */
    record Lock(String incarnation, StepKey key, int claim, Instant since) {}
}
