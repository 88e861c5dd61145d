package dev.dagkeeper.workflow;

import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** One node of the document, with the way to it. */
record Field(Node node, Path path) {
    boolean isScalar() {
        return node.getNodeId() == NodeId.scalar;
    }

    boolean isMap() {
        return node.getNodeId() == NodeId.mapping;
    }

    boolean isList() {
        return node.getNodeId() == NodeId.sequence;
    }

    /** A scalar's text as YAML reads it, whatever type YAML would give it. */
    String text() {
        return ((ScalarNode) node).getValue();
    }

    /** A scalar without quotes and not a block: the only kind that can be a number or a bool. */
    boolean isPlain() {
        return node instanceof ScalarNode scalar && scalar.getScalarStyle() == ScalarStyle.PLAIN;
    }

    /** A plain scalar that stands for no value at all. */
    boolean isNothing() {
        return isPlain() && (text().isEmpty() || text().equals("~") || text().equals("null"));
    }

    /** The kind of value, for messages. */
    String kind() {
        if (isScalar()) {
            return isNothing() ? "nothing" : "'" + text() + "'";
        }
        return node instanceof MappingNode ? "a map" : "a list";
    }
}
