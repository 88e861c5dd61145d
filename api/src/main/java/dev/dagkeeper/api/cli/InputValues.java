package dev.dagkeeper.api.cli;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Inputs as a user gives them. A single value stays the text it was written as, since the server reads text by the declared
 * type: so {@code NO}, {@code 010} and {@code 1.10} stay what they are for a string. Within lists and maps, where no text is
 * read, a plain scalar that is JSON is taken as that.
 */
final class InputValues {
    private static final int DEEPEST = 20;

    private InputValues() {}

    /**
     * Reads an inputs file and {@code NAME=VALUE} pairs, which win.
     *
     * @throws Failure when one cannot be understood
     */
    static ObjectNode read(Environment environment, List<String> pairs, Optional<String> file) {
        var values = file.map(name -> readFile(environment, name)).orElseGet(JsonMapper.shared()::createObjectNode);
        for (var pair : pairs) {
            var equals = pair.indexOf('=');
            if (equals < 1) {
                throw new Failure(ExitCode.USAGE, "-i '" + pair + "': expected NAME=VALUE");
            }
            values.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return values;
    }

    private static ObjectNode readFile(Environment environment, String name) {
        var text = new String(Workflows.read(environment, name), StandardCharsets.UTF_8);
        Node root;
        try {
            root = new Yaml(new LoaderOptions()).compose(new StringReader(text));
        } catch (YAMLException e) {
            throw new Failure(ExitCode.USAGE, name + " is not YAML: " + e.getMessage());
        }
        if (root == null) {
            return JsonMapper.shared().createObjectNode();
        }
        if (!(root instanceof MappingNode map)) {
            throw new Failure(ExitCode.USAGE, name + ": expected a map of inputs, found something else");
        }
        var values = JsonMapper.shared().createObjectNode();
        for (var entry : map.getValue()) {
            put(values, name, entry, value(name, entry.getValueNode(), true, 0));
        }
        return values;
    }

    private static void put(ObjectNode values, String file, NodeTuple entry, JsonNode value) {
        if (!(entry.getKeyNode() instanceof ScalarNode key)) {
            throw at(file, entry.getKeyNode(), "expected a name as key");
        }
        if (values.has(key.getValue())) {
            throw at(file, key, "'" + key.getValue() + "' is given twice");
        }
        values.set(key.getValue(), value);
    }

    private static JsonNode value(String file, Node node, boolean top, int depth) {
        if (depth > DEEPEST) {
            throw at(file, node, "nested deeper than " + DEEPEST);
        }
        return switch (node) {
            case ScalarNode scalar -> scalar(scalar, top);
            case SequenceNode sequence -> {
                var list = JsonMapper.shared().createArrayNode();
                sequence.getValue().forEach(item -> list.add(value(file, item, false, depth + 1)));
                yield list;
            }
            case MappingNode map -> {
                var object = JsonMapper.shared().createObjectNode();
                map.getValue()
                        .forEach(
                                entry -> put(object, file, entry, value(file, entry.getValueNode(), false, depth + 1)));
                yield object;
            }
            default -> throw at(file, node, "expected a value");
        };
    }

    private static JsonNode scalar(ScalarNode scalar, boolean top) {
        var text = scalar.getValue();
        if (scalar.getTag().equals(Tag.NULL)) {
            return JsonNodeFactory.instance.nullNode();
        }
        if (!top && scalar.isPlain()) {
            try {
                var json = JsonMapper.shared().readTree(text);
                return json.isValueNode() ? json : JsonNodeFactory.instance.stringNode(text);
            } catch (JacksonException e) {
                return JsonNodeFactory.instance.stringNode(text);
            }
        }
        return JsonNodeFactory.instance.stringNode(text);
    }

    private static Failure at(String file, Node node, String what) {
        var mark = node.getStartMark();
        return new Failure(
                ExitCode.USAGE, file + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1) + ": " + what);
    }
}
