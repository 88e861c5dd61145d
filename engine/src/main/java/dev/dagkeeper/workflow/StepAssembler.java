package dev.dagkeeper.workflow;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.MappingNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes a step of its draft: settings checked against the step type, templates and expressions compiled. */
final class StepAssembler {
    private final Resolution resolution;
    private final Map<String, Template> workflowEnv;
    private final ExpressionBinder expressions;
    private final Problems problems;
    private final SchemaCheck schemas;
    private final Scalars scalars;

    StepAssembler(
            Resolution resolution, Map<String, Template> workflowEnv, ExpressionBinder expressions, Problems problems) {
        this.resolution = resolution;
        this.workflowEnv = workflowEnv;
        this.expressions = expressions;
        this.problems = problems;
        this.schemas = new SchemaCheck(problems);
        this.scalars = new Scalars(problems);
    }

    /** The step; to be thrown away when problems were found. */
    Step assemble(StepDraft draft) {
        var condition = ExpressionScope.condition(draft.ordinal());
        var when = draft.when().flatMap(f -> expressions.expression(f, condition, Wanted.BOOL));
        var items = draft.foreach()
                .flatMap(StepDraft.ForeachDraft::in)
                .flatMap(f -> expressions.expression(f, condition, Wanted.LIST));
        var loop = draft.foreach().map(foreach -> new ExpressionScope.Loop(foreach.as(), items));
        var attempt = ExpressionScope.attempt(draft.ordinal(), loop);
        return new Step(
                draft.ordinal(),
                draft.id(),
                draft.phase(),
                draft.type().map(type -> type.name()).orElse(""),
                run(draft),
                settings(draft, attempt),
                resolution.needs().get(draft.ordinal()),
                resolution.dependents().get(draft.ordinal()),
                draft.join(),
                when,
                draft.foreach()
                        .flatMap(foreach -> items.map(in -> new Step.Foreach(
                                in, foreach.as(), foreach.maxParallel(), foreach.failFast(), foreach.maxFailures()))),
                env(draft, attempt),
                draft.secrets().stream().map(Field::text).toList(),
                draft.outputs().stream()
                        .map(o -> new Step.Output(o.name(), o.type(), o.from().map(Field::text)))
                        .toList(),
                draft.timeout(),
                retry(draft, ExpressionScope.retry(draft.ordinal(), loop)),
                draft.onError(),
                draft.demand(),
                draft.priority(),
                draft.dependsOnPast(),
                draft.produces());
    }

    private Optional<String> run(StepDraft draft) {
        if (draft.type().isEmpty()) {
            return draft.run().filter(Field::isScalar).map(Field::text);
        }
        var type = draft.type().get();
        if (draft.run().isEmpty()) {
            if (type.run().isPresent()) {
                problems.add(
                        Code.MISSING_KEY,
                        draft.key(),
                        "key 'run' is missing: step type '" + type.name() + "' runs a script",
                        "");
            }
            return Optional.empty();
        }
        var field = draft.run().get();
        if (type.run().isEmpty()) {
            problems.add(
                    Code.BAD_SETTINGS,
                    field,
                    "step type '" + type.name() + "' takes no 'run'",
                    "its settings are under 'with'");
            return Optional.empty();
        }
        return scalars.text(field).filter(text -> {
            if (TemplateText.hasHole(text)) {
                tellHole(field, text);
            } else {
                var value = JsonNodeFactory.instance.stringNode(text);
                schemas.check(type.run().get(), value, field, field, "run", type.name());
            }
            return true;
        });
    }

    /** A value pasted into a script would be code; the message shows how it gets in as a value. */
    private void tellHole(Field field, String text) {
        var hole = TemplateText.parse(text).orElse(List.of()).stream()
                .filter(TemplateText.Part::hole)
                .findFirst();
        if (hole.isEmpty()) {
            problems.add(Code.OPEN_HOLE, field, "a hole '${{' in 'run'", "values come as environment variables");
            return;
        }
        var expression = hole.get().text().strip();
        var name = variableName(expression);
        problems.add(
                Code.HOLE_IN_RUN,
                new ExpressionText(
                                field,
                                "${{" + hole.get().text() + "}}",
                                hole.get().start() - 3)
                        .place(problems.source(), 0, hole.get().text().length() + 5),
                field.path(),
                "a hole in 'run': values reach a script as environment variables, never as part of its text",
                "write  env: {" + name + ": \"${{ " + expression + " }}\"}  and in the script \"$" + name + "\"");
    }

    private static String variableName(String expression) {
        var words = expression.split("[^A-Za-z0-9_]+", 0);
        var last = words.length == 0 ? "" : words[words.length - 1];
        return last.matches("[A-Za-z_][A-Za-z0-9_]*") ? last.toUpperCase(Locale.ROOT) : "VALUE";
    }

    private Settings settings(StepDraft draft, ExpressionScope scope) {
        if (draft.type().isEmpty()) {
            return Templates.Entries.NONE;
        }
        var type = draft.type().get().name();
        var schema = draft.type().get().with();
        if (draft.with().isEmpty()) {
            schemas.check(schema, JsonNodeFactory.instance.objectNode(), draft.key(), draft.key(), "with", type);
            return Templates.Entries.NONE;
        }
        var field = draft.with().get();
        if (!(field.node() instanceof MappingNode map)) {
            MapReader.wrongKind(field, "a map", problems);
            return Templates.Entries.NONE;
        }
        var value = (ObjectNode) new SettingsBinder(schema).bind(field);
        schemas.check(schema, value, field, field, "with", type);
        return expressions.entries(map, field.path(), value, scope).orElse(Templates.Entries.NONE);
    }

    private Map<String, Template> env(StepDraft draft, ExpressionScope scope) {
        if (draft.ownEnv().isEmpty()) {
            return workflowEnv;
        }
        var env = new LinkedHashMap<>(workflowEnv);
        draft.ownEnv()
                .forEach((name, field) ->
                        expressions.template(field, scope, Wanted.ANY).ifPresent(value -> env.put(name, value)));
        return env;
    }

    private Step.Retry retry(StepDraft step, ExpressionScope scope) {
        var draft = step.retry();
        return new Step.Retry(
                draft.max(),
                draft.delay(),
                draft.backoff(),
                draft.maxDelay(),
                draft.jitter(),
                draft.when().flatMap(f -> expressions.expression(f, scope, Wanted.BOOL)));
    }
}
