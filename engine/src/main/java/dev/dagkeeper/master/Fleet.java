package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Member;
import dev.dagkeeper.run.StepKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The living workers and what each of them has: slots, and the steps that lie in its inbox or run on it. Besides its slots
 * a worker is given a prefetch, so that it need not wait for the leader between two steps; but slots come first, on
 * whichever worker. Costs are logarithmic in the number of workers. Not thread-safe: the leader's.
 */
final class Fleet {
    /**
     * Items for each slot, over those that run. A step of a few milliseconds spends most of its time on the way of its
     * result: with too few on the way, batches stay small and a worker waits.
     */
    private static final int PREFETCH = 3;

    private static final Comparator<Worker> MOST_ROOM =
            Comparator.<Worker>comparingInt(w -> -w.room()).thenComparing(w -> w.member.incarnation());

    private final Map<String, Worker> workers = new HashMap<>();
    private final Map<String, TreeSet<Worker>> byQueue = new HashMap<>();
    private final Map<StepKey, Worker> holders = new HashMap<>();

    /** The process that last had each step, which is still known when its incarnation is gone. */
    private final Map<StepKey, String> processes = new HashMap<>();

    private static final class Worker {
        private final Member member;
        private final Set<StepKey> steps = new HashSet<>();

        Worker(Member member) {
            this.member = member;
        }

        /** Free slots; negative once the prefetch is used. */
        int room() {
            return member.info().slots() - steps.size();
        }
    }

    /**
     * Learns who is alive now.
     *
     * @return those that are gone
     */
    List<String> update(Collection<Member> alive) {
        var incarnations = new HashSet<String>();
        for (var member : alive) {
            incarnations.add(member.incarnation());
            if (!workers.containsKey(member.incarnation())) {
                var worker = new Worker(member);
                workers.put(member.incarnation(), worker);
                for (var queue : member.info().queues()) {
                    byQueue.computeIfAbsent(queue, q -> new TreeSet<>(MOST_ROOM))
                            .add(worker);
                }
            }
        }
        var gone = new ArrayList<String>();
        for (var incarnation : List.copyOf(workers.keySet())) {
            if (!incarnations.contains(incarnation)) {
                remove(incarnation);
                gone.add(incarnation);
            }
        }
        return gone;
    }

    private void remove(String incarnation) {
        var worker = workers.remove(incarnation);
        if (worker != null) {
            for (var queue : worker.member.info().queues()) {
                var serving = byQueue.get(queue);
                if (serving != null) {
                    serving.remove(worker);
                }
            }
            worker.steps.forEach(holders::remove);
        }
    }

    /** The worker of this queue with the most room, if it has any, prefetch included. */
    Optional<Member> choose(String queue) {
        var serving = byQueue.get(queue);
        if (serving == null || serving.isEmpty()) {
            return Optional.empty();
        }
        var worker = serving.first();
        return worker.room() > -PREFETCH * worker.member.info().slots() ? Optional.of(worker.member) : Optional.empty();
    }

    /** Whether any living worker serves the queue. */
    boolean serves(String queue) {
        var serving = byQueue.get(queue);
        return serving != null && !serving.isEmpty();
    }

    /** A living worker's announcement. */
    Optional<Member> member(String incarnation) {
        return Optional.ofNullable(workers.get(incarnation)).map(w -> w.member);
    }

    /** Whether a worker of this name is alive, be it another process. */
    boolean isAlive(String workerName) {
        return workers.values().stream().anyMatch(w -> w.member.info().name().equals(workerName));
    }

    /** Whether the process that last had the step is alive, in whichever incarnation; empty when it is not known. */
    Optional<Boolean> isHolderAlive(StepKey key) {
        return Optional.ofNullable(processes.get(key))
                .map(process -> workers.values().stream()
                        .anyMatch(w -> w.member.info().process().equals(process)));
    }

    /** The incarnation that has the step. */
    Optional<String> holder(StepKey key) {
        return Optional.ofNullable(holders.get(key)).map(w -> w.member.incarnation());
    }

    /** The step lies in this worker's inbox, or runs on it. */
    void assign(String incarnation, StepKey key) {
        release(key);
        var worker = workers.get(incarnation);
        if (worker != null) {
            change(worker, () -> worker.steps.add(key));
            holders.put(key, worker);
            processes.put(key, worker.member.info().process());
        }
    }

    /** The step is not with any worker any more. */
    void release(StepKey key) {
        processes.remove(key);
        var worker = holders.remove(key);
        if (worker != null) {
            change(worker, () -> worker.steps.remove(key));
        }
    }

    /** A worker's place in the order depends on its steps: out, change, in again. */
    private void change(Worker worker, Runnable change) {
        for (var queue : worker.member.info().queues()) {
            sorted(queue).remove(worker);
        }
        change.run();
        for (var queue : worker.member.info().queues()) {
            sorted(queue).add(worker);
        }
    }

    private NavigableSet<Worker> sorted(String queue) {
        return byQueue.computeIfAbsent(queue, q -> new TreeSet<>(MOST_ROOM));
    }

    /**
     * Steps that wait in the inbox of the busiest worker while another worker of the same queue has free slots: as many as
     * that one has.
     *
     * @param isQueued whether a step still lies in its inbox
     */
    List<StepKey> misplaced(String queue, Predicate<StepKey> isQueued) {
        var serving = byQueue.get(queue);
        if (serving == null || serving.size() < 2) {
            return List.of();
        }
        int free = serving.first().room();
        var busiest = serving.last();
        if (free <= 0 || busiest.room() >= 0) {
            return List.of();
        }
        return busiest.steps.stream()
                .filter(isQueued)
                .limit(Math.min(free, -busiest.room()))
                .toList();
    }
}
