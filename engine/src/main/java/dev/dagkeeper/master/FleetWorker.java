package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Member;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.workflow.Demand;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A living worker and what it was given: the steps that lie in its inbox or run on it. Not thread-safe: the leader's. */
final class FleetWorker {
    private static final int WHOLE_PREFETCH = 1_000;

    private final long milliCpu;
    private final Map<StepKey, Demand> steps = new HashMap<>();
    private final List<Candidates> candidacies = new ArrayList<>();
    private Member member;
    private Optional<String> objection = Optional.empty();

    /**
     * Items for each slot, over those that run. A step of a few milliseconds spends most of its time on the way of its
     * result: with too few on the way, batches stay small and a worker waits.
     */
    private int prefetch;

    private long usedMilliCpu;
    private long usedMemory;

    FleetWorker(Member member, int prefetch) {
        this.member = member;
        this.prefetch = prefetch;
        milliCpu = Math.round(member.info().offer().cpu() * 1000);
    }

    /** Why it gets nothing new, see {@link Admission#objection}; empty when it does. */
    Optional<String> objection() {
        return objection;
    }

    void object(Optional<String> reason) {
        objection = reason;
    }

    /** It has another number of slots, or is about to leave; what else an incarnation announces stays. */
    void announced(Member now) {
        member = now;
        changed();
    }

    /** So many items for each slot, over those that run. */
    void prefetch(int items) {
        prefetch = items;
        changed();
    }

    Member member() {
        return member;
    }

    String incarnation() {
        return member.incarnation();
    }

    String zone() {
        return member.info().offer().zone().orElse("");
    }

    /** What it was given, and what each step of it asked for. */
    Map<StepKey, Demand> steps() {
        return Collections.unmodifiableMap(steps);
    }

    /** The demands for which it is in question. */
    List<Candidates> candidacies() {
        return candidacies;
    }

    int slots() {
        return member.info().slots();
    }

    /** Free slots; negative once the prefetch is used. */
    int room() {
        return slots() - steps.size();
    }

    /** Whether it may be given such steps at all, however much it has. */
    boolean suits(Demand demand) {
        var placement = demand.placement();
        var offer = member.info().offer();
        return member.info().queues().contains(demand.queue())
                && placement.zone().filter(zone -> !zone.equals(zone())).isEmpty()
                && offer.labels().entrySet().containsAll(placement.labels().entrySet());
    }

    /** Whether it could run such a step if it had nothing else to do. */
    boolean couldFit(Demand demand) {
        return slots() > 0
                && demand.resources().milliCpu() <= milliCpu
                && demand.resources().memory() <= memory();
    }

    /** Whether enough of what such a step asks for is free, slots aside. */
    boolean hasFree(Demand.Resources wanted) {
        return wanted.milliCpu() <= freeMilliCpu() && wanted.memory() <= freeMemory();
    }

    /**
     * How many more such steps it may be given now: what keeps others from something needs a free slot at once, the rest
     * may wait in its inbox, so that it need not wait for the leader between two steps.
     */
    int fits(Demand demand) {
        if (!demand.isExclusive()) {
            return room() + prefetch * slots();
        }
        long fits = Math.max(0, room());
        if (demand.resources().milliCpu() > 0) {
            fits = Math.min(fits, freeMilliCpu() / demand.resources().milliCpu());
        }
        if (demand.resources().memory() > 0) {
            fits = Math.min(fits, freeMemory() / demand.resources().memory());
        }
        return (int) Math.max(0, fits);
    }

    /**
     * By what the worker comes before others for such a step: how many it fits, where it asks for more than a slot; else free
     * slots, and below any of them the share of the prefetch that is left.
     */
    int free(Demand demand) {
        if (demand.isExclusive()) {
            return fits(demand);
        }
        return room() > 0
                ? WHOLE_PREFETCH + room()
                : (int) Math.ceil(
                        (double) WHOLE_PREFETCH * Math.max(0, fits(demand)) / Math.max(1, prefetch * slots()));
    }

    long milliCpu() {
        return milliCpu;
    }

    long memory() {
        return member.info().offer().memory();
    }

    long freeMilliCpu() {
        return milliCpu - usedMilliCpu;
    }

    long freeMemory() {
        return memory() - usedMemory;
    }

    void give(StepKey key, Demand demand) {
        take(key);
        steps.put(key, demand);
        usedMilliCpu += demand.resources().milliCpu();
        usedMemory += demand.resources().memory();
        changed();
    }

    /** Takes a step away; returns what it had asked for. */
    @Nullable
    Demand take(StepKey key) {
        var demand = steps.remove(key);
        if (demand != null) {
            usedMilliCpu -= demand.resources().milliCpu();
            usedMemory -= demand.resources().memory();
            changed();
        }
        return demand;
    }

    private void changed() {
        for (var candidates : candidacies) {
            candidates.changed(this);
        }
    }
}
