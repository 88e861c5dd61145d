package dev.dagkeeper.api.client;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/** Reads fields that may be null or missing. */
final class Fields {
    private Fields() {}

    static String text(JsonNode json, String name) {
        return json.path(name).asString("");
    }

    static Optional<String> optional(JsonNode json, String name) {
        var text = text(json, name);
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    static Optional<Instant> time(JsonNode json, String name) {
        return optional(json, name).map(text -> OffsetDateTime.parse(text).toInstant());
    }

    static OptionalInt number(JsonNode json, String name) {
        var node = json.path(name);
        return node.isNumber() ? OptionalInt.of(node.asInt()) : OptionalInt.empty();
    }
}
