package dev.dagkeeper.executor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A path into what a step offers, such as {@code body.items[0].id} or {@code headers["content-type"]}. Immutable.
 *
 * @param parts names and, in decimal, positions
 */
public record OutputPath(List<Part> parts) {
    private static final Pattern PART = Pattern.compile(
            "\\.?(?<name>[A-Za-z_][A-Za-z0-9_-]*)|\\[(?<index>[0-9]{1,9})]|\\[(?:\"(?<double>[^\"]*)\"|'(?<single>[^']*)')]");

    public OutputPath {
        parts = List.copyOf(parts);
    }

    /** A name in an object or a position, from 0, in a list. */
    public sealed interface Part {
        record Name(String name) implements Part {}

        record Index(int index) implements Part {}
    }

    /** Reads a path; empty when the text is not one. */
    public static Optional<OutputPath> parse(String text) {
        var parts = new ArrayList<Part>();
        var matcher = PART.matcher(text);
        int at = 0;
        while (at < text.length()) {
            matcher.region(at, text.length());
            if (!matcher.lookingAt() || startsWrongly(text, at, parts.isEmpty())) {
                return Optional.empty();
            }
            parts.add(part(matcher));
            at = matcher.end();
        }
        return parts.isEmpty() || parts.getFirst() instanceof Part.Index
                ? Optional.empty()
                : Optional.of(new OutputPath(parts));
    }

    /** A dot stands before each name but the first. */
    private static boolean startsWrongly(String text, int at, boolean first) {
        char start = text.charAt(at);
        return start != '[' && first == (start == '.');
    }

    private static Part part(java.util.regex.Matcher matcher) {
        if (matcher.group("index") != null) {
            return new Part.Index(Integer.parseInt(matcher.group("index")));
        }
        for (var group : List.of("name", "double", "single")) {
            var name = matcher.group(group);
            if (name != null) {
                return new Part.Name(name);
            }
        }
        throw new IllegalStateException("a part is a name or an index");
    }

    /** The value at the path; empty when there is none. A JSON null is a value. */
    Optional<JsonNode> find(Map<String, JsonNode> offered) {
        if (!(parts.getFirst() instanceof Part.Name(var first))) {
            return Optional.empty();
        }
        var value = Optional.ofNullable(offered.get(first));
        for (var part : parts.subList(1, parts.size())) {
            value = value.flatMap(node -> Optional.ofNullable(
                    switch (part) {
                        case Part.Name(var name) -> node.get(name);
                        case Part.Index(var index) -> node.get(index);
                    }));
        }
        return value;
    }
}
