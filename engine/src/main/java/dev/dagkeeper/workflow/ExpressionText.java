package dev.dagkeeper.workflow;

import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * An expression in the source.
 *
 * @param field the scalar it is part of
 * @param text as YAML reads it, with the space around it
 * @param start where it begins in the scalar's value, in chars
 */
record ExpressionText(Field field, String text, int start) {

    /**
     * Where a piece of the expression stands. When YAML's own notation (escapes, folding) hides the place, it is the whole
     * scalar.
     *
     * @param offset of the piece in {@link #text}, in chars
     * @param length of the piece, in code points
     */
    SourceText.Place place(SourceText source, int offset, int length) {
        var whole = SourceText.Place.of(field.node(), source);
        if (!(field.node() instanceof ScalarNode scalar)) {
            return whole;
        }
        var raw = source.slice(
                scalar.getStartMark().getIndex(), scalar.getEndMark().getIndex());
        var at = nthIndexOf(raw, text, occurrence(scalar.getValue()));
        if (at < 0) {
            return whole;
        }
        var before = raw.substring(0, at + Math.min(offset, text.length()));
        var lineStart = before.lastIndexOf('\n') + 1;
        var lines = (int) before.chars().filter(c -> c == '\n').count();
        var column = before.codePointCount(lineStart, before.length()) + 1;
        return lines == 0
                ? new SourceText.Place(whole.line(), whole.column() + column - 1, Math.max(1, length))
                : new SourceText.Place(whole.line() + lines, column, Math.max(1, length));
    }

    /** How many times the same text stands in the value before this one. */
    private int occurrence(String value) {
        var count = 0;
        for (var i = value.indexOf(text); i >= 0 && i < start; i = value.indexOf(text, i + 1)) {
            count++;
        }
        return count;
    }

    private static int nthIndexOf(String raw, String text, int n) {
        var at = raw.indexOf(text);
        for (var i = 0; i < n && at >= 0; i++) {
            at = raw.indexOf(text, at + 1);
        }
        return at;
    }
}
