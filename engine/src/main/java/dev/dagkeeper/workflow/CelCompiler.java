package dev.dagkeeper.workflow;

import java.util.List;
import java.util.Optional;

/** Compiles expressions. */
final class CelCompiler {
    private final WorkflowDraft draft;
    private final Resolution resolution;
    private final Problems problems;

    CelCompiler(WorkflowDraft draft, Resolution resolution, Problems problems) {
        this.draft = draft;
        this.resolution = resolution;
        this.problems = problems;
    }

    Optional<Expression> compile(ExpressionText source, ExpressionScope scope, Wanted wanted) {
        problems.add(
                Code.NOT_CARRIED_OUT,
                source.field(),
                "expressions are not carried out yet: " + scope + wanted + draft.name + resolution.whole());
        return Optional.empty();
    }

    List<String> inputsRead() {
        return draft.inputs.stream().map(WorkflowDraft.InputDraft::name).toList();
    }
}
