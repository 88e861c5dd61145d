package dev.dagkeeper.master;

import dev.dagkeeper.workflow.Demand;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * The workers that may be given steps with one demand, those with most free first; by zone, where steps are spread over
 * zones. A worker that changed is put into its new place when next somebody asks, so that a change costs a demand that
 * nobody waits with next to nothing. Not thread-safe: the leader's.
 */
final class Candidates {
    private static final Comparator<Entry> ORDER = Comparator.comparingInt((Entry entry) -> -entry.most)
            .thenComparingInt(entry -> -entry.room)
            .thenComparing(entry -> entry.worker.incarnation());

    private final Demand demand;
    private final Map<String, TreeSet<Entry>> zones = new HashMap<>();
    private final Map<FleetWorker, Entry> entries = new HashMap<>();
    private final Set<FleetWorker> stale = new LinkedHashSet<>();

    /**
     * A worker as it was when it was put into its place.
     *
     * @param most see {@link FleetWorker#free}
     */
    private record Entry(FleetWorker worker, int fits, int most, int room) {}

    Candidates(Demand demand) {
        this.demand = demand;
    }

    Demand demand() {
        return demand;
    }

    void add(FleetWorker worker) {
        worker.candidacies().add(this);
        put(worker);
    }

    void remove(FleetWorker worker) {
        worker.candidacies().remove(this);
        stale.remove(worker);
        take(worker);
    }

    void changed(FleetWorker worker) {
        stale.add(worker);
    }

    Collection<FleetWorker> workers() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /**
     * The worker to be given a step.
     *
     * @param allowed what there is to be said against a worker otherwise
     * @param ofRunInZone how many steps of the run a zone has
     */
    Optional<FleetWorker> best(Predicate<FleetWorker> allowed, ToIntFunction<String> ofRunInZone) {
        refresh();
        Optional<Entry> best = Optional.empty();
        int least = Integer.MAX_VALUE;
        for (var zone : zones.entrySet()) {
            var first = first(zone.getValue(), allowed);
            if (first.isPresent()) {
                int there = zones.size() == 1 ? 0 : ofRunInZone.applyAsInt(zone.getKey());
                if (there < least || (there == least && ORDER.compare(first.get(), best.orElseThrow()) < 0)) {
                    best = first;
                    least = there;
                }
            }
        }
        return best.map(Entry::worker);
    }

    private static Optional<Entry> first(NavigableSet<Entry> order, Predicate<FleetWorker> allowed) {
        for (var entry : order) {
            if (entry.fits <= 0) {
                return Optional.empty();
            }
            if (allowed.test(entry.worker)) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    /** Of the workers without a free slot the one that was given most, and of those with one the one with most. */
    Optional<Imbalance> imbalance() {
        refresh();
        var all = zones.values().stream().filter(zone -> !zone.isEmpty()).toList();
        var free = all.stream().map(zone -> zone.first()).min(ORDER);
        var busiest = all.stream().map(zone -> zone.last()).max(ORDER);
        return free.isPresent() && busiest.isPresent() && free.get().room > 0 && busiest.get().room < 0
                ? Optional.of(new Imbalance(busiest.get().worker, Math.min(free.get().room, -busiest.get().room)))
                : Optional.empty();
    }

    /** So many steps wait behind the slots of a worker, and could start at once on another. */
    record Imbalance(FleetWorker busiest, int steps) {}

    private void refresh() {
        for (var worker : stale) {
            take(worker);
            put(worker);
        }
        stale.clear();
    }

    private void put(FleetWorker worker) {
        var entry = new Entry(worker, worker.fits(demand), worker.free(demand), worker.room());
        entries.put(worker, entry);
        zones.computeIfAbsent(zone(worker), _ -> new TreeSet<>(ORDER)).add(entry);
    }

    private void take(FleetWorker worker) {
        var entry = entries.remove(worker);
        if (entry != null) {
            var zone = zones.get(zone(worker));
            if (zone != null) {
                zone.remove(entry);
                if (zone.isEmpty()) {
                    zones.remove(zone(worker));
                }
            }
        }
    }

    private String zone(FleetWorker worker) {
        return demand.placement().spread() == Demand.Spread.ZONE ? worker.zone() : "";
    }
}
