package dev.dagkeeper.worker;

import dev.dagkeeper.executor.StepRequest;
import dev.dagkeeper.history.WorkerStore;
import dev.dagkeeper.history.WorkerStore.Extras;
import dev.dagkeeper.history.WorkerStore.UpstreamRow;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.worker.SecretAccess.SecretException;
import dev.dagkeeper.workflow.Scope;
import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.Template;
import dev.dagkeeper.workflow.Workflow;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What one attempt needs to know, read from the store once, and the filling of its templates.
 *
 * @param header of the run
 * @param extras of the instance
 * @param upstreams the steps that its templates read, by ordinal
 */
record AttemptInputs(
        Claimed claimed,
        RunHeader header,
        Workflow workflow,
        Step step,
        Extras extras,
        Map<Integer, UpstreamRow> upstreams) {
    private static final Extras NO_EXTRAS = new Extras(Optional.empty(), Optional.empty());

    /** Reads what the step needs; nothing at all when it has no loop, no upstream in a template and no history. */
    static AttemptInputs read(Claimed claimed, RunHeader header, Workflow workflow, WorkerStore store) {
        var key = claimed.key();
        var step = workflow.steps().get(key.step());
        var extras = needsExtras(claimed) ? store.extras(List.of(key)).getOrDefault(key, NO_EXTRAS) : NO_EXTRAS;
        var ordinals = readSteps(workflow, step);
        var upstreams = ordinals.isEmpty() ? Map.<Integer, UpstreamRow>of() : store.upstreams(key.run(), ordinals);
        return new AttemptInputs(claimed, header, workflow, step, extras, upstreams);
    }

    /** An instance has an item. The first claim cannot have been told to ask again, so it has no state. */
    private static boolean needsExtras(Claimed claimed) {
        return claimed.key().index() != StepKey.WHOLE || claimed.claim() > 1;
    }

    private static Set<Integer> readSteps(Workflow workflow, Step step) {
        if (workflow.env().isEmpty()
                && step.env().isEmpty()
                && step.with().steps().isEmpty()) {
            return Set.of();
        }
        var ordinals = new HashSet<>(step.with().steps());
        workflow.env().values().forEach(template -> ordinals.addAll(template.steps()));
        step.env().values().forEach(template -> ordinals.addAll(template.steps()));
        return ordinals;
    }

    /**
     * The request, every template filled.
     *
     * @throws dev.dagkeeper.workflow.ExpressionException when a template fails
     */
    StepRequest request(Map<String, String> secrets) {
        var outer = scope(Map.of());
        var workflowEnv = texts(workflow.env(), outer, Map.of(), Map.of());
        var scope = workflowEnv.isEmpty() ? outer : scope(workflowEnv);
        var env = texts(step.env(), scope, workflow.env(), workflowEnv);
        var all = new HashMap<>(workflowEnv);
        all.putAll(env);
        return new StepRequest(
                claimed.key(),
                step.displayName(),
                claimed.claim(),
                claimed.attempt(),
                claimed.key().toString(),
                header.facts().time(),
                step.run(),
                step.with().evaluate(scope),
                all,
                secrets,
                extras.state());
    }

    /** The values of the step's secrets, by name. */
    Map<String, String> secrets(SecretAccess access) throws SecretException {
        if (step.secrets().isEmpty()) {
            return Map.of();
        }
        var values = new HashMap<String, String>();
        for (var name : step.secrets()) {
            var secret = workflow.secrets().get(name);
            if (secret == null) {
                throw new SecretException("the workflow declares no secret " + name);
            }
            values.put(name, access.resolve(secret));
        }
        return values;
    }

    /** Fills the templates; an entry that the outer map has with the same template keeps the outer value. */
    private static Map<String, String> texts(
            Map<String, Template> templates,
            Scope scope,
            Map<String, Template> outer,
            Map<String, String> outerValues) {
        if (templates.isEmpty()) {
            return Map.of();
        }
        var texts = new LinkedHashMap<String, String>();
        templates.forEach((name, template) -> {
            var known = template.equals(outer.get(name)) ? outerValues.get(name) : null;
            texts.put(name, known == null ? template.text(scope) : known);
        });
        return texts;
    }

    private Scope scope(Map<String, String> env) {
        return new Scope(
                header.inputs(),
                env,
                header.facts(),
                new Read(workflow, upstreams),
                Optional.of(new Scope.StepFacts(step.id(), claimed.attempt())),
                loop(),
                Optional.empty());
    }

    private Map<String, JsonNode> loop() {
        var foreach = step.foreach();
        var item = extras.item();
        return foreach.isPresent() && item.isPresent() ? Map.of(foreach.get().as(), item.get()) : Map.of();
    }

    /** The upstreams that were read, as expressions see them. */
    private record Read(Workflow workflow, Map<Integer, UpstreamRow> rows) implements Scope.Upstreams {
        @Override
        public String state(int step) {
            return row(step).state();
        }

        @Override
        public Map<String, JsonNode> outputs(int step) {
            return row(step).outputs();
        }

        private UpstreamRow row(int step) {
            var row = rows.get(step);
            if (row == null) {
                throw new IllegalStateException("the run has no row of step '"
                        + workflow.steps().get(step).displayName() + "', which an expression reads");
            }
            return row;
        }
    }
}
