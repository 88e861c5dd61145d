package dev.dagkeeper.master;

import dev.dagkeeper.queue.Item;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.workflow.Demand;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Ready steps that no worker has yet, grouped by what they ask for: where one step of a group does not fit, no other of it
 * does, so a round looks at groups and not at steps.
 *
 * <p>A step's <em>rank</em> is the time at which it became ready less its priority, both in units of {@link #AGEING}; the
 * lowest comes first. So a step gains one of priority for each such time that it waits, nothing waits for ever, and the
 * order never has to be made anew. Of equal ranks the oldest run comes first. Entries that became stale are not removed;
 * whoever takes one checks it. Not thread-safe: the leader's.
 */
final class Backlog {
    /** What a step must wait for to be worth one more of priority. */
    static final Duration AGEING = Duration.ofSeconds(30);

    private final Map<Demand, Group> groups = new LinkedHashMap<>();
    private final Comparator<RunId> byAge;

    Backlog() {
        this(RunId::compareTo);
    }

    /** @param byAge what tells the older of two runs */
    Backlog(Comparator<RunId> byAge) {
        this.byAge = byAge;
    }

    /** A step became ready. */
    void add(Demand demand, Item item, Instant readyAt) {
        groups.computeIfAbsent(demand, d -> new Group(d, byAge)).add(rank(readyAt) - item.priority(), item);
    }

    /** The groups that have steps. */
    Collection<Group> groups() {
        return Collections.unmodifiableCollection(groups.values());
    }

    /** Whether steps with this demand wait. */
    boolean has(Demand demand) {
        return groups.containsKey(demand);
    }

    /** Takes the first step of a group away. */
    void removeFirst(Group group) {
        group.removeFirst();
        if (group.isEmpty()) {
            groups.remove(group.demand());
        }
    }

    /** How long a step has waited, in whole units of {@link #AGEING}. */
    static long waited(long rank, Item item, Instant now) {
        return rank(now) - rank - item.priority();
    }

    private static long rank(Instant time) {
        return Math.floorDiv(time.getEpochSecond(), AGEING.toSeconds());
    }
}
