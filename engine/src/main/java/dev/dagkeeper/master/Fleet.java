package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Member;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.settings.LiveSettings;
import dev.dagkeeper.workflow.Demand;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The living workers and what each of them was given. Choosing one and giving it a step costs the logarithm of the number
 * of workers. Not thread-safe: the leader's.
 */
final class Fleet {
    /** Demands remembered at most without anybody waiting with them: what their workers are is found anew otherwise. */
    private static final int MOST_DEMANDS = 1_000;

    private final Map<String, FleetWorker> workers = new HashMap<>();
    private final Map<Demand, Candidates> byDemand = new LinkedHashMap<>();
    private final Map<StepKey, FleetWorker> holders = new HashMap<>();

    /** Those that were given more steps than they have slots. */
    private final Set<FleetWorker> crowded = new HashSet<>();

    /** How many steps of a run that are to be spread over zones each zone has. */
    private final Map<RunId, Map<String, Integer>> zones = new HashMap<>();

    /** The process that last had each step, which is still known when its incarnation is gone. */
    private final Map<StepKey, String> processes = new HashMap<>();

    private int prefetch = LiveSettings.DEFAULT.prefetch();
    private int mostSteps = Integer.MAX_VALUE;

    /**
     * How much is given from now on; what is given already stays.
     *
     * @param items that wait at a worker for each of its slots, besides those that run
     * @param most steps that all workers together have at a time
     */
    void limitsAre(int items, int most) {
        prefetch = items;
        mostSteps = most;
        workers.values().forEach(worker -> worker.prefetch(items));
    }

    /** How many steps the workers together may have at a time. */
    int mostSteps() {
        return mostSteps;
    }

    /** Whether the workers together have as many steps as they may. */
    boolean isFull() {
        return holders.size() >= mostSteps;
    }

    private final Admission admission = new Admission();

    /** Incarnations that get nothing new, and whose inboxes nobody has emptied since. */
    private final Set<String> newlyClosed = new LinkedHashSet<>();

    /**
     * Learns who is alive now.
     *
     * @return those that are gone
     */
    List<String> update(Collection<Member> alive) {
        var incarnations = new HashSet<String>();
        for (var member : alive) {
            incarnations.add(member.incarnation());
            admission.hear(member);
            var worker = workers.get(member.incarnation());
            if (worker == null) {
                var added = new FleetWorker(member, prefetch);
                workers.put(member.incarnation(), added);
                admit(added);
            } else if (!worker.member().equals(member)) {
                worker.announced(member);
                leaveAll(worker);
                admit(worker);
                noteRoom(worker);
            }
        }
        var gone = new ArrayList<String>();
        for (var worker : List.copyOf(workers.values())) {
            if (!incarnations.contains(worker.incarnation())) {
                remove(worker);
                gone.add(worker.incarnation());
            }
        }
        return gone;
    }

    /** Makes a worker a candidate where it suits, unless it is to get nothing new. */
    private void admit(FleetWorker worker) {
        worker.object(admission.objection(worker.member()));
        if (worker.objection().isPresent()) {
            newlyClosed.add(worker.incarnation());
            return;
        }
        newlyClosed.remove(worker.incarnation());
        for (var candidates : byDemand.values()) {
            if (worker.suits(candidates.demand())) {
                candidates.add(worker);
            }
        }
    }

    private static void leaveAll(FleetWorker worker) {
        List.copyOf(worker.candidacies()).forEach(candidates -> candidates.remove(worker));
    }

    /** Learns whom the operators drain, by name or by incarnation. */
    void drain(Set<String> names) {
        if (admission.drain(names)) {
            workers.values().forEach(worker -> {
                leaveAll(worker);
                admit(worker);
            });
        }
    }

    /** The living incarnations that get nothing new: they are about to leave, are drained, or speak another protocol. */
    Set<String> closed() {
        return workers.values().stream()
                .filter(worker -> worker.objection().isPresent())
                .map(FleetWorker::incarnation)
                .collect(Collectors.toSet());
    }

    /** Those of them that were not told before. */
    Set<String> pollNewlyClosed() {
        var closed = new LinkedHashSet<>(newlyClosed);
        newlyClosed.clear();
        return closed;
    }

    private void remove(FleetWorker worker) {
        newlyClosed.remove(worker.incarnation());
        workers.remove(worker.incarnation());
        crowded.remove(worker);
        leaveAll(worker);
        worker.steps().forEach((key, demand) -> {
            holders.remove(key);
            count(key, demand, worker, -1);
        });
    }

    /** The incarnations that are alive, as far as known. */
    Set<String> incarnations() {
        return Set.copyOf(workers.keySet());
    }

    /** All that are alive. */
    Collection<FleetWorker> workers() {
        return Collections.unmodifiableCollection(workers.values());
    }

