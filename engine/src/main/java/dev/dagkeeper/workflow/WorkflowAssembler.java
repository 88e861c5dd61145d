package dev.dagkeeper.workflow;

import java.util.ArrayList;
import java.util.HashSet;
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
        var triggers = new ArrayList<Trigger>();
        draft.triggers.forEach(trigger -> trigger(trigger).ifPresent(triggers::add));
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
                triggers,
                draft.concurrency.map(this::concurrency),
                draft.priority,
                draft.timeout,
                draft.deadlines,
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

    private Concurrency concurrency(WorkflowDraft.ConcurrencyDraft concurrency) {
        return new Concurrency(
                concurrency.group().flatMap(f -> expressions.template(f, ExpressionScope.inputs(), Wanted.ANY)),
                concurrency.max(),
                concurrency.onConflict());
    }

    private Optional<Trigger> trigger(WorkflowDraft.TriggerDraft trigger) {
        var inputs = new LinkedHashMap<String, Template>();
        var given = new HashSet<String>();
        for (var input : trigger.inputs()) {
            given.add(input.key().text());
            triggerInput(input).ifPresent(value -> inputs.put(input.key().text(), value));
        }
        for (var input : draft.inputs) {
            if (input.required() && !given.contains(input.name())) {
                problems.add(
                        Code.MISSING_INPUT,
                        trigger.key(),
                        "trigger '" + trigger.key().text() + "' gives no value to the required input '" + input.name()
                                + "'",
                        "add it to the trigger's inputs, or give the input a default");
            }
        }
        return trigger.schedule().map(schedule -> new Trigger(trigger.key().text(), schedule, inputs));
    }

    private Optional<Template> triggerInput(WorkflowDraft.TriggerInput given) {
        var name = given.key().text();
        var input = draft.inputs.stream().filter(i -> i.name().equals(name)).findFirst();
        if (input.isEmpty()) {
            problems.add(
                    Code.UNKNOWN_INPUT,
                    given.key(),
                    "unknown input '" + TypedValue.shorten(name) + "'",
                    Nearest.hint(
                            name,
                            draft.inputs.stream()
                                    .map(WorkflowDraft.InputDraft::name)
                                    .toList()));
        }
        return input.flatMap(i -> value(given.value(), i));
    }
}
