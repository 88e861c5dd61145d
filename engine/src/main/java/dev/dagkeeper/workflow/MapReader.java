package dev.dagkeeper.workflow;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** One map of the document: its known keys, with unknown ones told at once. */
final class MapReader {
    private final Field where;
    private final Problems problems;
    private final Map<String, Field> values;

    private MapReader(Field where, Problems problems, Map<String, Field> values) {
        this.where = where;
        this.problems = problems;
        this.values = values;
    }

    /**
     * Opens a map that has a fixed set of keys.
     *
     * @param where what to point at when a key is missing: the key whose value the map is
     * @return empty, and told, when it is no map
     */
    static Optional<MapReader> open(Field field, Field where, Keys keys, Problems problems) {
        var values = new LinkedHashMap<String, Field>();
        var isMap = each(field, problems, (key, value) -> {
            if (keys.names().contains(key.text())) {
                values.putIfAbsent(key.text(), value);
            } else if (!key.text().equals("<<")
                    && !(keys == Keys.WORKFLOW && key.text().startsWith("x-"))) {
                problems.add(
                        Code.UNKNOWN_KEY,
                        key,
                        "unknown key '" + key.text() + "'",
                        Nearest.to(key.text(), keys.names())
                                .map(near -> "did you mean '" + near + "'?")
                                .orElseGet(() -> "possible here: " + String.join(", ", keys.names())));
            }
        });
        return isMap ? Optional.of(new MapReader(where, problems, values)) : Optional.empty();
    }

    /** As {@link #open(Field, Field, Keys, Problems)}, pointing at the map itself. */
    static Optional<MapReader> open(Field field, Keys keys, Problems problems) {
        return open(field, field, keys, problems);
    }

    /**
     * Walks a map with keys of the author's choice.
     *
     * @param entry takes the key, as a field of its own, and the value
     * @return false, and told, when it is no map
     */
    static boolean each(Field field, Problems problems, BiConsumer<Field, Field> entry) {
        if (!(field.node() instanceof MappingNode map)) {
            wrongKind(field, "a map", problems);
            return false;
        }
        for (var tuple : map.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key) {
                var path = field.path().child(key.getValue());
                entry.accept(new Field(key, path), new Field(tuple.getValueNode(), path));
            }
        }
        return true;
    }

    static void wrongKind(Field field, String expected, Problems problems) {
        var code = field.isScalar() && field.isNothing() ? Code.NO_VALUE : Code.WRONG_KIND;
        problems.add(code, field, "expected " + expected + ", found " + TypedValue.shorten(field.kind()));
    }

    Field where() {
        return where;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    Optional<Field> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    void ifPresent(String key, Consumer<Field> action) {
        get(key).ifPresent(action);
    }

    /** The value of a key that must be there; tells when it is not. */
    Optional<Field> require(String key, String hint) {
        var value = get(key);
        if (value.isEmpty()) {
            problems.add(Code.MISSING_KEY, where, "key '" + key + "' is missing", hint);
        }
        return value;
    }
}
