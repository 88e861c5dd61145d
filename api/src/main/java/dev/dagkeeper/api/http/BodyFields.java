package dev.dagkeeper.api.http;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The fields of a JSON body, read strictly. A field that is null is one that is not there. */
final class BodyFields {
    private final String where;
    private final ObjectNode object;

    private BodyFields(String where, ObjectNode object) {
        this.where = where;
        this.object = object;
    }

    /**
     * @param known the names there are; any other is an error
     * @throws ApiProblem 400 when it is not JSON, 422 when it is not such an object
     */
    static BodyFields parse(byte[] body, Set<String> known) {
        return of("the body", Json.parse(body), known);
    }

    private static BodyFields of(String where, JsonNode node, Set<String> known) {
        if (!(node instanceof ObjectNode object)) {
            throw ApiProblem.invalidBody("expected " + where + " to be an object, found " + node.getNodeType());
        }
        for (Iterator<String> names = object.propertyNames().iterator(); names.hasNext(); ) {
            var name = names.next();
            if (!known.contains(name)) {
                throw ApiProblem.invalidBody("unknown field '" + name + "' in " + where + "; there are "
                        + String.join(", ", new TreeSet<>(known)));
            }
        }
        return new BodyFields(where, object);
    }

    Optional<String> text(String name) {
        return find(name).map(node -> {
            if (!node.isString()) {
                throw wrong(name, "text", node);
            }
            return node.stringValue();
        });
    }

    String requiredText(String name) {
        return text(name).orElseThrow(() -> ApiProblem.invalidBody("'" + name + "' is missing in " + where));
    }

    Optional<Long> number(String name, long least, long most) {
        return find(name).map(node -> {
            if (!node.isIntegralNumber()
                    || !node.canConvertToLong()
                    || node.longValue() < least
                    || node.longValue() > most) {
                throw wrong(name, "a whole number from " + least + " to " + most, node);
            }
            return node.longValue();
        });
    }

    boolean flag(String name) {
        return find(name)
                .map(node -> {
                    if (!node.isBoolean()) {
                        throw wrong(name, "true or false", node);
                    }
                    return node.booleanValue();
                })
                .orElse(false);
    }

    /** The entries of a map, in their order; empty when it is not there. */
    Map<String, JsonNode> map(String name) {
        var entries = new LinkedHashMap<String, JsonNode>();
        find(name).ifPresent(node -> {
            if (!(node instanceof ObjectNode map)) {
                throw wrong(name, "an object", node);
            }
            map.properties().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
        });
        return entries;
    }

    /** Each entry of a map as fields of its own. */
    Map<String, BodyFields> objects(String name, Set<String> known) {
        var objects = new LinkedHashMap<String, BodyFields>();
        map(name).forEach((key, node) -> objects.put(key, of("'" + name + "." + key + "'", node, known)));
        return objects;
    }

    private Optional<JsonNode> find(String name) {
        return Optional.ofNullable(object.get(name)).filter(node -> !node.isNull());
    }

    private static ApiProblem wrong(String name, String expected, JsonNode found) {
        var text = found.isContainer() ? found.getNodeType().toString() : found.toString();
        return ApiProblem.invalidBody("expected " + expected + " for '" + name + "', found "
                + (text.length() > 100 ? text.substring(0, 100) + "..." : text));
    }
}
