package dev.dagkeeper.workflow;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.Node;

/**
 * The text of a workflow file.
 *
 * @param file as the user named it
 * @param text without a byte order mark
 */
record SourceText(String file, String text) {

    /** Where something stands: line and column from 1, columns and length in code points. */
    record Place(int line, int column, int length) {
        static final Place START = new Place(1, 1, 1);

        /** The node's first line. */
        static Place of(Node node, SourceText source) {
            var start = node.getStartMark();
            var end = node.getEndMark();
            var length = end.getLine() == start.getLine()
                    ? end.getIndex() - start.getIndex()
                    : source.restOfLine(start.getIndex());
            return new Place(start.getLine() + 1, start.getColumn() + 1, Math.max(1, length));
        }
    }

    /** Reads UTF-8 strictly; the problem, if any, is told with its place. */
    static Optional<SourceText> decode(String file, byte[] bytes, Problems problems) {
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        var in = ByteBuffer.wrap(bytes);
        var out = CharBuffer.allocate(bytes.length + 1);
        var result = decoder.decode(in, out, true);
        out.flip();
        if (result.isError()) {
            var before = out.toString();
            var lineStart = before.lastIndexOf('\n') + 1;
            var line = 1 + (int) before.chars().filter(c -> c == '\n').count();
            var column = 1 + before.codePointCount(lineStart, before.length());
            var found = "byte 0x%02X at offset %d is not UTF-8".formatted(bytes[in.position()], in.position());
            problems.add(Code.NOT_UTF8, new Place(line, column, 1), Path.TOP, found, encodingHint(bytes));
            return Optional.empty();
        }
        var text = out.toString();
        return Optional.of(new SourceText(file, text.startsWith("\uFEFF") ? text.substring(1) : text));
    }

    private static String encodingHint(byte[] bytes) {
        var utf16 = bytes.length > 1
                && ((bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF)
                        || (bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE));
        return utf16 ? "the file looks like UTF-16; save it as UTF-8" : "save the file as UTF-8";
    }

    /** Code points from an offset, counted in code points, to the end of its line. */
    private int restOfLine(int codePointIndex) {
        var start = text.offsetByCodePoints(0, Math.min(codePointIndex, text.codePointCount(0, text.length())));
        var end = text.indexOf('\n', start);
        var line = text.substring(start, end < 0 ? text.length() : end).stripTrailing();
        return line.codePointCount(0, line.length());
    }

    /** The text between two offsets that are counted in code points. */
    String slice(int fromCodePoint, int toCodePoint) {
        var from = text.offsetByCodePoints(0, fromCodePoint);
        return text.substring(from, text.offsetByCodePoints(from, toCodePoint - fromCodePoint));
    }
}
