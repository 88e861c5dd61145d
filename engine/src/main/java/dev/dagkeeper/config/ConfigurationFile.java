package dev.dagkeeper.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Reads one {@code dagkeeper.yaml}: what it says, with places, and everything wrong with its keys. */
final class ConfigurationFile {
    private static final int SIZE_LIMIT = 1 << 20;

    private final Path path;
    private final Map<String, Key.Raw> values = new HashMap<>();
    private final Map<String, Map<String, String>> connections = new LinkedHashMap<>();
    private final List<ConfigurationProblem> problems;

    private ConfigurationFile(Path path, List<ConfigurationProblem> problems) {
        this.path = path;
        this.problems = problems;
    }

    /** Reads the file; what is wrong with it is added to the problems. */
    static ConfigurationFile read(Path path, List<ConfigurationProblem> problems) {
        var file = new ConfigurationFile(path, problems);
        file.read();
        return file;
    }

    /** By the path of the key. */
    Map<String, Key.Raw> values() {
        return values;
    }

    Connections connections() {
        return new Connections(connections);
    }

    private void read() {
        try {
            if (Files.size(path) > SIZE_LIMIT) {
                problem(new Source.File(path, 0, 0), "the file is larger than 1 MiB");
                return;
            }
            var options = new LoaderOptions();
            options.setAllowDuplicateKeys(false);
            var root = new Yaml(options).compose(new StringReader(Files.readString(path)));
            if (root != null) {
                sections(root);
            }
        } catch (MarkedYAMLException e) {
            var mark = e.getProblemMark();
            var place = mark == null
                    ? new Source.File(path, 0, 0)
                    : new Source.File(path, mark.getLine() + 1, mark.getColumn() + 1);
            problem(place, "not YAML: " + Optional.ofNullable(e.getProblem()).orElse("unreadable"));
        } catch (IOException e) {
            problem(new Source.File(path, 0, 0), "cannot be read as UTF-8 text: " + e);
        }
    }

    private void sections(Node root) {
        var names = new TreeSet<String>();
        Keys.ALL.forEach(key -> names.add(key.section().orElse(key.path())));
        names.add(Keys.CONNECTIONS);
        for (var entry : entries(root, "the file")) {
            var name = name(entry);
            if (name.equals(Keys.CONNECTIONS)) {
                connections(entry.getValueNode());
            } else if (names.contains(name)) {
                section(name, entry.getValueNode());
            } else {
                unknown(entry, name, names);
            }
        }
    }

    private void section(String section, Node node) {
        var known = new LinkedHashMap<String, Key<?>>();
        Keys.ALL.stream()
                .filter(key -> key.path().startsWith(section + "."))
                .forEach(key -> known.put(key.path().substring(section.length() + 1), key));
        for (var entry : entries(node, section)) {
            var name = name(entry);
            var key = known.get(name);
            if (key == null) {
                unknown(entry, name, known.keySet());
            } else {
                items(key, entry.getValueNode())
                        .ifPresent(items -> values.put(key.path(), new Key.Raw(items, place(entry.getValueNode()))));
            }
        }
    }

    private void connections(Node node) {
        for (var entry : entries(node, Keys.CONNECTIONS)) {
            var settings = new LinkedHashMap<String, String>();
            for (var setting : entries(entry.getValueNode(), "connection '" + name(entry) + "'")) {
                if (setting.getValueNode() instanceof ScalarNode value) {
                    settings.put(name(setting), value.getValue());
                } else {
                    problem(place(setting.getValueNode()), "expected one value for '" + name(setting) + "'");
                }
            }
            connections.put(name(entry), settings);
        }
    }

    private Optional<List<String>> items(Key<?> key, Node node) {
        if (node instanceof ScalarNode scalar) {
            return Optional.of(key.items(scalar.getValue()));
        }
        if (node instanceof SequenceNode sequence && key.kind() == Key.Kind.LIST) {
            var items = new ArrayList<String>();
            for (var item : sequence.getValue()) {
                if (item instanceof ScalarNode scalar) {
                    items.add(scalar.getValue());
                } else {
                    problem(place(item), "expected a text in the list " + key.path());
                }
            }
            return Optional.of(items);
        }
        problem(
                place(node),
                key.kind() == Key.Kind.LIST
                        ? "expected a list for " + key.path()
                        : "expected one value for " + key.path());
        return Optional.empty();
    }

    /** The entries of a map, without repeated keys; nothing at all counts as an empty map. */
    private List<NodeTuple> entries(Node node, String what) {
        if (node instanceof ScalarNode scalar && scalar.getValue().isEmpty()) {
            return List.of();
        }
        if (!(node instanceof MappingNode mapping)) {
            problem(place(node), "expected a map for " + what);
            return List.of();
        }
        var seen = new HashSet<String>();
        var entries = new ArrayList<NodeTuple>();
        for (var entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode)) {
                problem(place(entry.getKeyNode()), "expected a text as key in " + what);
            } else if (!seen.add(name(entry))) {
                problem(place(entry.getKeyNode()), "'" + name(entry) + "' is there already, expected each key once");
            } else {
                entries.add(entry);
            }
        }
        return entries;
    }

    private void unknown(NodeTuple entry, String name, java.util.Collection<String> known) {
        var hint = NearestName.of(name, known)
                .map(nearest -> "did you mean '" + nearest + "'?")
                .orElse("known are " + String.join(", ", known));
        problems.add(
                new ConfigurationProblem(place(entry.getKeyNode()), "unknown key '" + name + "'", Optional.of(hint)));
    }

    private void problem(Source source, String message) {
        problems.add(new ConfigurationProblem(source, message, Optional.empty()));
    }

    private static String name(NodeTuple entry) {
        return ((ScalarNode) entry.getKeyNode()).getValue();
    }

    private Source.File place(Node node) {
        var mark = node.getStartMark();
        return new Source.File(path, mark.getLine() + 1, mark.getColumn() + 1);
    }
}
