package dev.dagkeeper.workflow;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Binds what a run is given to what its workflow declares. */
public final class Inputs {
    private final Workflow workflow;
    private final List<Problem> problems = new ArrayList<>();

    private Inputs(Workflow workflow) {
        this.workflow = workflow;
    }

    /**
     * Checks the given values and fills in the defaults.
     *
     * @param given values by input name, as from JSON or YAML
     * @param run what defaults are computed from
     */
    public static Binding bind(Workflow workflow, Map<String, JsonNode> given, Scope.RunFacts run) {
        return bind(workflow, given, Map.of(), run);
    }

    /**
     * As {@link #bind(Workflow, Map, Scope.RunFacts)}, with values given as text besides.
     *
     * @param text values by input name, read by the declared type (lists and {@code json} as JSON), such as {@code k=v} of a
     *     command line; they win over {@code given}
     */
    public static Binding bind(
            Workflow workflow, Map<String, JsonNode> given, Map<String, String> text, Scope.RunFacts run) {
        var inputs = new Inputs(workflow);
        var values = inputs.bindAll(given, text, run);
        return inputs.problems.isEmpty() ? new Binding.Bound(values) : new Binding.Refused(inputs.problems);
    }

    /**
     * As {@link #bind(Workflow, Map, Map, Scope.RunFacts)}, for values that were written by hand or computed: text where
     * something else is declared can only be meant to be read; {@code json} alone takes text as it is.
     */
    public static Binding read(
            Workflow workflow, Map<String, JsonNode> given, Map<String, String> text, Scope.RunFacts run) {
        var typed = new LinkedHashMap<>(given);
        var texts = new LinkedHashMap<>(text);
        for (var input : workflow.inputs()) {
            var value = typed.get(input.name());
            if (value != null && value.isString() && input.type() != ValueType.Simple.JSON) {
                typed.remove(input.name());
                texts.putIfAbsent(input.name(), value.stringValue());
            }
        }
        return bind(workflow, typed, texts, run);
    }

    /**
     * What a trigger gives to a run, to be bound.
     *
     * @throws ExpressionException when one of the values cannot be computed; the message names the input
     */
    public static Map<String, JsonNode> given(Trigger trigger, Scope.RunFacts run) {
        var values = new LinkedHashMap<String, JsonNode>();
        trigger.inputs().forEach((name, template) -> {
            try {
                values.put(name, template.evaluate(scope(run)));
            } catch (ExpressionException e) {
                throw new ExpressionException("input '" + name + "' cannot be computed: " + e.getMessage(), e);
            }
        });
        return values;
    }

    private static Scope scope(Scope.RunFacts run) {
        return new Scope(Map.of(), Map.of(), run, Scope.Upstreams.NONE, Optional.empty(), Map.of(), Optional.empty());
    }

    private Map<String, JsonNode> bindAll(Map<String, JsonNode> given, Map<String, String> text, Scope.RunFacts run) {
        tellUnknown(given, text);
        var scope = scope(run);
        var values = new LinkedHashMap<String, JsonNode>();
        for (var input : workflow.inputs()) {
            reading(input, given, text, scope).ifPresent(reading -> {
                switch (reading) {
                    case TypedValue.Reading.Fits(var value) -> {
                        InputBounds.violation(input.type(), input.bounds(), value)
                                .ifPresent(why -> tell(Code.INPUT_OUT_OF_BOUNDS, input.name(), why, ""));
                        values.put(input.name(), value);
                    }
                    case TypedValue.Reading.Misfit(var why) -> tell(Code.ILL_TYPED_INPUT, input.name(), why, "");
                }
            });
        }
        return values;
    }

    private Optional<TypedValue.Reading> reading(
            Workflow.Input input, Map<String, JsonNode> given, Map<String, String> text, Scope scope) {
        var ownText = text.get(input.name());
        if (ownText != null) {
            return Optional.of(TypedValue.parse(input.type(), ownText));
        }
        var own = given.get(input.name());
        if (own != null) {
            return Optional.of(TypedValue.check(input.type(), own));
        }
        if (input.defaultValue().isPresent()) {
            return Optional.of(defaultOf(input, input.defaultValue().get(), scope));
        }
        if (input.required()) {
            tell(
                    Code.MISSING_INPUT,
                    input.name(),
                    "a value is required: " + TypedValue.describe(input.type()),
                    "give it with -i " + input.name() + "=...");
        }
        return Optional.empty();
    }

    private static TypedValue.Reading defaultOf(Workflow.Input input, Template template, Scope scope) {
        try {
            var value = template.evaluate(scope);
            // Text around a hole gives text, whatever the type is.
            return value.isString()
                    ? TypedValue.parse(input.type(), value.stringValue())
                    : TypedValue.check(input.type(), value);
        } catch (ExpressionException e) {
            return new TypedValue.Reading.Misfit("the default cannot be computed: " + e.getMessage());
        }
    }

    private void tellUnknown(Map<String, JsonNode> given, Map<String, String> text) {
        var known = workflow.inputs().stream().map(Workflow.Input::name).toList();
        var names = new TreeSet<>(given.keySet());
        names.addAll(text.keySet());
        names.removeAll(java.util.Set.copyOf(known));
        for (var name : names) {
            tell(
                    Code.UNKNOWN_INPUT,
                    name,
                    "workflow '" + workflow.name() + "' has no such input",
                    Nearest.to(name, known)
                            .map(near -> "did you mean '" + near + "'?")
                            .orElse(known.isEmpty() ? "it has none" : "it has " + String.join(", ", known)));
        }
    }

    private void tell(Code code, String name, String message, String hint) {
        problems.add(new Problem(
                code.id(),
                "inputs",
                0,
                0,
                1,
                Path.TOP.child("inputs").child(name).pointer(),
                "input '" + TypedValue.shorten(name) + "': " + message,
                hint.isEmpty() ? Optional.empty() : Optional.of(hint)));
    }

    /** What became of the values. */
    public sealed interface Binding {
        /** Every declared input has its value, in document order; optional ones without a default are left out. */
        record Bound(Map<String, JsonNode> values) implements Binding {
            public Bound {
                values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
            }
        }

        /** At least one does not fit; each problem's pointer is {@code /inputs/<name>}. */
        record Refused(List<Problem> problems) implements Binding {
            public Refused {
                problems = List.copyOf(problems);
            }
        }
    }
}
