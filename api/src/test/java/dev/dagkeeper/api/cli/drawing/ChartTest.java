package dev.dagkeeper.api.cli.drawing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChartTest {
    @Test
    void draws_a_diamond() {
        assertThat(draw(diagram("a", "b:a", "c:a", "d:b,c"))).isEqualTo("""
                  [a]
                ┌──┴─┐
                ▼    ▼
               [b]  [c]
                └──┬─┘
                   ▼
                  [d]""");
    }

    @Test
    void draws_an_edge_over_several_layers_beside_what_is_between() {
        var drawing = draw(diagram("a", "b:a", "c:b,a"));

        assertThat(drawing.lines().map(String::strip)).startsWith("[a]").endsWith("[c]");
        assertThat(drawing.lines().filter(line -> line.contains("[b]"))).allMatch(line -> line.contains("│"));
    }

    @Test
    void keeps_to_ascii_when_told() {
        var lines = Chart.draw(diagram("a", "b:a", "c:a", "d:b,c"), 80, true).orElseThrow();

        assertThat(String.join("", lines).chars()).allMatch(c -> c < 128);
    }

    @Test
    void refuses_what_nobody_could_read() {
        var wide = new ArrayList<String>(List.of("a"));
        for (var i = 0; i < 40; i++) {
            wide.add("a_long_name_" + i + ":a");
        }
        assertThat(Chart.draw(diagram(wide.toArray(String[]::new)), 100, false)).isEmpty();
    }

    @Test
    void every_step_is_in_the_drawing_and_below_what_it_needs() {
        var diagram = diagram("a", "b", "c:a", "d:a,b", "e:c,d", "f:b", "g:e,f,a");
        var lines = Chart.draw(diagram, 200, false).orElseThrow();

        for (var node : diagram.nodes()) {
            for (var edge : node.needs()) {
                assertThat(row(lines, node.id())).isGreaterThan(row(lines, edge.from()));
            }
        }
    }

    @Test
    void states_and_notes_stand_with_the_step() {
        var node = new Diagram.Node("load", "noop", "steps", Optional.of("foreach"), Optional.of("failed"), List.of());

        var below = new Diagram.Node(
                "b", "noop", "steps", Optional.empty(), Optional.empty(), List.of(new Diagram.Edge("load", List.of())));
        assertThat(draw(new Diagram("w", List.of(node, below)))).isEqualTo("""
                [load foreach: failed]
                          │
                          ▼
                         [b]""");
        assertThat(Markup.dot(new Diagram("w", List.of(node)))).contains("fillcolor=\"#f8d7da\"");
        assertThat(Markup.mermaid(new Diagram("w", List.of(node)))).contains("s0[\"load foreach: failed\"]:::failed");
    }

    @Test
    void conditions_of_edges_are_written_on_them() {
        var repair = new Diagram.Node(
                "repair",
                "noop",
                "steps",
                Optional.empty(),
                Optional.empty(),
                List.of(new Diagram.Edge("load", List.of("failed"))));
        var load = new Diagram.Node("load", "noop", "steps", Optional.empty(), Optional.empty(), List.of());
        var diagram = new Diagram("w", List.of(load, repair));

        assertThat(Markup.mermaid(diagram)).contains("s0 -->|failed| s1");
        assertThat(Markup.dot(diagram)).contains("\"load\" -> \"repair\" [label=\"failed\"];");
    }

    private static int row(List<String> lines, String id) {
        for (var row = 0; row < lines.size(); row++) {
            if (lines.get(row).contains("[" + id + "]")) {
                return row;
            }
        }
        throw new AssertionError(id + " is not in the drawing:\n" + String.join("\n", lines));
    }

    private static String draw(Diagram diagram) {
        return String.join("\n", Chart.draw(diagram, 200, false).orElseThrow());
    }

    /** Each {@code id} or {@code id:need,need}. */
    private static Diagram diagram(String... steps) {
        var nodes = new ArrayList<Diagram.Node>();
        for (var step : steps) {
            var colon = step.indexOf(':');
            var id = colon < 0 ? step : step.substring(0, colon);
            List<String> needs =
                    colon < 0 ? List.of() : List.of(step.substring(colon + 1).split(",", -1));
            nodes.add(new Diagram.Node(
                    id,
                    "noop",
                    "steps",
                    Optional.empty(),
                    Optional.empty(),
                    needs.stream()
                            .map(need -> new Diagram.Edge(need, List.of()))
                            .toList()));
        }
        return new Diagram("w", nodes);
    }
}
