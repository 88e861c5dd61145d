package dev.dagkeeper.api.cli.drawing;

import java.util.ArrayList;
import java.util.List;

/** A grid of characters in which lines meet as they should. Not thread-safe. */
final class Canvas {
    /** What a new row holds; a blank within a label is written like any other character. */
    private static final char UNWRITTEN = 0;

    private static final int UP = 1;
    private static final int DOWN = 2;
    private static final int LEFT = 4;
    private static final int RIGHT = 8;
    /** By the directions in which a line leaves the cell. */
    private static final String BOX = " ╵╷│╴┘┐┤╶└┌├─┴┬┼";

    private final int width;
    private final boolean ascii;
    private final List<char[]> text = new ArrayList<>();
    private final List<byte[]> lines = new ArrayList<>();

    Canvas(int width, boolean ascii) {
        this.width = width;
        this.ascii = ascii;
    }

    void write(int row, int column, String label) {
        var target = rowOf(row);
        for (var i = 0; i < label.length(); i++) {
            target[column + i] = label.charAt(i);
        }
    }

    /** A line down from the middle of one row to the middle of another, both included. */
    void vertical(int column, int from, int to) {
        for (var row = from; row <= to; row++) {
            rowOf(row);
            if (row > from) {
                lines.get(row)[column] |= UP;
            }
            if (row < to) {
                lines.get(row)[column] |= DOWN;
            }
        }
    }

    void horizontal(int row, int from, int to) {
        rowOf(row);
        for (var column = from; column <= to; column++) {
            if (column > from) {
                lines.get(row)[column] |= LEFT;
            }
            if (column < to) {
                lines.get(row)[column] |= RIGHT;
            }
        }
    }

    List<String> rows() {
        var rows = new ArrayList<String>();
        for (var row = 0; row < text.size(); row++) {
            var line = new StringBuilder(width);
            for (var column = 0; column < width; column++) {
                var written = text.get(row)[column];
                line.append(written != UNWRITTEN ? written : character(lines.get(row)[column]));
            }
            rows.add(line.toString().stripTrailing());
        }
        return rows;
    }

    private char character(byte directions) {
        return ascii ? asciiCharacter(directions) : BOX.charAt(directions);
    }

    private static char asciiCharacter(int directions) {
        if (directions == 0) {
            return ' ';
        }
        if ((directions & (LEFT | RIGHT)) == 0) {
            return '|';
        }
        return (directions & (UP | DOWN)) == 0 ? '-' : '+';
    }

    private char[] rowOf(int row) {
        while (text.size() <= row) {
            var blank = new char[width];
            text.add(blank);
            lines.add(new byte[width]);
        }
        return text.get(row);
    }
}
