package dev.dagkeeper.executor;

import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.TypedValue;
import dev.dagkeeper.workflow.TypedValue.Reading;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Binds what a step gave to the outputs that the workflow declares for it. Pure. */
public final class DeclaredOutputs {
    /** Most bytes of one output, as JSON in UTF-8. */
    public static final int MAX_OUTPUT_BYTES = 64 * 1024;

    /** Most bytes of all outputs of one step. */
    public static final int MAX_STEP_BYTES = 256 * 1024;

    private DeclaredOutputs() {}

    /** What became of the outputs. */
    public sealed interface Bound {
        /** All are there and fit. */
        record Outputs(Map<String, JsonNode> values) implements Bound {
            public Outputs {
                values = Map.copyOf(values);
            }
        }

        /** One is missing, not declared, of the wrong type or too large; {@code why} names it. */
        record Refused(String why) implements Bound {}
    }

    /**
     * Reads the declared outputs.
     *
     * @param process whether the values are text by name, all of which must be declared; otherwise they are JSON that the
     *     declarations pick from
     */
    public static Bound bind(List<Step.Output> declared, boolean process, Map<String, JsonNode> offered) {
        if (declared.isEmpty() && (!process || offered.isEmpty())) {
            return new Bound.Outputs(Map.of());
        }
        if (process) {
            var unknown = undeclared(declared, offered);
            if (unknown.isPresent()) {
                return new Bound.Refused(unknown.get());
            }
        }
        var values = new LinkedHashMap<String, JsonNode>();
        long total = 0;
        for (var output : declared) {
            switch (read(output, process, offered)) {
                case Reading.Misfit(var why) -> {
                    return new Bound.Refused("output '" + output.name() + "': " + why);
                }
                case Reading.Fits(var value) -> {
                    long size = size(value);
                    total += size;
                    if (size > MAX_OUTPUT_BYTES || total > MAX_STEP_BYTES) {
                        return new Bound.Refused(tooLarge(output.name(), size, total));
                    }
                    values.put(output.name(), value);
                }
            }
        }
        return new Bound.Outputs(values);
    }

    private static Optional<String> undeclared(List<Step.Output> declared, Map<String, JsonNode> offered) {
        var unknown = new TreeSet<>(offered.keySet());
        declared.forEach(output -> unknown.remove(output.name()));
        return unknown.isEmpty()
                ? Optional.empty()
                : Optional.of("output '%s' is not declared; add it to the step's outputs: {%s: {type: string}}"
                        .formatted(unknown.first(), unknown.first()));
    }

    private static Reading read(Step.Output output, boolean process, Map<String, JsonNode> offered) {
        var from = output.from().orElse(output.name());
        var path = OutputPath.parse(from);
        if (path.isEmpty()) {
            return new Reading.Misfit("'" + from + "' is not a path such as body.items[0].id");
        }
        var found = path.get().find(offered);
        if (found.isEmpty()) {
            return new Reading.Misfit(process ? notWritten(output) : notOffered(from, offered));
        }
        var value = found.get();
        var reading = process && value.isString()
                ? TypedValue.parse(output.type(), value.stringValue())
                : TypedValue.check(output.type(), value);
        return reading instanceof Reading.Fits(var fit) && !isStorable(fit)
                ? new Reading.Misfit("holds a NUL character or half of a surrogate pair, which cannot be stored")
                : reading;
    }

    private static String notWritten(Step.Output output) {
        return "declared as %s and not given; write a line %s=... to the file $DAGKEEPER_OUTPUT"
                .formatted(output.type().display(), output.name());
    }

    private static String notOffered(String from, Map<String, JsonNode> offered) {
        return "there is nothing at '%s'; the step gave %s".formatted(from, new TreeSet<>(offered.keySet()));
    }

    private static String tooLarge(String name, long size, long total) {
        return size > MAX_OUTPUT_BYTES
                ? "output '%s' has %,d bytes as JSON, at most %,d are kept; put large data into a file or a store"
                        .formatted(name, size, MAX_OUTPUT_BYTES)
                : "with output '%s' the outputs of the step have %,d bytes as JSON, at most %,d are kept"
                        .formatted(name, total, MAX_STEP_BYTES);
    }

    private static long size(JsonNode value) {
        return value.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    /** Postgres keeps neither NUL nor unpaired surrogates. */
    private static boolean isStorable(JsonNode value) {
        if (value.isString()) {
            return isStorable(value.stringValue());
        }
        for (var name : value.propertyNames()) {
            if (!isStorable(name)) {
                return false;
            }
        }
        for (var child : value) {
            if (!isStorable(child)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isStorable(String text) {
        return text.codePoints()
                .noneMatch(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
    }
}
