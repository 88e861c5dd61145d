package dev.dagkeeper.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the notation of types: {@code string int float bool date datetime duration enum json list<T>}. */
final class TypeReader {
    static final String EXAMPLES = "such as string, int or list<string>";

    private static final int DEEPEST = 5;

    private final Problems problems;
    private final Scalars scalars;

    TypeReader(Problems problems) {
        this.problems = problems;
        this.scalars = new Scalars(problems);
    }

    /** A type that needs nothing besides its name. */
    Optional<ValueType> read(Field field) {
        return read(field, Optional.empty());
    }

    /**
     * A type.
     *
     * @param values the options of an {@code enum}, empty where there can be none
     */
    Optional<ValueType> read(Field field, Optional<List<String>> values) {
        return scalars.text(field).flatMap(text -> {
            var type = parse(text.replace(" ", ""), values, 0);
            if (type.isEmpty()) {
                problems.add(
                        Code.BAD_TYPE,
                        field,
                        "expected a type, found '" + TypedValue.shorten(text) + "'",
                        Nearest.to(text, names())
                                .map(near -> "did you mean '" + near + "'?")
                                .orElse("types are " + String.join(", ", names())));
            } else if (isEnum(type.get()) && values.isEmpty()) {
                problems.add(Code.BAD_TYPE, field, "type enum needs 'values': the words it may be", "");
            }
            return type;
        });
    }

    static List<String> names() {
        var names = new ArrayList<String>();
        for (var simple : ValueType.Simple.values()) {
            names.add(simple.display());
        }
        names.add("enum");
        names.add("list<T>");
        return names;
    }

    static boolean isEnum(ValueType type) {
        return switch (type) {
            case ValueType.Simple simple -> false;
            case ValueType.Enumeration options -> true;
            case ValueType.ListOf list -> isEnum(list.item());
        };
    }

    private static Optional<ValueType> parse(String text, Optional<List<String>> values, int depth) {
        if (text.startsWith("list<") && text.endsWith(">") && depth < DEEPEST) {
            return parse(text.substring(5, text.length() - 1), values, depth + 1)
                    .map(ValueType.ListOf::new);
        }
        if (text.equals("enum")) {
            return Optional.of(new ValueType.Enumeration(values.orElse(List.of())));
        }
        for (var simple : ValueType.Simple.values()) {
            if (simple.display().equals(text)) {
                return Optional.of(simple);
            }
        }
        return Optional.empty();
    }
}
