package dev.dagkeeper.workflow;

import dev.dagkeeper.executor.StepType;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The language as JSON Schema (2020-12), for editors and for {@code dagkeeper schema}. */
public final class LanguageSchema {
    private LanguageSchema() {}

    /** The whole document; each step type's settings are in it. */
    public static ObjectNode full(StepTypes types) {
        var schema = JsonMapper.shared().createObjectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        var settings = schema.putObject("$defs");
        for (var name : types.names()) {
            types.find(name).ifPresent(type -> settings.set(name, type.with()));
        }
        return schema;
    }

    /**
     * One part.
     *
     * @param path keys from the top, joined by dots: {@code steps}, {@code steps.retry}, {@code triggers}, or a step type's
     *     name for its settings
     * @return empty when there is no such part
     */
    public static Optional<ObjectNode> part(StepTypes types, String path) {
        return types.find(path).map(StepType::with);
    }
}
