package dev.dagkeeper.workflow;

import java.util.List;
import java.util.Optional;

/** Binds the declared inputs of a workflow. */
final class InputBinder {
    private static final int MOST_ITEMS = 100_000;

    private final WorkflowDraft draft;
    private final Problems problems;
    private final Scalars scalars;
    private final TypeReader types;

    InputBinder(WorkflowDraft draft, Problems problems) {
        this.draft = draft;
        this.problems = problems;
        this.scalars = new Scalars(problems);
        this.types = new TypeReader(problems);
    }

    void bind(Field field) {
        MapReader.each(field, problems, (key, value) -> {
            scalars.checkId(key);
            MapReader.open(value, key, Keys.INPUT, problems).ifPresent(map -> draft.inputs.add(bind(key, map)));
        });
    }

    private WorkflowDraft.InputDraft bind(Field key, MapReader map) {
        var values = map.get("values")
                .map(f -> scalars.texts(f).stream().map(Field::text).toList());
        var type = map.require("type", TypeReader.EXAMPLES)
                .flatMap(f -> types.read(f, values))
                .orElse(ValueType.Simple.JSON);
        var required = map.get("required").flatMap(scalars::bool);
        var defaultValue = map.get("default");
        if (required.orElse(false) && defaultValue.isPresent()) {
            problems.add(
                    Code.CONFLICT,
                    defaultValue.get(),
                    "input '" + key.text() + "' is required and has a default",
                    "leave out one of the two");
        }
        checkValues(map, type, values);
        return new WorkflowDraft.InputDraft(
                key,
                key.text(),
                type,
                defaultValue,
                required.orElse(defaultValue.isEmpty()),
                map.get("description").flatMap(scalars::text),
                bounds(map, type));
    }

    private void checkValues(MapReader map, ValueType type, Optional<List<String>> values) {
        map.ifPresent("values", field -> {
            if (!TypeReader.isEnum(type)) {
                problems.add(Code.CONFLICT, field, "'values' is for type enum, found " + type.display());
            } else if (values.isPresent() && values.get().isEmpty() && field.isList()) {
                problems.add(Code.NO_VALUE, field, "expected at least one value, found none");
            }
        });
    }

    private Workflow.Bounds bounds(MapReader map, ValueType type) {
        var ordered = type == ValueType.Simple.INT
                || type == ValueType.Simple.FLOAT
                || type == ValueType.Simple.DATE
                || type == ValueType.Simple.DATETIME
                || type == ValueType.Simple.DURATION;
        var min = bound(map, "min", type, ordered);
        var max = bound(map, "max", type, ordered);
        if (min.isPresent() && max.isPresent() && InputBounds.compare(type, min.get(), max.get()) > 0) {
            map.ifPresent(
                    "max", f -> problems.add(Code.CONFLICT, f, "max " + max.get() + " is below min " + min.get()));
        }
        var texts = leaf(type) == ValueType.Simple.STRING;
        map.ifPresent("pattern", field -> {
            scalars.pattern(field);
            if (!texts) {
                problems.add(Code.CONFLICT, field, "'pattern' is for string and list<string>, found " + type.display());
            }
        });
        var minItems = items(map, "min-items", type);
        var maxItems = items(map, "max-items", type);
        if (minItems.orElse(0) > maxItems.orElse(Integer.MAX_VALUE)) {
            map.ifPresent("max-items", f -> problems.add(Code.CONFLICT, f, "max-items is below min-items"));
        }
        return new Workflow.Bounds(min, max, map.get("pattern").flatMap(InputBinder::textOf), minItems, maxItems);
    }

    private static Optional<String> textOf(Field field) {
        return field.isScalar() && !field.isNothing() ? Optional.of(field.text()) : Optional.empty();
    }

    private Optional<String> bound(MapReader map, String name, ValueType type, boolean ordered) {
        return map.get(name)
                .filter(Field::isScalar)
                .or(() -> map.get(name).flatMap(f -> {
                    MapReader.wrongKind(f, "a single value", problems);
                    return Optional.empty();
                }))
                .flatMap(field -> {
                    if (!ordered) {
                        problems.add(
                                Code.CONFLICT,
                                field,
                                "'" + name + "' is for int, float, date, datetime and duration, found "
                                        + type.display());
                        return Optional.empty();
                    }
                    return switch (TypedValue.parse(type, field.text())) {
                        case TypedValue.Reading.Fits fits ->
                            Optional.of(field.text().strip());
                        case TypedValue.Reading.Misfit(var why) -> {
                            problems.add(Code.ILL_TYPED_INPUT, field, "'" + name + "': " + why);
                            yield Optional.empty();
                        }
                    };
                });
    }

    private Optional<Integer> items(MapReader map, String name, ValueType type) {
        return map.get(name).flatMap(field -> {
            if (!(type instanceof ValueType.ListOf)) {
                problems.add(Code.CONFLICT, field, "'" + name + "' is for lists, found " + type.display());
                return Optional.empty();
            }
            return scalars.integer(field, 0, MOST_ITEMS);
        });
    }

    private static ValueType leaf(ValueType type) {
        return type instanceof ValueType.ListOf list ? leaf(list.item()) : type;
    }
}
