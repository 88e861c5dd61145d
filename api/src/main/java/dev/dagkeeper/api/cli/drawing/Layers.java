package dev.dagkeeper.api.cli.drawing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A DAG in layers, each below everything it needs. An edge over several layers passes through a bend in each layer between,
 * so that every edge leads from one layer to the next. Bends and nodes are ordered so that few edges cross.
 */
final class Layers {
    private static final int SWEEPS = 12;

    private final List<List<Cell>> rows = new ArrayList<>();

    /** A node, or a bend when it has no label. Not thread-safe; used by one drawing. */
    static final class Cell {
        final String label;
        final List<Cell> up = new ArrayList<>();
        final List<Cell> down = new ArrayList<>();
        int place;
        /** The column of the middle. */
        int x;

        Cell(String label) {
            this.label = label;
        }

        boolean isBend() {
            return label.isEmpty();
        }

        int width() {
            return isBend() ? 1 : label.length();
        }
    }

    /**
     * @param labels by node id, in document order; not empty texts
     */
    Layers(Diagram diagram, Map<String, String> labels) {
        var depth = depths(diagram);
        var cells = new HashMap<String, Cell>();
        for (var node : diagram.nodes()) {
            var cell = new Cell(labels.getOrDefault(node.id(), node.id()));
            cells.put(node.id(), cell);
            row(depth.getOrDefault(node.id(), 0)).add(cell);
        }
        for (var node : diagram.nodes()) {
            var target = cells.get(node.id());
            for (var edge : node.needs()) {
                var from = cells.get(edge.from());
                if (from != null && target != null) {
                    connect(from, depth.getOrDefault(edge.from(), 0), target, depth.getOrDefault(node.id(), 0));
                }
            }
        }
        order();
    }

    /** From top to bottom, each from left to right. */
    List<List<Cell>> rows() {
        return rows;
    }

    private List<Cell> row(int number) {
        while (rows.size() <= number) {
            rows.add(new ArrayList<>());
        }
        return rows.get(number);
    }

    private void connect(Cell from, int fromRow, Cell to, int toRow) {
        var above = from;
        for (var number = fromRow + 1; number < toRow; number++) {
            var bend = new Cell("");
            row(number).add(bend);
            join(above, bend);
            above = bend;
        }
        join(above, to);
    }

    private static void join(Cell above, Cell below) {
        above.down.add(below);
        below.up.add(above);
    }

    /** Longest way from a node without needs. Nodes need not stand in order of their needs. */
    private static Map<String, Integer> depths(Diagram diagram) {
        var depth = new HashMap<String, Integer>();
        diagram.nodes().forEach(node -> depth.put(node.id(), 0));
        var changed = true;
        for (var round = 0; changed && round <= diagram.nodes().size(); round++) {
            changed = false;
            for (var node : diagram.nodes()) {
                var least = 0;
                for (var edge : node.needs()) {
                    least = Math.max(least, depth.getOrDefault(edge.from(), -1) + 1);
                }
                if (depth.getOrDefault(node.id(), 0) < least) {
                    depth.put(node.id(), least);
                    changed = true;
                }
            }
        }
        return depth;
    }

    private void order() {
        rows.forEach(Layers::number);
        var best = copy();
        var fewest = crossings();
        for (var sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
            if (sweep % 2 == 0) {
                for (var row : rows) {
                    sort(row, true);
                }
            } else {
                for (var row : rows.reversed()) {
                    sort(row, false);
                }
            }
            var now = crossings();
            if (now < fewest) {
                fewest = now;
                best = copy();
            }
        }
        for (var number = 0; number < rows.size(); number++) {
            rows.set(number, best.get(number));
            number(rows.get(number));
        }
    }

    private List<List<Cell>> copy() {
        var copy = new ArrayList<List<Cell>>();
        rows.forEach(row -> copy.add(new ArrayList<>(row)));
        return copy;
    }

    /** Each below, or above, the middle of its neighbours; those without neighbours stay. The sort is stable. */
    private static void sort(List<Cell> row, boolean byAbove) {
        var wish = new HashMap<Cell, Double>();
        for (var cell : row) {
            var neighbours = byAbove ? cell.up : cell.down;
            wish.put(
                    cell,
                    neighbours.stream().mapToInt(other -> other.place).average().orElse(cell.place));
        }
        row.sort(java.util.Comparator.comparingDouble(cell -> wish.getOrDefault(cell, 0.0)));
        number(row);
    }

    private static void number(List<Cell> row) {
        for (var place = 0; place < row.size(); place++) {
            row.get(place).place = place;
        }
    }

    private long crossings() {
        var count = 0L;
        for (var row : rows) {
            for (var left = 0; left < row.size(); left++) {
                for (var right = left + 1; right < row.size(); right++) {
                    count += crossings(row.get(left), row.get(right));
                }
            }
        }
        return count;
    }

    private static long crossings(Cell left, Cell right) {
        return left.down.stream()
                .mapToLong(one -> right.down.stream()
                        .filter(other -> other.place < one.place)
                        .count())
                .sum();
    }
}
