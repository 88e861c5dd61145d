package dev.dagkeeper.history;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** JSON values as text, the form in which they are stored. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private Json() {}

    static String write(JsonNode value) {
        return Text.storable(MAPPER.writeValueAsString(value));
    }

    static String write(Map<String, JsonNode> values) {
        var object = JsonNodeFactory.instance.objectNode();
        values.forEach(object::set);
        return write(object);
    }

    static JsonNode read(String text) {
        return MAPPER.readTree(text);
    }

    /** The members of a stored object; none when nothing is stored. */
    static Map<String, JsonNode> readObject(@Nullable String text) {
        if (text == null) {
            return Map.of();
        }
        var members = new LinkedHashMap<String, JsonNode>();
        read(text).properties().forEach(member -> members.put(member.getKey(), member.getValue()));
        return members;
    }
}
