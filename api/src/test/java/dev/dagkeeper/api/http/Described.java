package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** openapi.yaml as a judge over what the server does. */
final class Described {
    private static final List<String> METHODS = List.of("get", "put", "post", "delete", "head", "patch");

    private final JsonNode document;
    private final Router router;
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();
    private final Set<String> seen = new ConcurrentSkipListSet<>();

    Described() throws IOException {
        try (var in = HttpApi.class.getResourceAsStream("openapi.yaml")) {
            assertThat(in).isNotNull();
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            document = JsonMapper.shared().valueToTree(new Yaml().load(text));
        }
        var routes = new ArrayList<Route>();
        for (var operation : operations()) {
            var parts = operation.split(" ", 2);
            routes.add(new Route(parts[0], parts[1], Route.Access.TOKEN, call -> new Answer.Empty(204)));
        }
        router = new Router(routes);
    }

    /** Every operation, as {@code METHOD template}. */
    Set<String> operations() {
        var operations = new TreeSet<String>();
        document.get("paths")
                .properties()
                .forEach(path -> METHODS.stream()
                        .filter(path.getValue()::has)
                        .forEach(method ->
                                operations.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey())));
        return operations;
    }

    /** The operations that were judged and did what they are there for. */
    Set<String> answered() {
        return seen;
    }

    /** Whether the operation can be used without the token. */
    boolean isOpen(String operation) {
        return operation(operation).has("security");
    }

    /**
     * Judges one exchange: the status is described, so is the type of the body, and the body is as the schema says.
     *
     * @param contentType empty without a body
     */
    void judge(String method, String rawPath, int status, String contentType, byte[] body) {
        var name = method + " " + router.match(method, rawPath).route().template();
        var responses = operation(name).get("responses");
        var response = resolve(responses.path(Integer.toString(status)));
        assertThat(response.isMissingNode())
                .as("%s answers %d, described are %s", name, status, responses.propertyNames())
                .isFalse();
        if (status < 300) {
            seen.add(name);
        }
        var content = response.path("content");
        if (method.equals("HEAD") || content.isMissingNode()) {
            assertThat(body).as("%s %d has no body", name, status).isEmpty();
            return;
        }
        var type = contentType.split(";", 2)[0];
        assertThat(content.has(type))
                .as("%s %d as %s, described are %s", name, status, type, content.propertyNames())
                .isTrue();
        var schema = content.get(type).get("schema");
        if (type.equals("application/x-ndjson")) {
            new String(body, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isEmpty())
                    .forEach(line -> validate(name, schema, line.getBytes(StandardCharsets.UTF_8)));
        } else if (type.endsWith("json")) {
            validate(name, schema, body);
        }
    }

    private void validate(String name, JsonNode schema, byte[] body) {
        var judge = schemas.computeIfAbsent(schema.toString(), text -> {
            var whole = (ObjectNode) JsonMapper.shared().readTree(text);
            whole.set("components", document.get("components"));
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(whole);
        });
        assertThat(judge.validate(JsonMapper.shared().readTree(body)))
                .as("%s answers %s", name, new String(body, StandardCharsets.UTF_8))
                .isEmpty();
    }

    private JsonNode operation(String name) {
        var parts = name.split(" ", 2);
        return document.get("paths").get(parts[1]).get(parts[0].toLowerCase(java.util.Locale.ROOT));
    }

    private JsonNode resolve(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").stringValue().substring(1)) : node;
    }
}
