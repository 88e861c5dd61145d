package dev.dagkeeper.run;

import dev.dagkeeper.workflow.ExpressionException;
import dev.dagkeeper.workflow.Scope;
import dev.dagkeeper.workflow.Scope.Upstreams;
import dev.dagkeeper.workflow.Workflow;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What the leader's expressions see of one run. Evaluates the workflow's environment at first use. */
final class LeaderScope {
    private final RunHeader header;
    private final Workflow workflow;
    private @Nullable Map<String, String> env;

    LeaderScope(RunHeader header, Workflow workflow) {
        this.header = header;
        this.workflow = workflow;
    }

    /** The scope of the run's own expressions. */
    Scope run(Upstreams steps) {
        return scope(steps, Optional.empty(), Map.of(), Optional.empty());
    }

    /** The scope of a step's {@code when} and {@code foreach.in}. */
    Scope step(Upstreams steps, String id) {
        return scope(steps, Optional.of(new Scope.StepFacts(id, 1)), Map.of(), Optional.empty());
    }

    /** The scope of {@code retry.when} after the given attempt failed. */
    Scope failed(Upstreams steps, String id, int attempt, Map<String, JsonNode> loop, Scope.ErrorFacts error) {
        return scope(steps, Optional.of(new Scope.StepFacts(id, attempt)), loop, Optional.of(error));
    }

    private Scope scope(
            Upstreams steps,
            Optional<Scope.StepFacts> step,
            Map<String, JsonNode> loop,
            Optional<Scope.ErrorFacts> error) {
        return new Scope(header.inputs(), env(), header.facts(), steps, step, loop, error);
    }

    /**
     * The workflow's environment.
     *
     * @throws ExpressionException when one of its templates fails, every time it is asked
     */
    private Map<String, String> env() {
        if (env == null) {
            var scope = new Scope(
                    header.inputs(),
                    Map.of(),
                    header.facts(),
                    Upstreams.NONE,
                    Optional.empty(),
                    Map.of(),
                    Optional.empty());
            var values = new HashMap<String, String>();
            workflow.env().forEach((name, template) -> values.put(name, template.text(scope)));
            env = Map.copyOf(values);
        }
        return env;
    }
}