    /**
     * The worker to be given a step: of those that it may run on and that have what it asks for the one with most free.
     *
     * @param allowed what there is to be said against a worker otherwise
     */
    Optional<FleetWorker> choose(Demand demand, RunId run, Predicate<FleetWorker> allowed) {
        if (isFull()) {
            return Optional.empty();
        }
        var ofRun = zones.getOrDefault(run, Map.of());
        return candidates(demand).best(allowed, zone -> ofRun.getOrDefault(zone, 0));
    }

    /** The workers that such a step may run on, however much they have free. */
    Candidates candidates(Demand demand) {
        var known = byDemand.get(demand);
        if (known != null) {
            return known;
        }
        var candidates = new Candidates(demand);
        for (var worker : workers.values()) {
            if (worker.objection().isEmpty() && worker.suits(demand)) {
                candidates.add(worker);
            }
        }
        byDemand.put(demand, candidates);
        return candidates;
    }

    /** Forgets demands with which nobody waits, when there have been many. */
    void forget(Predicate<Demand> isWaiting) {
        if (byDemand.size() <= MOST_DEMANDS) {
            return;
        }
        var idle = byDemand.values().stream()
                .filter(candidates -> !isWaiting.test(candidates.demand()))
                .toList();
        for (var candidates : idle) {
            List.copyOf(candidates.workers()).forEach(candidates::remove);
            byDemand.remove(candidates.demand());
        }
    }

    /** A living worker's announcement. */
    Optional<Member> member(String incarnation) {
        return Optional.ofNullable(workers.get(incarnation)).map(FleetWorker::member);
    }

    /** Whether a worker of this name is alive, be it another process. */
    boolean isAlive(String workerName) {
        return workers.values().stream().anyMatch(w -> w.member().info().name().equals(workerName));
    }

    /**
     * Whether the process that last had the step is alive, in whichever incarnation, or left as it had said it would; empty
     * when it is not known.
     */
    Optional<Boolean> isHolderAlive(StepKey key) {
        return Optional.ofNullable(processes.get(key))
                .map(process -> admission.isStopping(process)
                        || workers.values().stream()
                                .anyMatch(w -> w.member().info().process().equals(process)));
    }

    /** Whether the process that last had the step said that it would leave. */
    boolean isHolderStopping(StepKey key) {
        return Optional.ofNullable(processes.get(key))
                .filter(admission::isStopping)
                .isPresent();
    }

    /** The incarnation that has the step. */
    Optional<String> holder(StepKey key) {
        return Optional.ofNullable(holders.get(key)).map(FleetWorker::incarnation);
    }

    /** The step lies in this worker's inbox, or runs on it, and has what it asked for. */
    void assign(String incarnation, StepKey key, Demand demand) {
        release(key);
        var worker = workers.get(incarnation);
        if (worker != null) {
            worker.give(key, demand);
            noteRoom(worker);
            count(key, demand, worker, 1);
            holders.put(key, worker);
            processes.put(key, worker.member().info().process());
        }
    }

    /** The step is not with any worker any more. */
    void release(StepKey key) {
        processes.remove(key);
        var worker = holders.remove(key);
        if (worker != null) {
            var demand = worker.take(key);
            noteRoom(worker);
            if (demand != null) {
                count(key, demand, worker, -1);
            }
        }
    }

    private void noteRoom(FleetWorker worker) {
        if (worker.room() < 0) {
            crowded.add(worker);
        } else {
            crowded.remove(worker);
        }
    }

    private void count(StepKey key, Demand demand, FleetWorker worker, int change) {
        if (demand.placement().spread() == Demand.Spread.ZONE) {
            zones.compute(key.run(), (_, counts) -> {
                var byZone = counts == null ? new HashMap<String, Integer>() : counts;
                byZone.merge(worker.zone(), change, (a, b) -> a + b == 0 ? null : a + b);
                return byZone.isEmpty() ? null : byZone;
            });
        }
    }

    /**
     * Steps that wait in the inbox of a busy worker while another has free slots for them: as many as that one has.
     *
     * @param isQueued whether a step still lies in its inbox
     * @param othersWait whether other steps with a demand wait, which come first
     */
    List<StepKey> misplaced(Predicate<StepKey> isQueued, Predicate<Demand> othersWait) {
        if (workers.size() < 2 || crowded.isEmpty()) {
            return List.of();
        }
        var misplaced = new ArrayList<StepKey>();
        for (var candidates : byDemand.values()) {
            if (!candidates.demand().isExclusive() && !othersWait.test(candidates.demand())) {
                candidates
                        .imbalance()
                        .ifPresent(imbalance -> imbalance.busiest().steps().entrySet().stream()
                                .filter(step -> step.getValue().equals(candidates.demand()))
                                .map(Map.Entry::getKey)
                                .filter(isQueued)
                                .limit(imbalance.steps())
                                .forEach(misplaced::add));
            }
        }
        return misplaced;
    }
}
