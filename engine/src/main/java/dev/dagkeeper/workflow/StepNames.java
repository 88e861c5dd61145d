package dev.dagkeeper.workflow;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The steps that an expression can mean by an id: a hook sees its own map before the main steps. */
final class StepNames {
    private final List<StepDraft> steps;
    private final Map<Step.Phase, Map<String, StepDraft>> byPhase = new HashMap<>();

    StepNames(List<StepDraft> steps) {
        this.steps = steps;
        steps.forEach(step ->
                byPhase.computeIfAbsent(step.phase(), p -> new HashMap<>()).putIfAbsent(step.id(), step));
    }

    Step.Phase phase(ExpressionScope.Reader reader) {
        return reader instanceof ExpressionScope.Reader.OneStep(var ordinal)
                ? steps.get(ordinal).phase()
                : Step.Phase.MAIN;
    }

    Optional<StepDraft> find(ExpressionScope.Reader reader, String id) {
        return Optional.ofNullable(in(phase(reader)).get(id))
                .or(() -> Optional.ofNullable(in(Step.Phase.MAIN).get(id)));
    }

    Collection<String> visible(ExpressionScope.Reader reader) {
        var names = new ArrayList<>(in(phase(reader)).keySet());
        names.addAll(in(Step.Phase.MAIN).keySet());
        return names;
    }

    private Map<String, StepDraft> in(Step.Phase phase) {
        return byPhase.getOrDefault(phase, Map.of());
    }
}
