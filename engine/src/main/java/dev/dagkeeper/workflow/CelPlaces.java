package dev.dagkeeper.workflow;

import java.util.regex.Pattern;

/** Finds pieces of an expression's text. */
final class CelPlaces {
    private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern NEXT = Pattern.compile("\\s*\\.\\s*\\??\\s*[A-Za-z_][A-Za-z0-9_]*");

    /** A piece of the text; the offset is in chars, the length in code points. */
    record Span(int offset, int length) {}

    private CelPlaces() {}

    /** Names joined by dots, from an offset in code points. */
    static Span chain(ExpressionText text, int codePoint, int names) {
        var start = offset(text.text(), codePoint);
        var word = WORD.matcher(text.text()).region(start, text.text().length());
        if (!word.lookingAt()) {
            return new Span(start, 1);
        }
        var end = word.end();
        for (var i = 1; i < names; i++) {
            var next = NEXT.matcher(text.text()).region(end, text.text().length());
            if (!next.lookingAt()) {
                break;
            }
            end = next.end();
        }
        return new Span(start, text.text().codePointCount(start, end));
    }

    /** The word at a line (from 1) and a column (from 0, in code points); one character when there is no word. */
    static Span at(ExpressionText text, int line, int column) {
        var start = 0;
        for (var i = 1; i < line; i++) {
            var end = text.text().indexOf('\n', start);
            start = end < 0 ? start : end + 1;
        }
        var from = offset(text.text().substring(start), column) + start;
        if (from < text.text().length() && text.text().charAt(from) == '(') {
            // A call is placed at its parenthesis; its name stands before.
            var name = from;
            while (name > 0 && Character.isUnicodeIdentifierPart(text.text().charAt(name - 1))) {
                name--;
            }
            return new Span(name, Math.max(1, from - name));
        }
        var word = WORD.matcher(text.text()).region(from, text.text().length());
        return word.lookingAt() ? new Span(from, text.text().codePointCount(from, word.end())) : new Span(from, 1);
    }

    private static int offset(String text, int codePoints) {
        return text.offsetByCodePoints(0, Math.min(codePoints, text.codePointCount(0, text.length())));
    }
}
