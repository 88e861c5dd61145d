package dev.dagkeeper.run;

import dev.dagkeeper.workflow.Workflow;

/** The DAG from upstream to downstream in flat arrays: what to tell when a step ends. Immutable. */
final class Edges {
    private final int[] offsets;
    private final int[] targets;
    private final byte[] masks;

    Edges(Workflow workflow) {
        var steps = workflow.steps();
        offsets = new int[steps.size() + 1];
        for (var step : steps) {
            for (var need : step.needs()) {
                offsets[need.step() + 1]++;
            }
        }
        for (var i = 0; i < steps.size(); i++) {
            offsets[i + 1] += offsets[i];
        }
        targets = new int[offsets[steps.size()]];
        masks = new byte[targets.length];
        var next = offsets.clone();
        for (var step : steps) {
            for (var need : step.needs()) {
                var edge = next[need.step()]++;
                targets[edge] = step.ordinal();
                masks[edge] = JoinRule.mask(need.on());
            }
        }
    }

    /** The first edge out of a step; its edges are those up to {@link #end}, exclusive. */
    int begin(int step) {
        return offsets[step];
    }

    int end(int step) {
        return offsets[step + 1];
    }

    /** The step that an edge leads to. */
    int target(int edge) {
        return targets[edge];
    }

    /** The edge's conditions, as {@link JoinRule#mask} gives them. */
    byte mask(int edge) {
        return masks[edge];
    }
}
