package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.graph.StepJson;
import dev.dagkeeper.run.GroupName;
import dev.dagkeeper.schedule.Fires;
import dev.dagkeeper.schedule.ManualRuns;
import dev.dagkeeper.schedule.ScheduleText;
import dev.dagkeeper.workflow.Durations;
import dev.dagkeeper.workflow.Expression;
import dev.dagkeeper.workflow.ExpressionException;
import dev.dagkeeper.workflow.Inputs;
import dev.dagkeeper.workflow.Problem;
import dev.dagkeeper.workflow.Scope;
import dev.dagkeeper.workflow.Scope.RunFacts;
import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.StepGraph;
import dev.dagkeeper.workflow.Trigger;
import dev.dagkeeper.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What would run of a workflow, as JSON. Ids of runs and numbers of revisions are not known before there are any.
 *
 * @param at the time from which on fires count
 * @param given inputs instead of those of triggers
 */
record Plan(Workflow workflow, Instant at, ObjectNode given) {
    /** The first run of each trigger, in the order of time; without triggers one that is started by hand. */
    List<ObjectNode> runs(Optional<Trigger> only) {
        if (workflow.triggers().isEmpty()) {
            return List.of(run(Optional.empty(), ManualRuns.facts("", workflow, 0, at, Optional.empty())));
        }
        return only.map(List::of).orElse(workflow.triggers()).stream()
                .flatMap(trigger -> first(trigger).stream().map(facts -> Map.entry(trigger, facts)))
                .sorted(Comparator.comparing(entry -> entry.getValue().time()))
                .map(entry -> run(Optional.of(entry.getKey()), entry.getValue()))
                .toList();
    }

    private Optional<RunFacts> first(Trigger trigger) {
        var fires = Fires.of(trigger.schedule());
        return fires.next(at.minusNanos(1)).map(fire -> {
            var interval = fires.interval(fire);
            return new RunFacts("", workflow.name(), 0, fire, interval.start(), interval.end(), trigger.id());
        });
    }

    private ObjectNode run(Optional<Trigger> trigger, RunFacts facts) {
        var json = JsonMapper.shared().createObjectNode();
        var time = facts.time();
        json.put("trigger", trigger.map(Trigger::id).orElse(null));
        json.put("fire", time.toString());
        json.put(
                "local",
                trigger.map(t -> ScheduleText.local(t.schedule(), time)).orElse(time.toString()));
        json.put(
                "startsAt",
                trigger.map(t -> Fires.of(t.schedule())
                                .startAt(workflow.namespace() + "/" + workflow.name(), t.id(), time))
                        .orElse(time)
                        .toString());
        json.putObject("interval")
                .put("start", facts.intervalStart().toString())
                .put("end", facts.intervalEnd().toString());
        var inputs = bind(trigger, facts);
        var values = json.putObject("inputs");
        inputs.forEach(values::set);
        json.put("priority", workflow.priority());
        json.set("concurrency", concurrency(inputs, facts));
        deadlines(json.putArray("deadlines"));
        var steps = json.putArray("steps");
        steps(inputs, facts).forEach(steps::add);
        return json;
    }

    private @Nullable ObjectNode concurrency(Map<String, JsonNode> inputs, RunFacts facts) {
        if (workflow.concurrency().isEmpty()) {
            return null;
        }
        var concurrency = workflow.concurrency().get();
        try {
            return JsonMapper.shared()
                    .createObjectNode()
                    .put("group", GroupName.of(workflow, inputs, facts))
                    .put("max", concurrency.max())
                    .put("onConflict", word(concurrency.onConflict()));
        } catch (ExpressionException e) {
            throw new Failure(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private void deadlines(ArrayNode array) {
        for (var deadline : workflow.deadlines()) {
            array.addObject()
                    .put("from", word(deadline.from()))
                    .put("within", Durations.format(deadline.within()))
                    .put("do", word(deadline.action()));
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private Map<String, JsonNode> bind(Optional<Trigger> trigger, RunFacts facts) {
        var values = new LinkedHashMap<String, JsonNode>();
        try {
            trigger.ifPresent(t -> values.putAll(Inputs.given(t, facts)));
        } catch (ExpressionException e) {
            throw new Failure(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
        given.properties().forEach(entry -> values.put(entry.getKey(), entry.getValue()));
        return switch (Inputs.read(workflow, values, Map.of(), facts)) {
            case Inputs.Binding.Bound bound -> bound.values();
            case Inputs.Binding.Refused refused ->
                throw new Failure(
                        ExitCode.USAGE,
                        "the inputs do not fit workflow '" + workflow.name() + "': "
                                + refused.problems().stream()
                                        .map(Problem::message)
                                        .collect(Collectors.joining("; ")));
        };
    }

    /** Main steps, each after what it needs, then the hooks. */
    private List<ObjectNode> steps(Map<String, JsonNode> inputs, RunFacts facts) {
        var waves = new HashMap<Integer, Integer>();
        for (var ordinal : StepGraph.of(workflow).topologicalOrder()) {
            var needs = workflow.steps().get(ordinal).needs();
            waves.put(
                    ordinal,
                    1
                            + needs.stream()
                                    .mapToInt(need -> waves.getOrDefault(need.step(), 0))
                                    .max()
                                    .orElse(0));
        }
        var ordered = new ArrayList<>(workflow.steps());
        ordered.sort(Comparator.comparing(Step::phase)
                .thenComparingInt(step -> waves.getOrDefault(step.ordinal(), 0))
                .thenComparingInt(Step::ordinal));
        var scope = scope(inputs, facts);
        return ordered.stream()
                .map(step -> step(step, waves.getOrDefault(step.ordinal(), 0), scope))
                .toList();
    }

    private ObjectNode step(Step step, int wave, Scope scope) {
        var json = StepJson.of(workflow, step);
        json.put("wave", wave);
        json.put("queue", step.queue());
        var pools = json.putObject("pools");
        step.demand().pools().forEach(pools::put);
        json.set("whenValue", known(step.when(), step, scope).orElse(null));
        json.put("foreachIn", step.foreach().map(foreach -> foreach.in().text()).orElse(null));
        json.set(
                "items",
                known(step.foreach().map(Step.Foreach::in), step, scope).orElse(null));
        return json;
    }

    /** The value of what reads no step; what reads one is known only in a run. */
    private static Optional<JsonNode> known(Optional<Expression> expression, Step step, Scope scope) {
        return expression.filter(e -> e.steps().isEmpty()).flatMap(e -> {
            try {
                return Optional.of(e.evaluate(new Scope(
                        scope.inputs(),
                        scope.env(),
                        scope.run(),
                        scope.steps(),
                        Optional.of(new Scope.StepFacts(step.id(), 1)),
                        Map.of(),
                        Optional.empty())));
            } catch (ExpressionException failed) {
                return Optional.empty();
            }
        });
    }

    private Scope scope(Map<String, JsonNode> inputs, RunFacts facts) {
        var bare = scope(inputs, Map.of(), facts);
        var env = new LinkedHashMap<String, String>();
        workflow.env().forEach((name, template) -> {
            try {
                env.put(name, template.text(bare));
            } catch (ExpressionException failed) {
                // What reads it is shown as text.
            }
        });
        return scope(inputs, env, facts);
    }

    private static Scope scope(Map<String, JsonNode> inputs, Map<String, String> env, RunFacts facts) {
        return new Scope(inputs, env, facts, Scope.Upstreams.NONE, Optional.empty(), Map.of(), Optional.empty());
    }
}
