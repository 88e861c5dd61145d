package dev.dagkeeper.api.cli;

import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * What a client needs of a workflow that the server will check anyway: where it belongs and which files go with it. Read
 * leniently; what cannot be read so is left to the compiler, which says what is wrong.
 *
 * @param text the whole source
 */
record WorkflowHead(String text, String namespace, String name, List<String> files) {
    /** More than any server takes. */
    private static final int MOST_BYTES = 10 * 1024 * 1024;

    /** Empty when the source is not a YAML map with a name, or too large to be sent. */
    static Optional<WorkflowHead> read(byte[] source) {
        if (source.length > MOST_BYTES) {
            return Optional.empty();
        }
        try {
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(source))
                    .toString();
            var options = new LoaderOptions();
            options.setCodePointLimit(MOST_BYTES);
            return new Yaml(options).compose(new StringReader(text)) instanceof MappingNode map
                    ? Optional.of(read(text, map)).filter(head -> !head.name().isEmpty())
                    : Optional.empty();
        } catch (CharacterCodingException | YAMLException e) {
            return Optional.empty();
        }
    }

    private static WorkflowHead read(String text, MappingNode map) {
        var namespace = "default";
        var name = "";
        List<String> files = List.of();
        for (var entry : map.getValue()) {
            switch (scalar(entry.getKeyNode())) {
                case "namespace" -> namespace = scalar(entry.getValueNode());
                case "name" -> name = scalar(entry.getValueNode());
                case "files" -> files = scalars(entry.getValueNode());
                default -> {
                    // Not needed here.
                }
            }
        }
        return new WorkflowHead(text, namespace, name, files);
    }

    private static String scalar(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    private static List<String> scalars(Node node) {
        var values = new ArrayList<String>();
        if (node instanceof SequenceNode sequence) {
            sequence.getValue().forEach(item -> values.add(scalar(item)));
        }
        return values;
    }
}
