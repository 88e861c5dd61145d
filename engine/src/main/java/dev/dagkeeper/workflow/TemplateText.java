package dev.dagkeeper.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the {@code ${{ expr }}} holes of a text. */
final class TemplateText {
    private static final String OPEN = "${{";

    /** A piece of a template: text to take as it is, or the text of an expression; {@code start} counts chars. */
    record Part(boolean hole, String text, int start) {}

    private TemplateText() {}

    static boolean hasHole(String text) {
        return text.contains(OPEN);
    }

    /** The parts in order; empty when a hole is not closed. */
    static Optional<List<Part>> parse(String text) {
        var parts = new ArrayList<Part>();
        var from = 0;
        for (var open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, from)) {
            if (open > from) {
                parts.add(new Part(false, text.substring(from, open), from));
            }
            var start = open + OPEN.length();
            var close = close(text, start);
            if (close < 0) {
                return Optional.empty();
            }
            parts.add(new Part(true, text.substring(start, close), start));
            from = close + 2;
        }
        if (from < text.length()) {
            parts.add(new Part(false, text.substring(from), from));
        }
        return Optional.of(parts);
    }

    /** Where the hole's {@code }}} begins: outside of strings and of braces that the expression itself opened. */
    private static int close(String text, int start) {
        var depth = 0;
        for (var i = start; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '\'', '"' -> {
                    i = stringEnd(text, i);
                    if (i < 0) {
                        return -1;
                    }
                }
                case '{' -> depth++;
                case '}' -> {
                    if (depth > 0) {
                        depth--;
                    } else {
                        return text.startsWith("}}", i) ? i : -1;
                    }
                }
                default -> {}
            }
        }
        return -1;
    }

    private static int stringEnd(String text, int quote) {
        var mark = text.charAt(quote);
        for (var i = quote + 1; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == mark) {
                return i;
            }
        }
        return -1;
    }
}
