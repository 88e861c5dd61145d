package dev.dagkeeper.api.http;

import dev.dagkeeper.workflow.Problem;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** How values look in JSON, the same in every answer. What does not apply is null, never missing. */
final class Json {
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(6).toFormatter();

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /** RFC 3339 in UTC, always with microseconds. */
    static String time(Instant time) {
        return TIME.format(time);
    }

    static void put(ObjectNode object, String name, Optional<Instant> time) {
        object.put(name, time.map(Json::time).orElse(null));
    }

    /** Text that is empty when there is none. */
    static void putText(ObjectNode object, String name, String text) {
        object.put(name, text.isEmpty() ? null : text);
    }

    static ObjectNode values(Map<String, JsonNode> values) {
        var object = object();
        values.forEach(object::set);
        return object;
    }

    static ObjectNode texts(Map<String, String> values) {
        var object = object();
        values.forEach(object::put);
        return object;
    }

    static ArrayNode problems(Collection<Problem> problems) {
        var array = array();
        for (var problem : problems) {
            var placed = problem.line() > 0;
            var item = array.addObject();
            item.put("pointer", problem.pointer());
            putText(item, "file", problem.file());
            item.put("line", placed ? (Integer) problem.line() : null);
            item.put("column", placed ? (Integer) problem.column() : null);
            item.put("length", placed ? (Integer) problem.length() : null);
            item.put("code", problem.code());
            item.put("detail", problem.message());
            item.put("hint", problem.hint().orElse(null));
        }
        return array;
    }

    static byte[] bytes(JsonNode node) {
        return Mapper.STRICT.writeValueAsBytes(node);
    }

    /**
     * Reads one document.
     *
     * @throws ApiProblem 400 when it is not JSON, or has a name twice
     */
    static JsonNode parse(byte[] body) {
        try {
            var node = Mapper.STRICT.readTree(body);
            if (node.isMissingNode()) {
                throw ApiProblem.malformedBody("expected JSON, found an empty body");
            }
            return node;
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw ApiProblem.malformedBody("expected JSON, found at line " + at.getLineNr() + ", column "
                    + at.getColumnNr() + ": " + e.getOriginalMessage());
        }
    }

    /** Apart, so that nothing of Jackson is loaded before the first document is read or written. */
    private static final class Mapper {
        static final JsonMapper STRICT = JsonMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }
}
