package dev.dagkeeper.workflow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes the workflow of its draft. */
final class WorkflowAssembler {
    private final WorkflowDraft draft;
    private final Resolution resolution;
    private final ExpressionBinder expressions;
    private final Problems problems;

    WorkflowAssembler(WorkflowDraft draft, Resolution resolution, ExpressionBinder expressions, Problems problems) {
        this.draft = draft;
        this.resolution = resolution;
        this.expressions = expressions;
        this.problems = problems;
    }

    /** The workflow; to be thrown away when problems were found. */
    Workflow assemble() {
        var inputs = new ArrayList<Workflow.Input>();
        draft.inputs.forEach(input -> inputs.add(input(input)));
        var env = new LinkedHashMap<String, Template>();
        draft.env.forEach((name, field) -> expressions
                .template(field, ExpressionScope.inputs(), Wanted.ANY)
                .ifPresent(value -> env.put(name, value)));
        draft.concurrencyGroup.ifPresent(f -> expressions.template(f, ExpressionScope.inputs(), Wanted.ANY));
        draft.triggerInputs.forEach(this::checkTriggerInput);
        var assembler = new StepAssembler(resolution, env, expressions, problems);
        var steps = new ArrayList<Step>(draft.steps.size());
        draft.steps.forEach(step -> steps.add(assembler.assemble(step)));
        return new Workflow(
                draft.namespace,
                draft.name,
                draft.description,
                draft.labels,
                inputs,
                env,
                draft.files,
                secrets(),
                List.of(),
                Optional.empty(),
                draft.priority,
                draft.timeout,
                List.of(),
                draft.onStepFailure,
                steps,
                outputs(),
                draft.reserved);
    }

    private Map<String, Workflow.Secret> secrets() {
        var secrets = new LinkedHashMap<String, Workflow.Secret>();
        draft.secrets.forEach((name, secret) -> secrets.put(name, secret.secret()));
        return secrets;
    }

    private List<Workflow.RunOutput> outputs() {
        var outputs = new ArrayList<Workflow.RunOutput>();
        for (var output : draft.outputs) {
            output.value()
                    .flatMap(f -> expressions.expression(f, ExpressionScope.outputs(), Wanted.declared(output.type())))
                    .ifPresent(value -> outputs.add(new Workflow.RunOutput(output.name(), output.type(), value)));
        }
        return outputs;
    }

    private Workflow.Input input(WorkflowDraft.InputDraft input) {
        return new Workflow.Input(
                input.name(),
                input.type(),
                input.defaultValue().flatMap(field -> value(field, input)),
                input.required(),
                input.description(),
                input.bounds());
    }

    private Optional<Template> value(Field field, WorkflowDraft.InputDraft input) {
        return new ValueBinder(problems)
                .bind(field, input.type(), input.bounds())
                .flatMap(value -> expressions.tree(field, value, ExpressionScope.run(), Wanted.declared(input.type())));
    }

    private void checkTriggerInput(WorkflowDraft.TriggerInput given) {
        var names = draft.inputs.stream().map(WorkflowDraft.InputDraft::name).toList();
        draft.inputs.stream()
                .filter(input -> input.name().equals(given.key().text()))
                .findFirst()
                .ifPresentOrElse(
                        input -> value(given.value(), input),
                        () -> problems.add(
                                Code.UNKNOWN_INPUT,
                                given.key(),
                                "unknown input '"
                                        + TypedValue.shorten(given.key().text()) + "'",
                                Nearest.hint(given.key().text(), names)));
    }
}
