package dev.dagkeeper.workflow;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.Node;

/** Binds the top level of a document. */
final class WorkflowBinder {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(3650);

    private final StepTypes types;
    private final Limits limits;
    private final Problems problems;
    private final Scalars scalars;
    private final WorkflowDraft draft = new WorkflowDraft();

    WorkflowBinder(StepTypes types, Limits limits, Problems problems) {
        this.types = types;
        this.limits = limits;
        this.problems = problems;
        this.scalars = new Scalars(problems);
    }

    /** The draft; incomplete when there are errors, empty when there is nothing to check further. */
    Optional<WorkflowDraft> bind(Node root) {
        var top = MapReader.open(new Field(root, Path.TOP), Keys.WORKFLOW, problems);
        top.ifPresent(map -> {
            bindHead(map);
            bindValues(map);
            new RunRulesBinder(draft, problems).bind(map);
            bindSteps(map);
        });
        return top.map(map -> draft);
    }

    private void bindHead(MapReader map) {
        map.require("version", "the first line is 'version: 1'").ifPresent(this::checkVersion);
        map.require("name", "such as 'name: orders_daily'").flatMap(scalars::id).ifPresent(id -> draft.name = id);
        map.get("namespace").flatMap(scalars::id).ifPresent(id -> draft.namespace = id);
        draft.description = map.get("description").flatMap(scalars::text);
        map.ifPresent("labels", field -> draft.labels = labels(field));
        map.get("priority").flatMap(f -> scalars.integer(f, -100, 100)).ifPresent(p -> draft.priority = p);
        draft.timeout = map.get("timeout").flatMap(f -> scalars.duration(f, SHORTEST, LONGEST));
        map.get("on-step-failure")
                .flatMap(f -> scalars.oneOf(f, Workflow.OnStepFailure.class))
                .ifPresent(mode -> draft.onStepFailure = mode);
    }

    private void checkVersion(Field field) {
        scalars.integer(field, 0, Integer.MAX_VALUE)
                .filter(v -> v != 1)
                .ifPresent(v -> problems.add(
                        Code.BAD_VERSION, field, "version " + v + " of the language; this program knows version 1"));
    }

    private java.util.Map<String, String> labels(Field field) {
        var labels = new java.util.LinkedHashMap<String, String>();
        scalars.textMap(field, key -> true).forEach((name, value) -> labels.put(name, value.text()));
        return labels;
    }

    private void bindValues(MapReader map) {
        map.ifPresent("inputs", field -> new InputBinder(draft, problems).bind(field));
        map.ifPresent("env", field -> draft.env = scalars.textMap(field, scalars::checkEnvName));
        map.ifPresent(
                "files",
                field -> draft.files = scalars.texts(field).stream()
                        .filter(this::checkPath)
                        .map(Field::text)
                        .toList());
        map.ifPresent("secrets", this::bindSecrets);
        map.ifPresent("outputs", this::bindOutputs);
    }

    private boolean checkPath(Field field) {
        var path = field.text();
        var inside = !path.isEmpty()
                && !path.startsWith("/")
                && !path.contains("\\")
                && !path.contains("\0")
                && !List.of(path.split("/")).contains("..");
        if (!inside) {
            problems.add(
                    Code.BAD_PATH,
                    field,
                    "'" + TypedValue.shorten(path) + "' is not a path below the workflow's directory",
                    "paths are relative, with '/', without '..'");
        }
        return inside;
    }

    private void bindSecrets(Field field) {
        MapReader.each(field, problems, (key, value) -> {
            var named = scalars.checkEnvName(key);
            MapReader.open(value, key, Keys.SECRET, problems).ifPresent(map -> {
                var from = map.require("from", "one of env, file, store")
                        .flatMap(f -> scalars.oneOf(f, Workflow.Secret.Source.class));
                var where = from.orElse(Workflow.Secret.Source.ENV) == Workflow.Secret.Source.FILE
                        ? map.require("key", "the path of the file").flatMap(scalars::text)
                        : Optional.of(map.get("key").flatMap(scalars::text).orElse(key.text()));
                if (named && from.isPresent() && where.isPresent()) {
                    var secret = new Workflow.Secret(key.text(), from.get(), where.get());
                    draft.secrets.putIfAbsent(key.text(), new WorkflowDraft.SecretDraft(key, secret));
                    if (secret.from() == Workflow.Secret.Source.STORE) {
                        draft.reserve("secret '" + key.text() + "' from store", key);
                    }
                }
            });
        });
    }

    private void bindOutputs(Field field) {
        var typeReader = new TypeReader(problems);
        MapReader.each(field, problems, (key, value) -> {
            scalars.checkId(key);
            MapReader.open(value, key, Keys.RUN_OUTPUT, problems).ifPresent(map -> {
                var type = map.require("type", TypeReader.EXAMPLES).flatMap(typeReader::read);
                var expression = map.require("value", "an expression, such as steps.load.outputs.total");
                draft.outputs.add(new WorkflowDraft.RunOutputDraft(
                        key, key.text(), type.orElse(ValueType.Simple.JSON), expression));
            });
        });
    }

    private void bindSteps(MapReader map) {
        var defaults = StepDraft.Defaults.NONE;
        var settings = map.get("defaults").flatMap(f -> MapReader.open(f, Keys.DEFAULTS, problems));
        if (settings.isPresent()) {
            defaults = settings.get()
                    .get("step")
                    .flatMap(f -> MapReader.open(f, Keys.STEP_DEFAULTS, problems))
                    .map(step -> new RetryBinder(problems).defaults(step))
                    .orElse(defaults);
        }
        var binder = new StepBinder(types, draft, problems);
        var steps = map.require("steps", "a workflow has at least one step");
        if (steps.isPresent()) {
            binder.bindAll(steps.get(), Step.Phase.MAIN, defaults);
            checkCount(steps.get());
        }
        map.get("hooks").flatMap(f -> MapReader.open(f, Keys.HOOKS, problems)).ifPresent(hooks -> {
            for (var phase : List.of(Step.Phase.ON_SUCCESS, Step.Phase.ON_FAILURE, Step.Phase.ALWAYS)) {
                hooks.ifPresent(phase.key(), f -> binder.bindAll(f, phase, StepDraft.Defaults.NONE));
            }
        });
    }

    private void checkCount(Field steps) {
        if (steps.isMap() && draft.steps.isEmpty()) {
            problems.add(Code.MISSING_KEY, steps, "a workflow has at least one step, found none");
        }
        if (draft.steps.size() > limits.steps()) {
            problems.add(
                    Code.TOO_MANY_STEPS,
                    draft.steps.get(limits.steps()).key(),
                    "a workflow has at most " + limits.steps() + " steps, found " + draft.steps.size());
        }
    }
}
