package dev.dagkeeper.run;

import dev.dagkeeper.workflow.Concurrency;
import dev.dagkeeper.workflow.Deadline;
import dev.dagkeeper.workflow.Demand;
import dev.dagkeeper.workflow.Expression;
import dev.dagkeeper.workflow.Scope;
import dev.dagkeeper.workflow.Settings;
import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.Step.EdgeState;
import dev.dagkeeper.workflow.Step.Phase;
import dev.dagkeeper.workflow.ValueType;
import dev.dagkeeper.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Builds checked workflows without YAML. Steps may need steps that are added later. */
public final class WorkflowBuilder {
    private final List<StepBuilder> steps = new ArrayList<>();
    private final List<Workflow.RunOutput> outputs = new ArrayList<>();
    private Workflow.OnStepFailure mode = Workflow.OnStepFailure.FINISH_INDEPENDENT;
    private final List<Deadline> deadlines = new ArrayList<>();
    private Optional<Duration> timeout = Optional.empty();
    private Optional<Concurrency> concurrency = Optional.empty();

    public WorkflowBuilder mode(Workflow.OnStepFailure value) {
        mode = value;
        return this;
    }

    public WorkflowBuilder timeout(Duration value) {
        timeout = Optional.of(value);
        return this;
    }

    public WorkflowBuilder deadline(Deadline.From from, Duration within, Deadline.Action action) {
        deadlines.add(new Deadline(from, within, action));
        return this;
    }

    public WorkflowBuilder concurrency(Concurrency value) {
        concurrency = Optional.of(value);
        return this;
    }

    public WorkflowBuilder output(String name, Expression value) {
        return output(name, ValueType.Simple.JSON, value);
    }

    public WorkflowBuilder output(String name, ValueType type, Expression value) {
        outputs.add(new Workflow.RunOutput(name, type, value));
        return this;
    }

    public WorkflowBuilder step(String id) {
        return step(id, s -> s);
    }

    public WorkflowBuilder step(String id, UnaryOperator<StepBuilder> with) {
        return hook(Phase.MAIN, id, with);
    }

    public WorkflowBuilder hook(Phase phase, String id) {
        return hook(phase, id, s -> s);
    }

    public WorkflowBuilder hook(Phase phase, String id, UnaryOperator<StepBuilder> with) {
        steps.add(with.apply(new StepBuilder(phase, id)));
        return this;
    }

    /** The workflow; main steps come first, as the compiler has it. */
    public Workflow build() {
        var ordered = new ArrayList<StepBuilder>();
        for (var phase : Phase.values()) {
            steps.stream().filter(s -> s.phase == phase).forEach(ordered::add);
        }
        var ordinals = new HashMap<String, Integer>();
        for (var i = 0; i < ordered.size(); i++) {
            ordinals.put(ordered.get(i).name(ordered.get(i).id), i);
        }
        var dependents = new ArrayList<List<Integer>>();
        ordered.forEach(s -> dependents.add(new ArrayList<>()));
        for (var i = 0; i < ordered.size(); i++) {
            for (var need : ordered.get(i).needs.keySet()) {
                dependents.get(ordered.get(i).upstream(need, ordinals)).add(i);
            }
        }
        var built = new ArrayList<Step>();
        for (var i = 0; i < ordered.size(); i++) {
            built.add(ordered.get(i).build(i, ordinals, dependents.get(i)));
        }
        return new Workflow(
                "default",
                "test",
                Optional.empty(),
                Map.of(),
                List.of(),
                Map.of(),
                List.of(),
                Map.of(),
                List.of(),
                concurrency,
                0,
                timeout,
                deadlines,
                mode,
                built,
                outputs,
                List.of());
    }

    /** One step; everything has the language's default. */
    public static final class StepBuilder {
        private static final Settings NO_SETTINGS = new Settings() {
            @Override
            public Set<Integer> steps() {
                return Set.of();
            }

            @Override
            public ObjectNode evaluate(Scope scope) {
                return JsonNodeFactory.instance.objectNode();
            }
        };

        private final Phase phase;
        private final String id;
        private final Map<String, Set<EdgeState>> needs = new LinkedHashMap<>();
        private final List<Step.Output> outputs = new ArrayList<>();
        private Step.Join join = Step.Join.ALL_SUCCEEDED;
        private Optional<Expression> when = Optional.empty();
        private Optional<Step.Foreach> foreach = Optional.empty();
        private Step.Retry retry = retry(0, Duration.ZERO);
        private Step.OnError onError = Step.OnError.FAIL;
        private int priority;

        private StepBuilder(Phase phase, String id) {
            this.phase = phase;
            this.id = id;
        }

        public StepBuilder needs(String... ids) {
            for (var need : ids) {
                needs.put(need, Set.of());
            }
            return this;
        }

        public StepBuilder need(String upstream, EdgeState... on) {
            needs.put(upstream, Set.of(on));
            return this;
        }

        public StepBuilder join(Step.Join value) {
            join = value;
            return this;
        }

        public StepBuilder when(Expression value) {
            when = Optional.of(value);
            return this;
        }

        public StepBuilder foreach(Expression in) {
            return foreach(in, Integer.MAX_VALUE, false, 0);
        }

        public StepBuilder foreach(Expression in, int maxParallel, boolean failFast, int maxFailures) {
            foreach = Optional.of(new Step.Foreach(in, "item", maxParallel, failFast, maxFailures));
            return this;
        }

        public StepBuilder retries(int max, Duration delay) {
            return retry(retry(max, delay));
        }

        public StepBuilder retry(Step.Retry value) {
            retry = value;
            return this;
        }

        public StepBuilder warn() {
            onError = Step.OnError.WARN;
            return this;
        }

        public StepBuilder output(String name, ValueType type) {
            outputs.add(new Step.Output(name, type, Optional.empty()));
            return this;
        }

        public StepBuilder priority(int value) {
            priority = value;
            return this;
        }

        private static Step.Retry retry(int max, Duration delay) {
            return new Step.Retry(max, delay, 1, Duration.ofHours(1), 0, Optional.empty());
        }

        private String name(String step) {
            return phase.key() + "." + step;
        }

        private int upstream(String step, Map<String, Integer> ordinals) {
            return Objects.requireNonNull(ordinals.get(name(step)), step);
        }

        private Step build(int ordinal, Map<String, Integer> ordinals, List<Integer> dependents) {
            var upstreams = needs.entrySet().stream()
                    .map(need -> new Step.Need(upstream(need.getKey(), ordinals), need.getValue()))
                    .toList();
            return new Step(
                    ordinal,
                    id,
                    phase,
                    "noop",
                    Optional.empty(),
                    NO_SETTINGS,
                    upstreams,
                    dependents,
                    join,
                    when,
                    foreach,
                    Map.of(),
                    List.of(),
                    outputs,
                    Duration.ofHours(1),
                    retry,
                    onError,
                    Demand.of("default"),
                    priority,
                    false,
                    List.of());
        }
    }
}
