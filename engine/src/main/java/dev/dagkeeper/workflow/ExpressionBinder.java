package dev.dagkeeper.workflow;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import tools.jackson.databind.JsonNode;

/** Turns the fields of a document into templates and expressions. Texts without holes never load the expression language. */
final class ExpressionBinder {
    private final WorkflowDraft draft;
    private final Resolution resolution;
    private final Limits limits;
    private final Problems problems;
    private Optional<CelCompiler> compiler = Optional.empty();

    ExpressionBinder(WorkflowDraft draft, Resolution resolution, Limits limits, Problems problems) {
        this.draft = draft;
        this.resolution = resolution;
        this.limits = limits;
        this.problems = problems;
    }

    /** A field marked (expr). */
    Optional<Expression> expression(Field field, ExpressionScope scope, Wanted wanted) {
        var text = new Scalars(problems).text(field);
        if (text.isPresent() && TemplateText.hasHole(text.get())) {
            problems.add(
                    Code.EXPRESSION_SYNTAX,
                    field,
                    "this key takes a bare expression, found a template",
                    "write the expression without ${{ }}");
            return Optional.empty();
        }
        return text.flatMap(t -> compile(new ExpressionText(field, t, 0), scope, wanted));
    }

    /** Text with holes. */
    Optional<Template> template(Field field, ExpressionScope scope, Wanted wanted) {
        var text = field.text();
        if (!TemplateText.hasHole(text)) {
            return Optional.of(Templates.Literal.of(text));
        }
        var parts = TemplateText.parse(text);
        if (parts.isEmpty()) {
            problems.add(Code.OPEN_HOLE, field, "a hole '${{' is not closed", "it ends with '}}'");
            return Optional.empty();
        }
        var single = parts.get().size() == 1;
        var templates = new ArrayList<Template>();
        for (var part : parts.get()) {
            if (!part.hole()) {
                templates.add(Templates.Literal.of(part.text()));
                continue;
            }
            var source = new ExpressionText(field, part.text(), part.start());
            compile(source, scope, single ? wanted : Wanted.ANY).ifPresent(e -> templates.add(new Templates.Hole(e)));
        }
        if (templates.size() < parts.get().size()) {
            return Optional.empty();
        }
        return Optional.of(single ? templates.getFirst() : new Templates.Mixed(templates));
    }

    /**
     * A tree whose strings are templates.
     *
     * @param value the tree as bound, without holes it is taken as it is
     */
    Optional<Template> tree(Field field, JsonNode value, ExpressionScope scope, Wanted wanted) {
        if (value.isString()) {
            return TemplateText.hasHole(value.stringValue())
                    ? template(field, scope, wanted)
                    : Optional.of(new Templates.Literal(value));
        }
        if (value.isObject() && field.node() instanceof MappingNode map) {
            return entries(map, field.path(), value, scope).map(entries -> entries);
        }
        if (value.isArray() && field.node() instanceof SequenceNode list) {
            var items = new ArrayList<Template>();
            for (var node : list.getValue()) {
                var item = new Field(node, field.path().child(items.size()));
                tree(item, value.path(items.size()), scope, Wanted.ANY).ifPresent(items::add);
            }
            return items.size() == value.size() ? Optional.of(new Templates.Items(items)) : Optional.empty();
        }
        return Optional.of(new Templates.Literal(value));
    }

    /** A map whose strings are templates. */
    Optional<Templates.Entries> entries(MappingNode map, Path path, JsonNode value, ExpressionScope scope) {
        var entries = new LinkedHashMap<String, Template>();
        for (var entry : map.getValue()) {
            if (entry.getKeyNode() instanceof ScalarNode key && !entries.containsKey(key.getValue())) {
                var field = new Field(entry.getValueNode(), path.child(key.getValue()));
                tree(field, value.path(key.getValue()), scope, Wanted.ANY)
                        .ifPresent(template -> entries.put(key.getValue(), template));
            }
        }
        return entries.size() == value.size() ? Optional.of(new Templates.Entries(entries)) : Optional.empty();
    }

    private Optional<Expression> compile(ExpressionText source, ExpressionScope scope, Wanted wanted) {
        var text = source.text().strip();
        if (text.isEmpty()) {
            problems.add(Code.OPEN_HOLE, source.field(), "expected an expression, found nothing");
            return Optional.empty();
        }
        var bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > limits.expressionBytes()) {
            problems.add(
                    Code.EXPRESSION_TOO_LONG,
                    source.field(),
                    "an expression has at most " + limits.expressionBytes() + " bytes, found " + bytes);
            return Optional.empty();
        }
        if (compiler.isEmpty()) {
            compiler = Optional.of(new CelCompiler(draft, resolution, problems));
        }
        return compiler.get().compile(source, scope, wanted);
    }

    /** Names of the inputs that any expression reads. */
    Set<String> inputsRead() {
        return compiler.map(CelCompiler::inputsRead).orElse(Set.of());
    }
}
