package dev.dagkeeper.api.cli.drawing;

import java.util.LinkedHashMap;
import java.util.Locale;

/** Diagrams in the notations of other tools. */
public final class Markup {
    private Markup() {}

    /** A mermaid flowchart. */
    public static String mermaid(Diagram diagram) {
        var text = new StringBuilder("flowchart TD\n");
        var names = new LinkedHashMap<String, String>();
        for (var node : diagram.nodes()) {
            // Ids such as "end" are words of mermaid, so nodes are numbered.
            var name = "s" + names.size();
            names.put(node.id(), name);
            text.append("  ")
                    .append(name)
                    .append("[\"")
                    .append(quote(label(node), "#quot;"))
                    .append("\"]");
            node.state().ifPresent(state -> text.append(":::").append(state.replace('-', '_')));
            text.append('\n');
        }
        for (var node : diagram.nodes()) {
            for (var edge : node.needs()) {
                text.append("  ").append(names.get(edge.from()));
                text.append(edge.on().isEmpty() ? " --> " : " -->|" + String.join(", ", edge.on()) + "| ");
                text.append(names.get(node.id())).append('\n');
            }
        }
        if (diagram.nodes().stream().anyMatch(node -> node.state().isPresent())) {
            text.append("""
                      classDef succeeded fill:#d5f5d5,stroke:#2e7d32
                      classDef warned fill:#fff3cd,stroke:#b8860b
                      classDef failed fill:#f8d7da,stroke:#b00020
                      classDef timed_out fill:#f8d7da,stroke:#b00020
                      classDef upstream_failed fill:#fbe9e7,stroke:#b00020,stroke-dasharray:4
                      classDef running fill:#d6e9ff,stroke:#1565c0
                      classDef skipped fill:#eeeeee,stroke:#999999
                      classDef cancelled fill:#eeeeee,stroke:#999999
                    """);
        }
        return text.toString();
    }

    /** A Graphviz graph. */
    public static String dot(Diagram diagram) {
        var text = new StringBuilder("digraph \"").append(diagram.name()).append("\" {\n");
        text.append("  rankdir=TB;\n  node [shape=box, style=\"rounded,filled\", fillcolor=white];\n");
        for (var node : diagram.nodes()) {
            text.append("  \"").append(node.id()).append("\" [label=\"").append(quote(label(node), "\\\""));
            text.append('"');
            node.state()
                    .ifPresent(state ->
                            text.append(", fillcolor=\"").append(colour(state)).append('"'));
            text.append("];\n");
        }
        for (var node : diagram.nodes()) {
            for (var edge : node.needs()) {
                text.append("  \"")
                        .append(edge.from())
                        .append("\" -> \"")
                        .append(node.id())
                        .append('"');
                if (!edge.on().isEmpty()) {
                    text.append(" [label=\"")
                            .append(String.join(", ", edge.on()))
                            .append("\"]");
                }
                text.append(";\n");
            }
        }
        return text.append("}\n").toString();
    }

    private static String label(Diagram.Node node) {
        return node.id()
                + node.note().map(note -> " " + note).orElse("")
                + node.state().map(state -> ": " + state).orElse("");
    }

    private static String colour(String state) {
        return switch (state.toLowerCase(Locale.ROOT)) {
            case "succeeded" -> "#d5f5d5";
            case "warned" -> "#fff3cd";
            case "failed", "timed-out", "upstream-failed" -> "#f8d7da";
            case "running" -> "#d6e9ff";
            case "skipped", "cancelled" -> "#eeeeee";
            default -> "white";
        };
    }

    private static String quote(String text, String quote) {
        return text.replace("\"", quote);
    }
}
