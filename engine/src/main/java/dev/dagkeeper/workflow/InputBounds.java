package dev.dagkeeper.workflow;

import com.google.re2j.Pattern;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What an input's value must satisfy besides its type. */
final class InputBounds {
    private InputBounds() {}

    /** What is wrong with a value that has the type; empty when nothing is. */
    static Optional<String> violation(ValueType type, Workflow.Bounds bounds, JsonNode value) {
        if (type instanceof ValueType.ListOf) {
            return listViolation(bounds, value).or(() -> patternViolation(bounds, value));
        }
        return bounds.min()
                .filter(min -> compare(type, text(value), min) < 0)
                .map(min -> "expected at least " + min + ", found " + text(value))
                .or(() -> bounds.max()
                        .filter(max -> compare(type, text(value), max) > 0)
                        .map(max -> "expected at most " + max + ", found " + text(value)))
                .or(() -> patternViolation(bounds, value));
    }

    private static Optional<String> listViolation(Workflow.Bounds bounds, JsonNode list) {
        return bounds.minItems()
                .filter(min -> list.size() < min)
                .map(min -> "expected at least " + min + " items, found " + list.size())
                .or(() -> bounds.maxItems()
                        .filter(max -> list.size() > max)
                        .map(max -> "expected at most " + max + " items, found " + list.size()));
    }

    private static Optional<String> patternViolation(Workflow.Bounds bounds, JsonNode value) {
        if (bounds.pattern().isEmpty()) {
            return Optional.empty();
        }
        if (value.isArray()) {
            for (var item : value) {
                var violation = patternViolation(bounds, item);
                if (violation.isPresent()) {
                    return violation;
                }
            }
            return Optional.empty();
        }
        var pattern = bounds.pattern().get();
        return Pattern.compile(pattern).matcher(text(value)).matches()
                ? Optional.empty()
                : Optional.of("expected text that matches " + pattern + ", found " + TypedValue.shown(value));
    }

    private static String text(JsonNode value) {
        return value.isString() ? value.stringValue() : value.toString();
    }

    /** Compares two texts as values of an ordered type. */
    static int compare(ValueType type, String a, String b) {
        if (type == ValueType.Simple.DATE) {
            return LocalDate.parse(a).compareTo(LocalDate.parse(b));
        }
        if (type == ValueType.Simple.DATETIME) {
            return OffsetDateTime.parse(a)
                    .toInstant()
                    .compareTo(OffsetDateTime.parse(b).toInstant());
        }
        if (type == ValueType.Simple.DURATION) {
            return Durations.parse(a).orElseThrow().compareTo(Durations.parse(b).orElseThrow());
        }
        return new BigDecimal(a).compareTo(new BigDecimal(b));
    }
}
