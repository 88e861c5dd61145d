package dev.dagkeeper.workflow;

import dev.dagkeeper.executor.StepType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Binds maps of steps: {@code steps} and each kind of hook. */
final class StepBinder {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofHours(1);
    private static final String DEFAULT_QUEUE = "default";
    private static final int MOST_ITEMS = 100_000;
    private static final Set<String> TAKEN =
            Set.of("inputs", "env", "run", "steps", "step", "error", "secrets", "in", "true", "false", "null");

    private final StepTypes types;
    private final WorkflowDraft draft;
    private final Problems problems;
    private final Scalars scalars;
    private final RetryBinder common;
    private final OutputBinder outputs;
    private final DemandBinder demands;

    StepBinder(StepTypes types, WorkflowDraft draft, Problems problems) {
        this.types = types;
        this.draft = draft;
        this.problems = problems;
        this.scalars = new Scalars(problems);
        this.common = new RetryBinder(problems);
        this.outputs = new OutputBinder(problems);
        this.demands = new DemandBinder(problems, common);
    }

    void bindAll(Field field, Step.Phase phase, StepDraft.Defaults defaults) {
        var seen = new java.util.HashSet<String>();
        MapReader.each(field, problems, (key, value) -> {
            scalars.checkId(key);
            if (seen.add(key.text())) {
                MapReader.open(value, key, Keys.STEP, problems)
                        .ifPresent(map -> draft.steps.add(bind(key, phase, map, defaults)));
            }
        });
    }

    private StepDraft bind(Field key, Step.Phase phase, MapReader map, StepDraft.Defaults defaults) {
        var type = map.require("uses", "one of " + String.join(", ", types.names()))
                .flatMap(this::type);
        var join = map.get("join").flatMap(f -> scalars.oneOf(f, Step.Join.class));
        var dependsOnPast = map.get("depends-on-past").flatMap(scalars::bool).orElse(false);
        return new StepDraft(
                draft.steps.size(),
                key.text(),
                phase,
                key,
                type,
                map.get("run"),
                map.get("with"),
                map.get("needs").map(this::needs).orElse(List.of()),
                map.get("join"),
                join.orElse(Step.Join.ALL_SUCCEEDED),
                map.get("when"),
                map.get("foreach")
                        .flatMap(f -> MapReader.open(f, Keys.FOREACH, problems))
                        .map(this::foreach),
                map.get("env"),
                env(defaults, map),
                map.get("secrets").map(this::secrets).orElse(List.of()),
                map.get("outputs").map(f -> outputs.bind(f, type)).orElse(List.of()),
                common.timeout(map).or(defaults::timeout).orElse(DEFAULT_TIMEOUT),
                common.retry(map).or(defaults::retry).orElse(StepDraft.RetryDraft.NONE),
                map.get("on-error")
                        .flatMap(f -> scalars.oneOf(f, Step.OnError.class))
                        .orElse(Step.OnError.FAIL),
                demands.bind(common.queue(map).or(defaults::queue).orElse(DEFAULT_QUEUE), map),
                map.get("priority").flatMap(f -> scalars.integer(f, -100, 100)).orElse(0),
                dependsOnPast,
                map.get("produces")
                        .map(new DatasetBinder(scalars, problems)::uris)
                        .orElse(List.of()));
    }

    private Optional<StepType> type(Field uses) {
        return scalars.text(uses).flatMap(name -> {
            var type = types.find(name);
            if (type.isEmpty()) {
                problems.add(
                        Code.UNKNOWN_STEP_TYPE,
                        uses,
                        "unknown step type '" + TypedValue.shorten(name) + "'",
                        Nearest.to(name, types.names())
                                .map(near -> "did you mean '" + near + "'?")
                                .orElse("there are " + String.join(", ", types.names())));
            } else if (types.isReserved(name)) {
                draft.reserve("step type '" + name + "'", uses);
            }
            return type;
        });
    }

    private List<StepDraft.NeedDraft> needs(Field field) {
        var needs = new ArrayList<StepDraft.NeedDraft>();
        if (field.isMap()) {
            MapReader.each(field, problems, (key, value) -> {
                var on = new LinkedHashSet<Step.EdgeState>();
                for (var state : scalars.texts(value)) {
                    scalars.oneOf(state, Step.EdgeState.class).ifPresent(on::add);
                }
                if (value.isList() && scalars.list(value).isEmpty()) {
                    problems.add(
                            Code.NO_VALUE,
                            value,
                            "expected the states of '" + key.text() + "' that count, found none",
                            "such as [succeeded], or list the needs without states");
                }
                needs.add(new StepDraft.NeedDraft(key, key.text(), on));
            });
        } else if (field.isList()) {
            for (var item : scalars.texts(field)) {
                needs.add(new StepDraft.NeedDraft(item, item.text(), Set.of()));
            }
        } else {
            MapReader.wrongKind(field, "a list of step ids, or a map from step id to states", problems);
        }
        return needs;
    }

    private StepDraft.ForeachDraft foreach(MapReader map) {
        var as = map.get("as")
                .flatMap(f -> scalars.id(f).filter(id -> checkFree(f)))
                .orElse("item");
        return new StepDraft.ForeachDraft(
                map.require("in", "an expression that gives a list, such as inputs.regions"),
                as,
                map.get("max-parallel")
                        .flatMap(f -> scalars.integer(f, 1, MOST_ITEMS))
                        .orElse(Integer.MAX_VALUE),
                map.get("fail-fast").flatMap(scalars::bool).orElse(false),
                map.get("max-failures")
                        .flatMap(f -> scalars.integer(f, 0, MOST_ITEMS))
                        .orElse(0));
    }

    private boolean checkFree(Field as) {
        var free = !TAKEN.contains(as.text()) && !ReservedWords.isReserved(as.text());
        if (!free) {
            problems.add(
                    Code.CONFLICT, as, "'" + as.text() + "' has a meaning in expressions; choose another name", "");
        }
        return free;
    }

    private Map<String, Field> env(StepDraft.Defaults defaults, MapReader map) {
        var own = common.env(map);
        if (defaults.env().isEmpty()) {
            return own;
        }
        var merged = new LinkedHashMap<>(defaults.env());
        merged.putAll(own);
        return merged;
    }

    private List<Field> secrets(Field field) {
        var known = new ArrayList<Field>();
        for (var name : scalars.texts(field)) {
            if (draft.secrets.containsKey(name.text())) {
                known.add(name);
            } else {
                problems.add(
                        Code.UNKNOWN_SECRET,
                        name,
                        "secret '" + TypedValue.shorten(name.text()) + "' is not declared",
                        Nearest.to(name.text(), draft.secrets.keySet())
                                .map(near -> "did you mean '" + near + "'?")
                                .orElse("declare it under 'secrets:' at the top"));
            }
        }
        return known;
    }
}
