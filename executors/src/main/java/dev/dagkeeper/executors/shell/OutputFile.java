package dev.dagkeeper.executors.shell;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The file that a process writes its outputs to: lines {@code name=value}, or {@code name<<WORD}, the lines of the value,
 * and {@code WORD} alone on a line. Blank lines count for nothing; a name given again replaces the value before.
 */
final class OutputFile {
    /** Far above what outputs may have, so that their own limits are what a user meets. */
    private static final int MAX_BYTES = 4 * 1024 * 1024;

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,127}");
    private static final Pattern START = Pattern.compile("([^=<]*)<<(\\S+)");

    private OutputFile() {}

    /** What the file says. */
    sealed interface Reading {
        record Values(Map<String, String> byName) implements Reading {}

        /** It cannot be understood; the message says where and why. */
        record Broken(String message) implements Reading {}
    }

    /** Reads the file; none is as good as an empty one. */
    static Reading read(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return new Reading.Values(Map.of());
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return new Reading.Broken("$DAGKEEPER_OUTPUT is not a regular file any more; append lines to it");
        }
        byte[] bytes;
        try (var in = new FileInputStream(file.toFile())) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        }
        if (bytes.length > MAX_BYTES) {
            return new Reading.Broken("$DAGKEEPER_OUTPUT has more than %,d bytes".formatted(MAX_BYTES));
        }
        try {
            return parse(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException notUtf8) {
            return new Reading.Broken("$DAGKEEPER_OUTPUT is not UTF-8");
        }
    }

    static Reading parse(String text) {
        var lines = List.of(text.split("\n", -1));
        var values = new LinkedHashMap<String, String>();
        int at = 0;
        while (at < lines.size()) {
            var line = lines.get(at);
            var start = START.matcher(line);
            int equals = line.indexOf('=');
            if (line.isBlank()) {
                at++;
            } else if (start.matches() && isName(start.group(1))) {
                int end = lines.subList(at + 1, lines.size()).indexOf(start.group(2));
                if (end < 0) {
                    return broken(at, "'" + line + "' has no line '" + start.group(2) + "' after it to end the value");
                }
                values.put(start.group(1), String.join("\n", lines.subList(at + 1, at + 1 + end)));
                at += end + 2;
            } else if (equals >= 0 && isName(line.substring(0, equals))) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
                at++;
            } else {
                return broken(
                        at,
                        "expected name=value or name<<WORD with a name like row_count, found '" + shown(line) + "'");
            }
        }
        return new Reading.Values(values);
    }

    private static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    private static Reading broken(int line, String why) {
        return new Reading.Broken("$DAGKEEPER_OUTPUT line " + (line + 1) + ": " + why);
    }

    private static String shown(String line) {
        return line.length() <= 80 ? line : line.substring(0, 80) + "...";
    }
}
