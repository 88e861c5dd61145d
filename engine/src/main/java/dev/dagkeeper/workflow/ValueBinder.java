package dev.dagkeeper.workflow;

import java.util.Optional;
import org.yaml.snakeyaml.nodes.SequenceNode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reads a value of a declared type from the document. */
final class ValueBinder {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Problems problems;

    ValueBinder(Problems problems) {
        this.problems = problems;
    }

    /** The value, with the texts that have holes as they are; empty, and told, when it does not fit. */
    Optional<JsonNode> bind(Field field, ValueType type, Workflow.Bounds bounds) {
        var value = bind(field, type);
        value.filter(v -> !hasHole(v))
                .flatMap(v -> InputBounds.violation(type, bounds, v))
                .ifPresent(why -> problems.add(Code.INPUT_OUT_OF_BOUNDS, field, why));
        return value;
    }

    private Optional<JsonNode> bind(Field field, ValueType type) {
        if (field.isScalar() && TemplateText.hasHole(field.text())) {
            return Optional.of(JSON.stringNode(field.text()));
        }
        if (type == ValueType.Simple.JSON) {
            return Optional.of(SettingsBinder.bindFreely(field));
        }
        if (type instanceof ValueType.ListOf list) {
            return field.node() instanceof SequenceNode items ? list(field, items, list) : misfit(field, type);
        }
        if (!field.isScalar() || field.isNothing()) {
            return misfit(field, type);
        }
        var quotedNumber = !field.isPlain()
                && (type == ValueType.Simple.INT || type == ValueType.Simple.FLOAT || type == ValueType.Simple.BOOL);
        if (quotedNumber) {
            problems.add(
                    Code.ILL_TYPED_INPUT,
                    field,
                    "expected " + TypedValue.describe(type) + ", found text " + field.kind(),
                    "leave out the quotes");
            return Optional.empty();
        }
        return switch (TypedValue.parse(type, field.text())) {
            case TypedValue.Reading.Fits(var value) -> Optional.of(value);
            case TypedValue.Reading.Misfit(var why) -> {
                problems.add(Code.ILL_TYPED_INPUT, field, why);
                yield Optional.empty();
            }
        };
    }

    private Optional<JsonNode> list(Field field, SequenceNode items, ValueType.ListOf type) {
        var array = JSON.arrayNode(items.getValue().size());
        var index = 0;
        for (var item : items.getValue()) {
            bind(new Field(item, field.path().child(index++)), type.item()).ifPresent(array::add);
        }
        return array.size() == index ? Optional.of(array) : Optional.empty();
    }

    private Optional<JsonNode> misfit(Field field, ValueType type) {
        problems.add(
                Code.ILL_TYPED_INPUT,
                field,
                "expected " + TypedValue.describe(type) + ", found " + TypedValue.shorten(field.kind()));
        return Optional.empty();
    }

    private static boolean hasHole(JsonNode value) {
        return value.isString()
                ? TemplateText.hasHole(value.stringValue())
                : value.values().stream().anyMatch(ValueBinder::hasHole);
    }
}
