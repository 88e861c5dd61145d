package dev.dagkeeper.workflow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jgrapht.Graph;
import org.jgrapht.alg.connectivity.KosarajuStrongConnectivityInspector;
import org.jgrapht.graph.DefaultEdge;

/** Finds the steps that {@code needs} names, and the circles among them. */
final class NeedsResolver {
    private final List<StepDraft> steps;
    private final Problems problems;
    private final Map<Step.Phase, Map<String, Integer>> ordinals = new EnumMap<>(Step.Phase.class);
    private boolean whole = true;

    NeedsResolver(List<StepDraft> steps, Problems problems) {
        this.steps = steps;
        this.problems = problems;
        for (var phase : Step.Phase.values()) {
            ordinals.put(phase, new HashMap<>());
        }
        for (var step : steps) {
            ordinalsIn(step.phase()).putIfAbsent(step.id(), step.ordinal());
        }
    }

    Map<String, Integer> ordinalsIn(Step.Phase phase) {
        return java.util.Objects.requireNonNull(ordinals.get(phase));
    }

    Resolution resolve() {
        var needs = new ArrayList<List<Step.Need>>(steps.size());
        for (var step : steps) {
            needs.add(needsOf(step));
        }
        var graph = StepGraph.graphOf(needs);
        var order = StepGraph.order(graph);
        if (order.isEmpty()) {
            tellCycles(graph);
        }
        return new Resolution(graph, needs, Resolution.dependentsOf(needs), whole ? order : Optional.empty(), whole);
    }

    private List<Step.Need> needsOf(StepDraft step) {
        var known = ordinalsIn(step.phase());
        var needs = new ArrayList<Step.Need>(step.needs().size());
        var seen = new HashSet<Integer>();
        for (var need : step.needs()) {
            var upstream = known.get(need.id());
            if (upstream == null) {
                whole = false;
                tellUnknown(step, need, known.keySet());
            } else if (upstream == step.ordinal()) {
                whole = false;
                problems.add(
                        Code.CYCLE,
                        need.field(),
                        "step '" + step.displayName() + "' waits for itself: " + step.id() + " -> " + step.id());
            } else if (seen.add(upstream)) {
                needs.add(new Step.Need(upstream, need.on()));
            }
        }
        return needs;
    }

    private void tellUnknown(StepDraft step, StepDraft.NeedDraft need, Set<String> known) {
        var isMain = step.phase() == Step.Phase.MAIN;
        var elsewhere = !isMain && ordinalsIn(Step.Phase.MAIN).containsKey(need.id());
        problems.add(
                Code.UNKNOWN_NEED,
                need.field(),
                "unknown step '" + TypedValue.shorten(need.id()) + "' in needs",
                elsewhere
                        ? "a hook runs after all steps and may need only hooks of "
                                + step.phase().key()
                        : Nearest.hint(need.id(), known));
    }

    /** One shortest circle of each knot. */
    private void tellCycles(Graph<Integer, DefaultEdge> graph) {
        for (var knot : new KosarajuStrongConnectivityInspector<>(graph).stronglyConnectedSets()) {
            if (knot.size() > 1) {
                tellCycle(graph, knot, Collections.min(knot));
            }
        }
    }

    private void tellCycle(Graph<Integer, DefaultEdge> graph, Set<Integer> knot, Integer first) {
        var next = new HashMap<Integer, Integer>();
        var open = new ArrayDeque<Integer>();
        open.add(first);
        while (!next.containsKey(first)) {
            var step = open.remove();
            for (var edge : graph.incomingEdgesOf(step)) {
                var upstream = graph.getEdgeSource(edge);
                if (knot.contains(upstream) && next.putIfAbsent(upstream, step) == null) {
                    open.add(upstream);
                }
            }
        }
        // From the first step along "is needed by", back to the first.
        var path = new StringBuilder(steps.get(first).id());
        var last = first;
        for (var step = next.get(first); step != null; step = step.equals(first) ? null : next.get(step)) {
            path.append(" -> ").append(steps.get(step).id());
            last = step.equals(first) ? last : step;
        }
        var closing = steps.get(last).id();
        var place = steps.get(first).needs().stream()
                .filter(need -> need.id().equals(closing))
                .findFirst()
                .map(StepDraft.NeedDraft::field)
                .orElse(steps.get(first).key());
        problems.add(Code.CYCLE, place, "steps wait for each other in a circle: " + path, "drop one of these needs");
    }
}
