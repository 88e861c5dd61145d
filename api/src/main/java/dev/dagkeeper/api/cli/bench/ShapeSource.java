package dev.dagkeeper.api.cli.bench;

import dev.dagkeeper.workflow.Limits;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The YAML of shapes. Their runs carry the label {@code bench} with the shape's text. */
public final class ShapeSource {
    static final int MOST_STEPS = Limits.DEFAULT.steps();

    private ShapeSource() {}

    /** What each step does. */
    public enum Uses {
        /** Nothing, within the worker. */
        NOOP("{uses: noop"),
        /** Starts a process that ends at once. */
        SHELL("{uses: shell, run: 'true'");

        private final String head;

        Uses(String head) {
            this.head = head;
        }
    }

    /** A chain. */
    public static String of(Shape.Chain chain, Uses uses) {
        var source = head("chain_" + chain.steps(), chain);
        for (int i = 0; i < chain.steps(); i++) {
            step(source, i, uses, i == 0 ? "" : "s" + (i - 1));
        }
        return source.toString();
    }

    /** A fan-out. The largest fills a workflow, and is joined by the end of its run alone. */
    public static String of(Shape.FanOut fan, Uses uses) {
        var source = head("fanout_" + fan.steps(), fan);
        for (int i = 0; i < fan.steps(); i++) {
            step(source, i, uses, "");
        }
        if (fan.steps() < MOST_STEPS) {
            step(source, fan.steps(), uses, names(0, fan.steps()));
        }
        return source.toString();
    }

    /** A diamond. */
    public static String of(Shape.Diamond diamond, Uses uses) {
        var source = head("diamond_" + diamond.steps(), diamond);
        int last = diamond.steps() - 1;
        step(source, 0, uses, "");
        for (int i = 1; i < last; i++) {
            step(source, i, uses, "s0");
        }
        step(source, last, uses, names(1, last));
        return source.toString();
    }

    private static StringBuilder head(String name, Shape shape) {
        return new StringBuilder()
                .append("version: 1\nname: bench_")
                .append(name)
                .append("\nlabels: {bench: '")
                .append(shape.text())
                .append("'}\nsteps:\n");
    }

    private static void step(StringBuilder source, int number, Uses uses, String needs) {
        source.append("  s").append(number).append(": ").append(uses.head);
        if (!needs.isEmpty()) {
            source.append(", needs: [").append(needs).append(']');
        }
        source.append("}\n");
    }

    private static String names(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "s" + i).collect(Collectors.joining(", "));
    }
}
