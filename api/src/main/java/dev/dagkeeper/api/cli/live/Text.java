package dev.dagkeeper.api.cli.live;

import org.jline.utils.WCWidth;

/** Text by the columns it takes on a terminal. */
final class Text {
    private Text() {}

    /** Columns of the text; control characters, which {@link #plain} takes out, count nothing. */
    static int width(String text) {
        return text.codePoints().map(c -> Math.max(0, WCWidth.wcwidth(c))).sum();
    }

    /** The text, or its beginning with an ellipsis, in at most that many columns. */
    static String fit(String text, int columns, String ellipsis) {
        if (width(text) <= columns) {
            return text;
        }
        var room = columns - width(ellipsis);
        if (room < 0) {
            return "";
        }
        var fitted = new StringBuilder();
        var used = 0;
        for (var c : text.codePoints().toArray()) {
            used += Math.max(0, WCWidth.wcwidth(c));
            if (used > room) {
                break;
            }
            fitted.appendCodePoint(c);
        }
        return fitted.append(ellipsis).toString();
    }

    /** The text followed by blanks up to that many columns. */
    static String pad(String text, int columns) {
        return text + " ".repeat(Math.max(0, columns - width(text)));
    }

    /** The text without anything that moves the cursor or commands the terminal. */
    static String plain(String text) {
        var plain = new StringBuilder(text.length());
        text.codePoints().forEach(c -> plain.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
        return plain.toString().strip();
    }
}
