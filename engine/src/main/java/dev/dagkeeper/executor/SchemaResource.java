package dev.dagkeeper.executor;

import java.io.IOException;
import java.io.UncheckedIOException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON Schemas that lie beside an executor's class. */
public final class SchemaResource {
    private SchemaResource() {}

    /**
     * Reads a schema.
     *
     * @throws IllegalStateException when the resource is missing or is not a JSON object
     */
    public static ObjectNode read(Class<?> beside, String name) {
        try (var in = beside.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(
                        "the resource " + name + " is missing beside the class " + beside.getName());
            }
            return JsonMapper.shared().readTree(in) instanceof ObjectNode schema ? schema : notAnObject(beside, name);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static ObjectNode notAnObject(Class<?> beside, String name) {
        throw new IllegalStateException(
                "the resource " + name + " beside the class " + beside.getName() + " is not a JSON object");
    }
}
