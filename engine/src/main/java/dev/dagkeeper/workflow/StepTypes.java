package dev.dagkeeper.workflow;

import dev.dagkeeper.executor.StepType;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * The step types that {@code uses} can name: those that executors offer, and those the language reserves. Immutable and
 * thread-safe.
 */
public final class StepTypes {
    private final SortedMap<String, StepType> offered;
    private final SortedMap<String, StepType> known;

    private StepTypes(SortedMap<String, StepType> offered, SortedMap<String, StepType> known) {
        this.offered = offered;
        this.known = known;
    }

    /**
     * The given types, and the reserved ones that none of them takes over.
     *
     * @throws IllegalArgumentException when two types have the same name
     */
    public static StepTypes of(Collection<StepType> types) {
        var offered = new TreeMap<String, StepType>();
        for (var type : types) {
            if (offered.putIfAbsent(type.name(), type) != null) {
                throw new IllegalArgumentException("two executors offer the step type '" + type.name() + "'");
            }
        }
        var known = new TreeMap<>(ReservedStepTypes.all());
        known.putAll(offered);
        return new StepTypes(offered, known);
    }

    /** The type of that name, reserved ones included. */
    public Optional<StepType> find(String name) {
        return Optional.ofNullable(known.get(name));
    }

    /** Whether the language knows the name but no executor carries it out. */
    public boolean isReserved(String name) {
        return known.containsKey(name) && !offered.containsKey(name);
    }

    /** All names, reserved ones included, sorted. */
    public SortedSet<String> names() {
        return Collections.unmodifiableSortedSet(new java.util.TreeSet<>(known.keySet()));
    }
}
