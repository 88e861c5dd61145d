package dev.dagkeeper.workflow;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.Node;

/** Collects the problems of one file. Not thread-safe. */
final class Problems {
    private static final int MOST = 1000;
    private final SourceText source;
    // An aliased value is read once for each place it is used at; its problems count once.
    private final Set<Problem> found = new LinkedHashSet<>();
    private boolean errors;

    Problems(SourceText source) {
        this.source = source;
    }

    SourceText source() {
        return source;
    }

    void add(Code code, Field field, String message) {
        add(code, field.node(), field.path(), message, "");
    }

    void add(Code code, Field field, String message, String hint) {
        add(code, field.node(), field.path(), message, hint);
    }

    void add(Code code, Node node, Path path, String message, String hint) {
        add(code, SourceText.Place.of(node, source), path, message, hint);
    }

    void add(Code code, Mark mark, String message, String hint) {
        add(code, new SourceText.Place(mark.getLine() + 1, mark.getColumn() + 1, 1), Path.TOP, message, hint);
    }

    void add(Code code, SourceText.Place place, Path path, String message, String hint) {
        var problem = new Problem(
                code.id(),
                source.file(),
                place.line(),
                place.column(),
                place.length(),
                path.pointer(),
                message,
                hint.isEmpty() ? Optional.empty() : Optional.of(hint));
        errors |= problem.isError();
        if (found.size() < MOST) {
            found.add(problem);
        }
    }

    boolean hasErrors() {
        return errors;
    }

    /** In order of position, at most the first thousand that were found. */
    List<Problem> sorted() {
        var sorted = new ArrayList<>(found);
        sorted.sort(Comparator.comparingInt(Problem::line)
                .thenComparingInt(Problem::column)
                .thenComparing(Problem::code));
        return List.copyOf(sorted);
    }
}
