package dev.dagkeeper.workflow;

import dev.cel.common.types.CelType;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an expression reads, with the types it was checked against: only that is carried over when it is evaluated.
 *
 * @param inputs types by name
 * @param steps by the id the expression uses
 * @param loop the loop variable in scope
 */
record CelReferences(Map<String, CelType> inputs, Map<String, Upstream> steps, Optional<LoopVariable> loop) {
    CelReferences {
        inputs = Map.copyOf(inputs);
        steps = Map.copyOf(steps);
    }

    /**
     * A step whose state or outputs it reads.
     *
     * @param outputs types of all declared outputs
     * @param list whether each output is the list over the step's instances
     */
    record Upstream(int ordinal, Map<String, CelType> outputs, boolean list) {}

    record LoopVariable(String name, CelType type) {}

    Set<Integer> ordinals() {
        var ordinals = new TreeSet<Integer>();
        steps.values().forEach(step -> ordinals.add(step.ordinal()));
        return Collections.unmodifiableSet(ordinals);
    }
}
