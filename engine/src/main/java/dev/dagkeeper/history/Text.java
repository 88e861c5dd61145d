package dev.dagkeeper.history;

/** Text that comes from outside, such as the message of a process, on its way into Postgres. */
final class Text {
    private static final char REPLACEMENT = '\uFFFD';

    private Text() {}

    /**
     * The text with what Postgres cannot store, U+0000 and halves of surrogate pairs, replaced by U+FFFD: a result must
     * not be refused forever because of one character.
     */
    static String storable(String text) {
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c == 0 || Character.isSurrogate(c)) {
                return replaced(text);
            }
        }
        return text;
    }

    private static String replaced(String text) {
        var result = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) ? REPLACEMENT : c)
                .forEach(result::appendCodePoint);
        return result.toString();
    }
}
