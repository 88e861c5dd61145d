package dev.dagkeeper.master;

import dev.dagkeeper.queue.Item;
import dev.dagkeeper.workflow.Demand;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Gives waiting steps to workers, those of highest rank first. A step that does not fit keeps no other from being placed
 * that does, with two exceptions, without which what asks for much would starve beside what asks for little:
 *
 * <ul>
 *   <li>Where a step waits for nothing but a free slot, what comes behind it gets slots there but no prefetch.
 *   <li>For a step that has waited for {@link #PATIENCE} its pools, or the resources of one worker, are kept: nothing that
 *       comes behind it takes of them until it has been placed.
 * </ul>
 *
 * <p>A round costs what it places and a look at each distinct demand, whatever the number of waiting steps. Not
 * thread-safe: the leader's.
 */
final class Placing {
    /** In units of {@link Backlog#AGEING}. */
    static final int PATIENCE = 2;

    private final Backlog backlog;
    private final Fleet fleet;
    private final Pools pools;
    private final Map<Demand, Item> blocked = new LinkedHashMap<>();

    /** Of those for which something is kept in this round. */
    private final Set<String> keptPools = new HashSet<>();

    private final Set<FleetWorker> keptWorkers = new HashSet<>();
    private final List<Demand> waitForSlot = new ArrayList<>();
    private long looked;

    Placing(Backlog backlog, Fleet fleet, Pools pools) {
        this.backlog = backlog;
        this.fleet = fleet;
        this.pools = pools;
    }

    /** Whose steps are placed. */
    interface Target {
        /** Whether an entry of the backlog is still right. */
        boolean isWaiting(Item item);

        /** Gives the step to the worker: afterwards fleet and pools know it. */
        void place(Item item, Demand demand, FleetWorker worker);
    }

    /** Places what can be placed. */
    void round(Instant now, Target target) {
        blocked.clear();
        keptPools.clear();
        keptWorkers.clear();
        waitForSlot.clear();
        fleet.forget(backlog::has);
        var open = new PriorityQueue<>(backlog.groups());
        for (var group = open.poll(); group != null; group = open.poll()) {
            looked++;
            var item = group.first();
            if (!target.isWaiting(item)) {
                backlog.removeFirst(group);
            } else {
                var demand = group.demand();
                var worker = find(demand, item);
                if (worker.isEmpty()) {
                    block(group, item, now);
                    continue;
                }
                backlog.removeFirst(group);
                target.place(item, demand, worker.get());
            }
            if (!group.isEmpty()) {
                open.add(group);
            }
        }
    }

    /** How often the first step of a demand was looked at so far, in all rounds. */
    long looked() {
        return looked;
    }

    /** The demands with which nothing could be placed in the last round, and the first step of each. */
    Map<Demand, Item> blocked() {
        return blocked;
    }

    /** Whether a pool is kept for a step that comes before others that would fit. */
    boolean isKept(String pool) {
        return keptPools.contains(pool);
    }

    private Optional<FleetWorker> find(Demand demand, Item item) {
        var wanted = demand.pools();
        if (!wanted.isEmpty()
                && (!pools.haveFree(wanted) || wanted.keySet().stream().anyMatch(keptPools::contains))) {
            return Optional.empty();
        }
        return fleet.choose(demand, item.key().run(), worker -> isAllowed(worker, demand));
    }

    private boolean isAllowed(FleetWorker worker, Demand demand) {
        if (worker.room() <= 0) {
            return waitForSlot.stream()
                    .noneMatch(waiting -> worker.suits(waiting) && worker.hasFree(waiting.resources()));
        }
        return demand.resources().equals(Demand.Resources.NONE) || !keptWorkers.contains(worker);
    }

    private void block(Group group, Item item, Instant now) {
        var demand = group.demand();
        blocked.put(demand, item);
        if (!demand.isExclusive()) {
            return;
        }
        boolean hasPools = pools.haveFree(demand.pools());
        if (hasPools) {
            waitForSlot.add(demand);
        }
        if (Backlog.waited(group.firstRank(), item, now) < PATIENCE || !pools.couldHave(demand.pools())) {
            return;
        }
        var fit = fleet.candidates(demand).workers().stream()
                .filter(worker -> worker.couldFit(demand))
                .toList();
        if (fit.isEmpty()) {
            return;
        }
        keptPools.addAll(demand.pools().keySet());
        if (hasPools && !demand.resources().equals(Demand.Resources.NONE)) {
            fit.stream().min(Placing::byWhatIsUsed).ifPresent(keptWorkers::add);
        }
    }

    /** The least used first: it will have enough free before others. */
    private static int byWhatIsUsed(FleetWorker a, FleetWorker b) {
        int byCpu = Long.compare(a.milliCpu() - a.freeMilliCpu(), b.milliCpu() - b.freeMilliCpu());
        int byMemory = Long.compare(a.memory() - a.freeMemory(), b.memory() - b.freeMemory());
        return byCpu != 0 ? byCpu : byMemory != 0 ? byMemory : a.incarnation().compareTo(b.incarnation());
    }
}
