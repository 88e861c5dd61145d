package dev.dagkeeper.workflow;

import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** What holds for every map and list of a document, whatever it means: keys are text, once, no merges, no loops, no bombs. */
final class TreeChecks {
    private record Size(long characters, int depth) {}

    private final Limits limits;
    private final Problems problems;
    private final Set<Node> checked = Collections.newSetFromMap(new IdentityHashMap<>());
    private final IdentityHashMap<Node, Size> sizes = new IdentityHashMap<>();
    private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean sound = true;

    private TreeChecks(Limits limits, Problems problems) {
        this.limits = limits;
        this.problems = problems;
    }

    /** Whether the tree can be walked: it is finite and small enough. */
    static boolean check(Node root, boolean aliased, Limits limits, Problems problems) {
        var checks = new TreeChecks(limits, problems);
        if (aliased) {
            checks.measure(root, Path.TOP);
        }
        if (checks.sound) {
            checks.checkKeys(root, Path.TOP);
        }
        return checks.sound;
    }

    /** Size and depth as if every alias were replaced by what it names; each node is visited once. */
    private Size measure(Node node, Path path) {
        var known = sizes.get(node);
        if (known != null) {
            return known;
        }
        if (!open.add(node)) {
            fail(Code.ALIAS_LOOP, node, path, "this value contains itself through an alias");
            return new Size(0, 0);
        }
        var characters = 1L;
        var depth = 0;
        switch (node) {
            case MappingNode map -> {
                for (var entry : map.getValue()) {
                    var key = measure(entry.getKeyNode(), path);
                    var value = measure(entry.getValueNode(), child(path, entry.getKeyNode()));
                    characters += key.characters + value.characters;
                    depth = Math.max(depth, 1 + Math.max(key.depth, value.depth));
                }
            }
            case SequenceNode list -> {
                var index = 0;
                for (var item : list.getValue()) {
                    var size = measure(item, path.child(index++));
                    characters += size.characters;
                    depth = Math.max(depth, 1 + size.depth);
                }
            }
            case ScalarNode scalar -> characters += scalar.getValue().length();
            default -> throw new IllegalStateException("unexpected node " + node.getNodeId());
        }
        open.remove(node);
        if (sound && characters > limits.expandedBytes()) {
            fail(
                    Code.EXPANSION,
                    node,
                    path,
                    "with its aliases expanded the document has more than " + limits.expandedBytes() + " characters");
        }
        if (sound && depth > limits.nesting()) {
            fail(Code.TOO_DEEP, node, path, "with aliases expanded, nested more than " + limits.nesting() + " deep");
        }
        var size = new Size(characters, depth);
        sizes.put(node, size);
        return size;
    }

    private void fail(Code code, Node node, Path path, String message) {
        sound = false;
        problems.add(code, node, path, message, "");
    }

    private void checkKeys(Node node, Path path) {
        if (node instanceof MappingNode map && checked.add(node)) {
            checkMap(map, path);
        } else if (node instanceof SequenceNode list && checked.add(node)) {
            var index = 0;
            for (var item : list.getValue()) {
                checkKeys(item, path.child(index++));
            }
        }
    }

    private void checkMap(MappingNode map, Path path) {
        var seen = HashMap.<String, Node>newHashMap(map.getValue().size());
        for (var entry : map.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                problems.add(
                        Code.KEY_NOT_TEXT,
                        entry.getKeyNode(),
                        path,
                        "a key must be text, found a " + entry.getKeyNode().getNodeId(),
                        "quote a key or value that begins with '{' or '['");
                continue;
            }
            var name = key.getValue();
            if (name.equals("<<") && new Field(key, path).isPlain()) {
                problems.add(
                        Code.MERGE_KEY,
                        key,
                        path.child(name),
                        "merge key '<<': the language has none",
                        "write the keys out, or use 'defaults:'");
                continue;
            }
            var first = seen.putIfAbsent(name, key);
            if (first != null) {
                problems.add(
                        Code.DUPLICATE_KEY,
                        key,
                        path.child(name),
                        "key '" + name + "' stands here a second time; the first is in line "
                                + (first.getStartMark().getLine() + 1),
                        "");
            }
            checkKeys(entry.getValueNode(), path.child(name));
        }
    }

    private static Path child(Path path, Node key) {
        return key instanceof ScalarNode scalar ? path.child(scalar.getValue()) : path;
    }
}
