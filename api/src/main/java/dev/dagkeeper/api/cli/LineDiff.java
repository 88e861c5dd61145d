package dev.dagkeeper.api.cli;

import java.util.ArrayList;
import java.util.List;

/** The difference of two texts, line by line, in unified hunks with three lines around each change. */
final class LineDiff {
    private static final int AROUND = 3;
    /** Beyond this the table of common parts would take too much memory; then the middle is shown as replaced. */
    private static final long MOST_CELLS = 25_000_000;

    private final List<String> from;
    private final List<String> to;

    LineDiff(List<String> from, List<String> to) {
        this.from = from;
        this.to = to;
    }

    /** Empty when the texts are the same. */
    List<String> lines() {
        var edits = edits();
        var lines = new ArrayList<String>();
        var at = 0;
        while (at < edits.size()) {
            if (edits.get(at).kind() == ' ') {
                at++;
                continue;
            }
            var begin = Math.max(0, at - AROUND);
            var end = endOfHunk(edits, at);
            hunk(edits.subList(begin, end), lines);
            at = end;
        }
        return lines;
    }

    /** One line: kept, taken away or added; {@code old} and {@code fresh} are its numbers, from 1. */
    private record Edit(char kind, String text, int old, int fresh) {}

    private static int endOfHunk(List<Edit> edits, int begin) {
        var last = begin;
        for (var at = begin; at < edits.size() && at - last <= 2 * AROUND; at++) {
            if (edits.get(at).kind() != ' ') {
                last = at;
            }
        }
        return Math.min(edits.size(), last + AROUND + 1);
    }

    private static void hunk(List<Edit> edits, List<String> lines) {
        var removed = edits.stream().filter(edit -> edit.kind() != '+').count();
        var added = edits.stream().filter(edit -> edit.kind() != '-').count();
        var first = edits.getFirst();
        lines.add("@@ -" + first.old() + "," + removed + " +" + first.fresh() + "," + added + " @@");
        edits.forEach(edit -> lines.add(edit.kind() + edit.text()));
    }

    private List<Edit> edits() {
        var start = 0;
        while (start < from.size() && start < to.size() && from.get(start).equals(to.get(start))) {
            start++;
        }
        var fromEnd = from.size();
        var toEnd = to.size();
        while (fromEnd > start && toEnd > start && from.get(fromEnd - 1).equals(to.get(toEnd - 1))) {
            fromEnd--;
            toEnd--;
        }
        var edits = new ArrayList<Edit>();
        for (var i = 0; i < start; i++) {
            edits.add(new Edit(' ', from.get(i), i + 1, i + 1));
        }
        middle(start, fromEnd, toEnd, edits);
        for (var i = fromEnd; i < from.size(); i++) {
            edits.add(new Edit(' ', from.get(i), i + 1, i - fromEnd + toEnd + 1));
        }
        return edits;
    }

    /** By the longest common subsequence. */
    private void middle(int start, int fromEnd, int toEnd, List<Edit> edits) {
        var height = fromEnd - start;
        var width = toEnd - start;
        var common = (long) height * width > MOST_CELLS ? new int[0][0] : common(start, height, width);
        var i = 0;
        var j = 0;
        while (i < height || j < width) {
            var old = start + i;
            var fresh = start + j;
            if (i < height && j < width && common.length > 0 && from.get(old).equals(to.get(fresh))) {
                edits.add(new Edit(' ', from.get(old), old + 1, fresh + 1));
                i++;
                j++;
            } else if (i < height && (j == width || common.length == 0 || common[i + 1][j] >= common[i][j + 1])) {
                edits.add(new Edit('-', from.get(old), old + 1, fresh + 1));
                i++;
            } else {
                edits.add(new Edit('+', to.get(fresh), old + 1, fresh + 1));
                j++;
            }
        }
    }

    private int[][] common(int start, int height, int width) {
        var common = new int[height + 1][width + 1];
        for (var i = height - 1; i >= 0; i--) {
            for (var j = width - 1; j >= 0; j--) {
                common[i][j] = from.get(start + i).equals(to.get(start + j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }
}
