package dev.dagkeeper.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Reads single values by the type their key expects; every method tells what does not fit and then gives nothing. */
final class Scalars {
    static final Pattern ID = Pattern.compile("[a-z][a-z0-9_]{0,127}");
    private static final Pattern ENV_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,255}");
    private static final Pattern INT = Pattern.compile("-?(0|[1-9][0-9]{0,9})");
    private static final Pattern FLOAT = Pattern.compile("-?(0|[1-9][0-9]{0,9})(\\.[0-9]{1,10})?");

    private final Problems problems;

    Scalars(Problems problems) {
        this.problems = problems;
    }

    /** Text as written: {@code NO}, {@code 010} and {@code 1.10} stay what they look like. */
    Optional<String> text(Field field) {
        if (!field.isScalar()) {
            MapReader.wrongKind(field, "text", problems);
            return Optional.empty();
        }
        if (field.isNothing()) {
            problems.add(
                    Code.NO_VALUE,
                    field,
                    "expected text, found nothing",
                    field.text().isEmpty() ? "write \"\" for empty text" : "quote it to mean the word itself");
            return Optional.empty();
        }
        return Optional.of(field.text());
    }

    Optional<String> id(Field field) {
        return text(field).filter(text -> checkId(field));
    }

    /** Whether the text of a key or value is an id. */
    boolean checkId(Field field) {
        if (ID.matcher(field.text()).matches()) {
            return true;
        }
        var proposal = field.text().toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9_]+", "_");
        problems.add(
                Code.BAD_ID,
                field,
                "'" + TypedValue.shorten(field.text())
                        + "' is not an id: ids are snake_case, begin with a letter and have at most 128 characters",
                ID.matcher(proposal).matches() ? "such as '" + proposal + "'" : "");
        return false;
    }

    /** Whether a key can name an environment variable. */
    boolean checkEnvName(Field key) {
        if (ENV_NAME.matcher(key.text()).matches()) {
            return true;
        }
        problems.add(
                Code.BAD_NAME,
                key,
                "'" + TypedValue.shorten(key.text()) + "' cannot name an environment variable",
                "letters, digits and '_', not beginning with a digit");
        return false;
    }

    Optional<Integer> integer(Field field, int min, int max) {
        return number(field, INT, "a whole number").flatMap(text -> {
            var value = Long.parseLong(text);
            return inRange(field, value >= min && value <= max, min, max) ? Optional.of((int) value) : Optional.empty();
        });
    }

    Optional<Double> decimal(Field field, double min, double max) {
        return number(field, FLOAT, "a number").flatMap(text -> {
            var value = Double.parseDouble(text);
            return inRange(field, value >= min && value <= max, min, max) ? Optional.of(value) : Optional.empty();
        });
    }

    private Optional<String> number(Field field, Pattern notation, String expected) {
        if (!field.isScalar() || field.isNothing()) {
            MapReader.wrongKind(field, expected, problems);
            return Optional.empty();
        }
        var isNumber = notation.matcher(field.text()).matches();
        if (isNumber && field.isPlain()) {
            return Optional.of(field.text());
        }
        problems.add(
                Code.BAD_NUMBER,
                field,
                "expected " + expected + ", found " + TypedValue.shorten(field.kind()),
                isNumber ? "numbers are not quoted" : "");
        return Optional.empty();
    }

    private boolean inRange(Field field, boolean holds, Number min, Number max) {
        if (!holds) {
            problems.add(Code.OUT_OF_RANGE, field, "expected " + min + " to " + max + ", found " + field.text());
        }
        return holds;
    }

    Optional<Boolean> bool(Field field) {
        if (field.isPlain() && (field.text().equals("true") || field.text().equals("false"))) {
            return Optional.of(Boolean.valueOf(field.text()));
        }
        if (!field.isScalar() || field.isNothing()) {
            MapReader.wrongKind(field, "true or false", problems);
        } else {
            problems.add(Code.BAD_BOOL, field, "expected true or false, found " + TypedValue.shorten(field.kind()));
        }
        return Optional.empty();
    }

    /** A duration within bounds. */
    Optional<Duration> duration(Field field, Duration min, Duration max) {
        return text(field).flatMap(text -> {
            var duration = Durations.parse(text);
            if (duration.isEmpty()) {
                problems.add(
                        Code.BAD_DURATION,
                        field,
                        "expected a duration, found '" + TypedValue.shorten(text) + "'",
                        "durations look like 250ms 90s 15m 2h 3d");
            } else if (duration.get().compareTo(min) < 0 || duration.get().compareTo(max) > 0) {
                problems.add(
                        Code.OUT_OF_RANGE,
                        field,
                        "expected " + Durations.format(min) + " to " + Durations.format(max) + ", found " + text);
                return Optional.empty();
            }
            return duration;
        });
    }

    Optional<Long> size(Field field) {
        return text(field).flatMap(text -> {
            var bytes = Sizes.parseBytes(text).orElse(0);
            if (bytes > 0) {
                return Optional.of(bytes);
            }
            problems.add(
                    Code.BAD_SIZE,
                    field,
                    "expected a size above 0, found '" + TypedValue.shorten(text) + "'",
                    "sizes look like 512B 64KiB 10MiB 2GiB");
            return Optional.empty();
        });
    }

    void pattern(Field field) {
        text(field).ifPresent(text -> {
            try {
                com.google.re2j.Pattern.compile(text);
            } catch (com.google.re2j.PatternSyntaxException e) {
                problems.add(
                        Code.BAD_PATTERN,
                        field,
                        "expected a regular expression, found '" + TypedValue.shorten(text) + "': " + e.getMessage(),
                        "the syntax is RE2's");
            }
        });
    }

    /** One of a fixed set of words. */
    Optional<String> oneOf(Field field, Collection<String> options) {
        return text(field).flatMap(text -> {
            if (options.contains(text)) {
                return Optional.of(text);
            }
            problems.add(
                    Code.NOT_AN_OPTION,
                    field,
                    "expected one of " + String.join(", ", options) + ", found '" + TypedValue.shorten(text) + "'",
                    Nearest.hint(text, options));
            return Optional.empty();
        });
    }

    /** One of an enum's constants, written in kebab-case. */
    <E extends Enum<E>> Optional<E> oneOf(Field field, Class<E> type) {
        var options = new LinkedHashMap<String, E>();
        for (var constant : type.getEnumConstants()) {
            options.put(Words.kebab(constant), constant);
        }
        return oneOf(field, options.keySet()).flatMap(word -> Optional.ofNullable(options.get(word)));
    }

    /** The items of a list; tells when it is none. */
    List<Field> list(Field field) {
        if (!(field.node() instanceof SequenceNode list)) {
            MapReader.wrongKind(field, "a list", problems);
            return List.of();
        }
        var items = new ArrayList<Field>(list.getValue().size());
        for (var item : list.getValue()) {
            items.add(new Field(item, field.path().child(items.size())));
        }
        return items;
    }

    /** A list of texts without repetition. */
    List<Field> texts(Field field) {
        var seen = new java.util.HashSet<String>();
        var items = new ArrayList<Field>();
        for (var item : list(field)) {
            if (text(item).isPresent()) {
                if (seen.add(item.text())) {
                    items.add(item);
                } else {
                    problems.add(Code.LISTED_TWICE, item, "'" + TypedValue.shorten(item.text()) + "' is listed twice");
                }
            }
        }
        return items;
    }

    /** A map of texts under names that the given check accepts. */
    Map<String, Field> textMap(Field field, java.util.function.Predicate<Field> nameCheck) {
        var texts = new LinkedHashMap<String, Field>();
        MapReader.each(field, problems, (key, value) -> {
            if (nameCheck.test(key) && text(value).isPresent()) {
                texts.putIfAbsent(key.text(), value);
            }
        });
        return texts;
    }
}
