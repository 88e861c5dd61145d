package dev.dagkeeper.api.http;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The parameters of a query, read strictly: what is unknown, repeated or ill-formed is an error. Immutable. */
final class Parameters {
    private final Map<String, List<String>> values;

    private Parameters(Map<String, List<String>> values) {
        this.values = values;
    }

    static Parameters of(Map<String, List<String>> values, List<String> known) {
        for (var name : values.keySet()) {
            if (!known.contains(name)) {
                throw ApiProblem.badParameter("unknown query parameter '" + name + "'; there "
                        + (known.isEmpty() ? "is none" : "are " + String.join(", ", known)));
            }
        }
        return new Parameters(Map.copyOf(values));
    }

    /** All values of a parameter that may be repeated. */
    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    Optional<String> text(String name) {
        var all = all(name);
        if (all.size() > 1) {
            throw ApiProblem.badParameter("'" + name + "' is given " + all.size() + " times");
        }
        return all.isEmpty() || all.getFirst().isEmpty() ? Optional.empty() : Optional.of(all.getFirst());
    }

    boolean flag(String name) {
        return switch (text(name).orElse("false")) {
            case "true" -> true;
            case "false" -> false;
            case String other ->
                throw ApiProblem.badParameter("expected true or false for '" + name + "', found '" + other + "'");
        };
    }

    OptionalInt number(String name, int least, int most) {
        var text = text(name);
        if (text.isEmpty()) {
            return OptionalInt.empty();
        }
        return OptionalInt.of((int) number(name, text.get(), least, most));
    }

    long longNumber(String name, long least) {
        return text(name).map(text -> number(name, text, least, Long.MAX_VALUE)).orElse(least);
    }

    /** Reads a whole number that is a parameter, or another part of a request named like one. */
    static long number(String name, String text, long least, long most) {
        try {
            var number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, like a number out of range.
        }
        throw ApiProblem.badParameter(
                "expected " + (most == Long.MAX_VALUE ? "at least " + least : least + " to " + most) + " for '" + name
                        + "', found '" + text + "'");
    }

    Optional<Instant> time(String name) {
        return text(name)
                .map(text -> parseTime(text)
                        .orElseThrow(() -> ApiProblem.badParameter("expected a time such as 2026-01-31T12:00:00Z for '"
                                + name + "', found '" + text + "'")));
    }

    /** Reads RFC 3339. */
    static Optional<Instant> parseTime(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    int pageSize() {
        return number("pageSize", 1, 500).orElse(50);
    }
}
