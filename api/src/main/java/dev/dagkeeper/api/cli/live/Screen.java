package dev.dagkeeper.api.cli.live;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The lines of the terminal that the live view owns: the last ones written. Says what to write to turn them into others;
 * nothing above them is touched. Not thread-safe.
 */
public final class Screen {
    private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");

    private List<String> shown = List.of();

    /**
     * The text that replaces what is shown by these lines.
     *
     * @param width columns of the terminal now: lines shown before may be wrapped in it
     */
    public String show(List<String> lines, int width) {
        var text = new StringBuilder();
        var rows = shown.stream().mapToInt(line -> rows(line, width)).sum();
        if (rows > 0) {
            text.append("\u001b[").append(rows).append('A').append('\r');
        }
        for (var line : lines) {
            text.append(line).append("\u001b[K\n");
        }
        // What a longer picture left below.
        text.append("\u001b[J");
        shown = List.copyOf(lines);
        return text.toString();
    }

    private static int rows(String line, int width) {
        var columns = Text.width(COLOUR.matcher(line).replaceAll(""));
        return Math.max(1, (columns + width - 1) / Math.max(1, width));
    }
}
