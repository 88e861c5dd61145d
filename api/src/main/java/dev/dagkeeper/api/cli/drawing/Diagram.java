package dev.dagkeeper.api.cli.drawing;

import java.util.List;
import java.util.Optional;

/**
 * A DAG to draw.
 *
 * @param name of the workflow
 * @param nodes in document order
 */
public record Diagram(String name, List<Node> nodes) {
    public Diagram {
        nodes = List.copyOf(nodes);
    }

    /**
     * A step.
     *
     * @param phase {@code steps}, or the hook map it belongs to
     * @param note shown with it, such as {@code foreach}
     * @param state of a run's step
     */
    public record Node(
            String id, String uses, String phase, Optional<String> note, Optional<String> state, List<Edge> needs) {
        public Node {
            needs = List.copyOf(needs);
        }
    }

    /** An edge from an upstream step; {@code on} is its condition, empty without one. */
    public record Edge(String from, List<String> on) {
        public Edge {
            on = List.copyOf(on);
        }
    }
}
