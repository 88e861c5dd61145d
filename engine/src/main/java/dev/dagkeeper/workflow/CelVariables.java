package dev.dagkeeper.workflow;

import dev.cel.common.values.NullValue;
import dev.dagkeeper.run.StepState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The variables of one evaluation, made of the scope as the expression asks for them. */
final class CelVariables {
    /** What {@code error.exit_code} is when the failure came without one. */
    private static final long NO_EXIT_CODE = -1;

    private final CelReferences references;
    private final Scope scope;
    private final Map<String, Object> made = new HashMap<>();

    CelVariables(CelReferences references, Scope scope) {
        this.references = references;
        this.scope = scope;
    }

    Optional<Object> find(String name) {
        var known = made.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        var value = make(name);
        value.ifPresent(v -> made.put(name, v));
        return value;
    }

    private Optional<Object> make(String name) {
        if (references.loop().isPresent() && references.loop().get().name().equals(name)) {
            var item = scope.loop().get(name);
            return item == null
                    ? Optional.empty()
                    : Optional.of(CelValues.fromJson(references.loop().get().type(), item));
        }
        return switch (name) {
            case "inputs" -> Optional.of(inputs());
            case "env" -> Optional.of(scope.env());
            case "run" -> Optional.of(run());
            case "steps" -> Optional.of(steps());
            case "step" -> scope.step().map(step -> Map.of("id", step.id(), "attempt", (long) step.attempt()));
            case "error" -> scope.error().map(CelVariables::error);
            default -> Optional.empty();
        };
    }

    private Map<String, Object> inputs() {
        var inputs = new HashMap<String, Object>();
        references.inputs().forEach((name, type) -> {
            var value = scope.inputs().get(name);
            if (value != null) {
                inputs.put(name, CelValues.fromJson(type, value));
            }
        });
        return inputs;
    }

    private Map<String, Object> run() {
        var run = scope.run();
        return Map.of(
                "id", run.id(),
                "workflow", run.workflow(),
                "revision", (long) run.revision(),
                "time", run.time(),
                "interval", Map.of("start", run.intervalStart(), "end", run.intervalEnd()),
                "trigger", run.trigger(),
                "events", run.events().stream().map(CelVariables::event).toList());
    }

    private static Map<String, Object> event(DatasetEvent event) {
        return Map.of(
                "id", event.id(),
                "uri", event.uri(),
                "at", event.at(),
                "workflow", event.workflow(),
                "run", event.run(),
                "step", event.step(),
                "data", event.data().map(CelValues::fromJson).orElse(NullValue.NULL_VALUE));
    }

    private Map<String, Object> steps() {
        var steps = new HashMap<String, Object>();
        references.steps().forEach((id, upstream) -> {
            var state = scope.steps().state(upstream.ordinal());
            steps.put(id, Map.of("state", state, "outputs", outputs(upstream, StepState.parse(state))));
        });
        return steps;
    }

    private Map<String, Object> outputs(CelReferences.Upstream upstream, StepState state) {
        var given = scope.steps().outputs(upstream.ordinal());
        var outputs = new HashMap<String, Object>();
        upstream.outputs().forEach((name, type) -> {
            var value = given.get(name);
            if (value != null) {
                outputs.put(name, CelValues.fromJson(type, value));
            } else if (upstream.list() && (state == StepState.SUCCEEDED || state == StepState.WARNED)) {
                // No instance gave one, or there was none: the list is empty, not missing.
                outputs.put(name, List.of());
            }
        });
        return outputs;
    }

    private static Map<String, Object> error(Scope.ErrorFacts error) {
        return Map.of(
                "kind", error.kind(),
                "exit_code", error.exitCode().map(Integer::longValue).orElse(NO_EXIT_CODE),
                "message", error.message());
    }
}
