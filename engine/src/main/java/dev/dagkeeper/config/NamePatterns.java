package dev.dagkeeper.config;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Names of environment variables, each in full or with a {@code *} at its end.
 *
 * @param patterns as written
 */
public record NamePatterns(List<String> patterns) {
    private static final Pattern NOTATION = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*\\*?|\\*");

    /** No name at all. */
    public static final NamePatterns NONE = new NamePatterns(List.of());

    public NamePatterns {
        patterns = List.copyOf(patterns);
        for (var pattern : patterns) {
            if (!NOTATION.matcher(pattern).matches()) {
                throw new IllegalArgumentException(
                        "expected names of environment variables, such as JAVA_HOME or AWS_*, found '" + pattern + "'");
            }
        }
    }

    /** Whether a pattern covers the name. */
    public boolean matches(String name) {
        return patterns.stream()
                .anyMatch(p -> p.endsWith("*") ? name.startsWith(p.substring(0, p.length() - 1)) : name.equals(p));
    }
}
