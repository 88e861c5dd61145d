package dev.dagkeeper.master;

import dev.dagkeeper.queue.Item;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.workflow.Demand;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * The waiting steps that ask for the same, in order: by rank, then the oldest run, then as they became ready. Taking one is
 * of constant cost within a run; between runs it is logarithmic in the number of runs of equal rank. Never empty between
 * calls of {@link Backlog}. Not thread-safe: the leader's.
 */
final class Group implements Comparable<Group> {
    private final Demand demand;
    private final Comparator<RunId> byAge;
    private final TreeMap<Long, Rank> ranks = new TreeMap<>();

    /** @param byAge what tells the older of two runs */
    Group(Demand demand, Comparator<RunId> byAge) {
        this.demand = demand;
        this.byAge = byAge;
    }

    /** Steps of equal rank. */
    private static final class Rank {
        private final PriorityQueue<OfRun> order;
        private final Map<RunId, OfRun> byRun = new HashMap<>();

        Rank(Comparator<RunId> byAge) {
            order = new PriorityQueue<>(Comparator.comparing(OfRun::run, byAge));
        }
    }

    /** Steps of one run and of equal rank. */
    private record OfRun(RunId run, ArrayDeque<Item> items) {}

    Demand demand() {
        return demand;
    }

    boolean isEmpty() {
        return ranks.isEmpty();
    }

    void add(long rank, Item item) {
        var equal = ranks.computeIfAbsent(rank, _ -> new Rank(byAge));
        var ofRun = equal.byRun.get(item.key().run());
        if (ofRun == null) {
            ofRun = new OfRun(item.key().run(), new ArrayDeque<>());
            equal.byRun.put(ofRun.run, ofRun);
            equal.order.add(ofRun);
        }
        ofRun.items.add(item);
    }

    /** The rank of the step that comes first. */
    long firstRank() {
        return ranks.firstKey();
    }

    /** The step that comes first. */
    Item first() {
        return firstOfRun().items.getFirst();
    }

    private OfRun firstOfRun() {
        return ranks.firstEntry().getValue().order.element();
    }

    void removeFirst() {
        var rank = ranks.firstEntry().getValue();
        var ofRun = rank.order.element();
        ofRun.items.removeFirst();
        if (ofRun.items.isEmpty()) {
            rank.order.remove();
            rank.byRun.remove(ofRun.run);
            if (rank.order.isEmpty()) {
                ranks.pollFirstEntry();
            }
        }
    }

    /** By the steps that come first. */
    @Override
    public int compareTo(Group other) {
        int byRank = Long.compare(firstRank(), other.firstRank());
        return byRank != 0 ? byRank : byAge.compare(firstOfRun().run, other.firstOfRun().run);
    }
}
