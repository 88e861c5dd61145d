package dev.dagkeeper.workflow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jgrapht.Graph;
import org.jgrapht.Graphs;
import org.jgrapht.graph.DefaultEdge;
import org.jgrapht.graph.SimpleDirectedGraph;
import org.jgrapht.traverse.NotDirectedAcyclicGraphException;
import org.jgrapht.traverse.TopologicalOrderIterator;

/**
 * The DAG of a workflow's steps, by ordinal: an edge goes from a step to one that needs it. Hooks are in it, without edges
 * to or from main steps. Thread-safe as long as nobody changes what {@link #graph()} gives.
 */
public final class StepGraph {
    private final List<Step> steps;
    private final SimpleDirectedGraph<Integer, DefaultEdge> graph;
    private final List<Integer> order;

    private StepGraph(List<Step> steps, SimpleDirectedGraph<Integer, DefaultEdge> graph) {
        this.steps = steps;
        this.graph = graph;
        this.order = order(graph).orElseThrow(() -> new IllegalArgumentException("the steps form a circle"));
    }

    /** The graph of a checked workflow. */
    public static StepGraph of(Workflow workflow) {
        return new StepGraph(
                workflow.steps(),
                graphOf(workflow.steps().stream().map(Step::needs).toList()));
    }

    /** The graph of needs by ordinal, which may have circles. */
    static SimpleDirectedGraph<Integer, DefaultEdge> graphOf(List<List<Step.Need>> needs) {
        var graph = new SimpleDirectedGraph<Integer, DefaultEdge>(DefaultEdge.class);
        for (var step = 0; step < needs.size(); step++) {
            graph.addVertex(step);
        }
        for (var step = 0; step < needs.size(); step++) {
            for (var need : needs.get(step)) {
                graph.addEdge(need.step(), step);
            }
        }
        return graph;
    }

    /** All steps, each after what it needs; empty when there is a circle. */
    static Optional<List<Integer>> order(Graph<Integer, DefaultEdge> graph) {
        var sorted = new ArrayList<Integer>(graph.vertexSet().size());
        try {
            new TopologicalOrderIterator<>(graph).forEachRemaining(sorted::add);
            return Optional.of(List.copyOf(sorted));
        } catch (NotDirectedAcyclicGraphException e) {
            return Optional.empty();
        }
    }

    /** The JGraphT graph itself, for reading only. */
    public Graph<Integer, DefaultEdge> graph() {
        return graph;
    }

    /** All ordinals, each after everything it needs. */
    public List<Integer> topologicalOrder() {
        return order;
    }

    /** Ordinals of everything the step waits for, directly or not, ascending. */
    public List<Integer> ancestors(int step) {
        var seen = new BitSet(steps.size());
        var open = new ArrayDeque<Integer>();
        open.add(step);
        while (!open.isEmpty()) {
            for (var upstream : Graphs.predecessorListOf(graph, open.remove())) {
                if (!seen.get(upstream)) {
                    seen.set(upstream);
                    open.add(upstream);
                }
            }
        }
        return seen.stream().boxed().toList();
    }

    /**
     * The path whose steps' weights have the largest sum, from its first step to its last: the critical path when weights
     * are durations. Among equals, the one that ends first in {@link #topologicalOrder()}.
     *
     * @param weight of one step, not negative
     */
    public List<Integer> longestPath(ToDoubleFunction<Step> weight) {
        var total = new double[steps.size()];
        var before = new int[steps.size()];
        var end = -1;
        for (var step : order) {
            var best = -1;
            for (var need : steps.get(step).needs()) {
                if (best < 0 || total[need.step()] > total[best]) {
                    best = need.step();
                }
            }
            before[step] = best;
            total[step] = weight.applyAsDouble(steps.get(step)) + (best < 0 ? 0 : total[best]);
            if (end < 0 || total[step] > total[end]) {
                end = step;
            }
        }
        var path = new ArrayList<Integer>();
        for (var step = end; step >= 0; step = before[step]) {
            path.add(step);
        }
        return path.reversed();
    }
}
