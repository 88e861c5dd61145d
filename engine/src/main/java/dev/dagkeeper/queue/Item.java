package dev.dagkeeper.queue;

import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.util.Optional;

/**
 * One ready step in a worker's inbox. All of it is in the node's name, so an item is ids and never a payload, creating it
 * twice is harmless, and sorting names gives the highest priority first, then the oldest run.
 *
 * @param priority the run's and the step's together, higher first
 * @param claim the fence under which the result will be recorded
 * @param attempt as users count, from 1
 */
public record Item(int priority, StepKey key, int claim, int attempt) implements Comparable<Item> {
    /** Added to turn a priority into a number of three digits that sorts the other way round. */
    private static final int PRIORITY_OFFSET = 500;

    public Item {
        if (Math.abs(priority) >= PRIORITY_OFFSET) {
            throw new IllegalArgumentException("priority " + priority + " is not within ±" + (PRIORITY_OFFSET - 1));
        }
    }

    /** The node's name: {@code priority.run.step.index.claim.attempt}. */
    public String name() {
        // Not by String.format, whose digits depend on the locale.
        var inverted = Integer.toString(PRIORITY_OFFSET - priority);
        return "0".repeat(3 - inverted.length()) + inverted + "." + key.run() + "." + key.step() + "." + key.index()
                + "." + claim + "." + attempt;
    }

    /**
     * Reads {@link #name}.
     *
     * @throws IllegalArgumentException when it is not an item's name
     */
    public static Item parse(String name) {
        var parts = name.split("\\.", -1);
        if (parts.length != 6) {
            throw new IllegalArgumentException("not a queue item: " + name);
        }
        return new Item(
                PRIORITY_OFFSET - Integer.parseInt(parts[0]),
                new StepKey(RunId.parse(parts[1]), Integer.parseInt(parts[2]), Integer.parseInt(parts[3])),
                Integer.parseInt(parts[4]),
                Integer.parseInt(parts[5]));
    }

    /** Reads {@link #name}; empty when it is not an item's name. */
    public static Optional<Item> find(String name) {
        try {
            return Optional.of(parse(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Where it is in a worker's inbox. */
    public String path(String incarnation) {
        return Paths.inbox(incarnation) + "/" + name();
    }

    /** Highest priority first, then by key, so by age of the run. */
    @Override
    public int compareTo(Item other) {
        int byPriority = Integer.compare(other.priority, priority);
        if (byPriority != 0) {
            return byPriority;
        }
        int byKey = key.compareTo(other.key);
        return byKey != 0 ? byKey : Integer.compare(claim, other.claim);
    }
}
