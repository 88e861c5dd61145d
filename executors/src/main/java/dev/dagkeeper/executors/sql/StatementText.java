package dev.dagkeeper.executors.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A statement for JDBC: each {@code :name} is a {@code ?}, and what only looks like a parameter (in strings, quoted names,
 * comments, casts) is left alone.
 *
 * @param jdbc with {@code ?} for each parameter
 * @param names of the parameters in order; one may come again
 */
record StatementText(String jdbc, List<String> names) {
    /** What stands for a parameter. */
    enum Style {
        /** {@code :name}; a {@code ?} is an operator. */
        NAMED,
        /** {@code ?}. */
        POSITIONAL
    }

    private static final Pattern DOLLAR = Pattern.compile("\\$(?:[A-Za-z_][A-Za-z0-9_]*)?\\$");
    private static final Pattern NAME = Pattern.compile(":([A-Za-z_][A-Za-z0-9_]*)");

    StatementText {
        names = List.copyOf(names);
    }

    static StatementText parse(String text, Style style) {
        var jdbc = new StringBuilder();
        var names = new ArrayList<String>();
        int at = 0;
        while (at < text.length()) {
            int end = opaqueEnd(text, at);
            if (end > at) {
                jdbc.append(text, at, end);
                at = end;
                continue;
            }
            var name = NAME.matcher(text).region(at, text.length());
            if (style == Style.NAMED && name.lookingAt()) {
                names.add(name.group(1));
                jdbc.append('?');
                at = name.end();
            } else {
                // JDBC takes every ? for a parameter; doubled, the driver sends one.
                jdbc.append(style == Style.NAMED && text.charAt(at) == '?' ? "??" : text.substring(at, at + 1));
                at++;
            }
        }
        return new StatementText(jdbc.toString(), names);
    }

    /** Where the string, quoted name, comment or cast that starts here ends; {@code at} when none starts here. */
    private static int opaqueEnd(String text, int at) {
        char first = text.charAt(at);
        boolean escapes = at > 0 && (text.charAt(at - 1) == 'e' || text.charAt(at - 1) == 'E') && !isWord(text, at - 2);
        return switch (first) {
            case '\'' -> quotedEnd(text, at, escapes);
            case '"' -> quotedEnd(text, at, false);
            case '-' -> text.startsWith("--", at) ? orEnd(text, text.indexOf('\n', at)) : at;
            case '/' -> text.startsWith("/*", at) ? commentEnd(text, at) : at;
            case '$' -> isWord(text, at - 1) ? at : dollarEnd(text, at);
            case ':' -> text.startsWith("::", at) ? at + 2 : at;
            default -> at;
        };
    }

    private static boolean isWord(String text, int at) {
        return at >= 0 && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_');
    }

    private static int quotedEnd(String text, int start, boolean escapes) {
        char quote = text.charAt(start);
        int at = start + 1;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\\' && escapes) {
                at += 2;
            } else if (c == quote) {
                if (at + 1 == text.length() || text.charAt(at + 1) != quote) {
                    return at + 1;
                }
                at += 2;
            } else {
                at++;
            }
        }
        return text.length();
    }

    /** Comments nest. */
    private static int commentEnd(String text, int start) {
        int depth = 0;
        int at = start;
        while (at < text.length()) {
            if (text.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (text.startsWith("*/", at)) {
                depth--;
                at += 2;
                if (depth == 0) {
                    return at;
                }
            } else {
                at++;
            }
        }
        return text.length();
    }

    private static int dollarEnd(String text, int at) {
        var tag = DOLLAR.matcher(text).region(at, text.length());
        if (!tag.lookingAt()) {
            return at;
        }
        int end = text.indexOf(tag.group(), tag.end());
        return end < 0 ? text.length() : end + tag.group().length();
    }

    private static int orEnd(String text, int index) {
        return index < 0 ? text.length() : index;
    }
}
