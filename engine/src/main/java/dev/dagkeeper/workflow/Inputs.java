package dev.dagkeeper.workflow;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Binds what a run is given to what its workflow declares. */
public final class Inputs {
    private Inputs() {}

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
        if (workflow.inputs().isEmpty() && given.isEmpty() && text.isEmpty()) {
            return new Binding.Bound(Map.of());
        }
        throw new UnsupportedOperationException(workflow.name() + given + text + run);
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
