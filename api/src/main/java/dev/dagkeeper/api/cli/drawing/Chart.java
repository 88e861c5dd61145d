package dev.dagkeeper.api.cli.drawing;

import dev.dagkeeper.api.cli.drawing.Layers.Cell;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Draws a DAG with characters: steps in layers from top to bottom, lines between them. */
public final class Chart {
    /** More than that nobody reads in characters. */
    private static final int MOST_NODES = 150;

    private static final int GAP = 2;
    private static final int PULLS = 8;

    private Chart() {}

    /**
     * The lines of the drawing; empty when it would be wider than allowed, or has too many steps to be read.
     *
     * @param ascii whether to keep to ASCII
     */
    public static Optional<List<String>> draw(Diagram diagram, int width, boolean ascii) {
        if (diagram.nodes().size() > MOST_NODES) {
            return Optional.empty();
        }
        var layers = new Layers(diagram, labels(diagram));
        place(layers.rows());
        var needed = layers.rows().stream()
                .flatMap(List::stream)
                .mapToInt(cell -> right(cell) + 1)
                .max()
                .orElse(0);
        return needed > width ? Optional.empty() : Optional.of(paint(layers.rows(), needed, ascii));
    }

    private static Map<String, String> labels(Diagram diagram) {
        var labels = new HashMap<String, String>();
        for (var node : diagram.nodes()) {
            var note = node.note().map(text -> " " + text).orElse("");
            var state = node.state().map(text -> ": " + text).orElse("");
            labels.put(node.id(), "[" + node.id() + note + state + "]");
        }
        return labels;
    }

    private static int left(Cell cell) {
        return cell.x - (cell.width() - 1) / 2;
    }

    private static int right(Cell cell) {
        return left(cell) + cell.width() - 1;
    }

    /** Side by side first; then each is pulled towards its neighbours as far as those beside it let it. */
    private static void place(List<List<Cell>> rows) {
        for (var row : rows) {
            var column = 0;
            for (var cell : row) {
                cell.x = column + (cell.width() - 1) / 2;
                column += cell.width() + GAP;
            }
        }
        for (var pull = 0; pull < PULLS; pull++) {
            for (var row : pull % 2 == 0 ? rows : rows.reversed()) {
                pull(row, pull % 2 == 0);
            }
        }
        var leftmost =
                rows.stream().flatMap(List::stream).mapToInt(Chart::left).min().orElse(0);
        rows.forEach(row -> row.forEach(cell -> cell.x -= leftmost));
    }

    private static void pull(List<Cell> row, boolean up) {
        for (var number = row.size() - 1; number >= 0; number--) {
            move(row, number, wish(row.get(number), up));
        }
        for (var number = 0; number < row.size(); number++) {
            move(row, number, wish(row.get(number), up));
        }
    }

    private static int wish(Cell cell, boolean up) {
        var neighbours = up ? cell.up : cell.down;
        return (int) Math.round(
                neighbours.stream().mapToInt(other -> other.x).average().orElse(cell.x));
    }

    private static void move(List<Cell> row, int number, int wish) {
        var cell = row.get(number);
        var width = cell.width();
        var least = number == 0 ? Integer.MIN_VALUE : right(row.get(number - 1)) + GAP + 1 + (width - 1) / 2;
        var most = number == row.size() - 1
                ? Integer.MAX_VALUE
                : left(row.get(number + 1)) - GAP - 1 - (width - 1 - (width - 1) / 2);
        if (least <= most) {
            cell.x = Math.clamp(wish, least, most);
        }
    }

    private static List<String> paint(List<List<Cell>> rows, int width, boolean ascii) {
        var canvas = new Canvas(width, ascii);
        var y = 0;
        for (var number = 0; number < rows.size(); number++) {
            var row = rows.get(number);
            for (var cell : row) {
                if (cell.isBend()) {
                    canvas.vertical(cell.x, Math.max(0, y - 1), y + 1);
                } else {
                    canvas.write(y, left(cell), cell.label);
                }
            }
            if (number < rows.size() - 1) {
                y = connect(canvas, row, y, ascii);
            }
        }
        return canvas.rows();
    }

    /** Draws the lines below a row; gives the y of the next row. */
    private static int connect(Canvas canvas, List<Cell> row, int y, boolean ascii) {
        var tracks = tracks(row);
        var next = y + tracks.size() + 2;
        for (var number = 0; number < tracks.size(); number++) {
            var track = y + 1 + number;
            for (var bundle : tracks.get(number)) {
                bundle.from().forEach(cell -> canvas.vertical(cell.x, y, track));
                canvas.horizontal(track, bundle.left(), bundle.right());
                for (var below : bundle.to()) {
                    canvas.vertical(below.x, track, next);
                    if (!below.isBend()) {
                        canvas.write(next - 1, below.x, ascii ? "v" : "▼");
                    }
                }
            }
        }
        return next;
    }

    /** All edges from some cells to the same cells below: each of those to each of these, so they may be one line. */
    private record Bundle(List<Cell> from, Set<Cell> to) {
        int left() {
            return Stream.concat(from.stream(), to.stream())
                    .mapToInt(cell -> cell.x)
                    .min()
                    .orElse(0);
        }

        int right() {
            return Stream.concat(from.stream(), to.stream())
                    .mapToInt(cell -> cell.x)
                    .max()
                    .orElse(0);
        }

        boolean touches(Bundle other) {
            return left() <= other.right() + 1 && other.left() <= right() + 1;
        }
    }

    /** Bundles share a track only where they do not touch. The short ones come first, nearest to their upstreams. */
    private static List<List<Bundle>> tracks(List<Cell> row) {
        var byTargets = new LinkedHashMap<Set<Cell>, List<Cell>>();
        for (var cell : row) {
            if (!cell.down.isEmpty()) {
                byTargets
                        .computeIfAbsent(new LinkedHashSet<>(cell.down), targets -> new ArrayList<>())
                        .add(cell);
            }
        }
        var tracks = new ArrayList<List<Bundle>>();
        byTargets.entrySet().stream()
                .map(entry -> new Bundle(entry.getValue(), entry.getKey()))
                .sorted(Comparator.comparingInt(bundle -> bundle.right() - bundle.left()))
                .forEach(bundle -> tracks.stream()
                        .filter(track -> track.stream().noneMatch(bundle::touches))
                        .findFirst()
                        .ifPresentOrElse(
                                track -> track.add(bundle), () -> tracks.add(new ArrayList<>(List.of(bundle)))));
        return tracks;
    }
}
