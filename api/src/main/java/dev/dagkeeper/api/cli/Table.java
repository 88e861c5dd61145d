package dev.dagkeeper.api.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Columns for people: a heading, as wide as their content, two blanks between them. Not thread-safe. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();
    private final int columns;

    Table(String... headings) {
        this.columns = headings.length;
        rows.add(List.of(headings));
    }

    /** Adds a row; line breaks and other control characters become blanks. */
    void row(Object... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns + " columns");
        }
        var row = new ArrayList<String>();
        for (var cell : cells) {
            row.add(plain(cell.toString()));
        }
        rows.add(row);
    }

    void print(PrintStream out) {
        lines().forEach(out::println);
    }

    List<String> lines() {
        var widths = new int[columns];
        for (var row : rows) {
            for (var column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], length(row.get(column)));
            }
        }
        var lines = new ArrayList<String>();
        for (var row : rows) {
            var line = new StringBuilder();
            for (var column = 0; column < columns; column++) {
                var cell = row.get(column);
                line.append(cell).append(" ".repeat(widths[column] - length(cell) + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /** Text that cannot break out of its line or command the terminal. */
    static String plain(String text) {
        var plain = new StringBuilder(text.length());
        text.codePoints().forEach(c -> plain.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
        return plain.toString().strip();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
