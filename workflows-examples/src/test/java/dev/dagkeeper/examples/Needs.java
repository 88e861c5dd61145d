package dev.dagkeeper.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;

/**
 * What each step of a workflow waits for, read from its YAML without the program's own parser.
 *
 * @param upstreams the needs of each step outside hooks
 * @param early steps that need not wait for all of their needs
 */
record Needs(Map<String, List<String>> upstreams, List<String> early) {
    static Needs read(Path workflow) throws IOException {
        Map<String, Object> document = new Yaml().load(Files.readString(workflow));
        var upstreams = new LinkedHashMap<String, List<String>>();
        map(document.get("steps"))
                .forEach((step, body) -> upstreams.put(step, names(map(body).get("needs"))));
        var early = upstreams.keySet().stream()
                .filter(step ->
                        isEarly(map(map(document.get("steps")).get(step)).get("join")))
                .toList();
        return new Needs(upstreams, early);
    }

    private static boolean isEarly(@Nullable Object join) {
        return join instanceof String rule && (rule.startsWith("any-") || rule.equals("always"));
    }

    private static List<String> names(@Nullable Object needs) {
        return switch (needs) {
            case null -> List.of();
            case List<?> list -> list.stream().map(String::valueOf).toList();
            default -> List.copyOf(map(needs).keySet());
        };
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(@Nullable Object node) {
        return node == null ? Map.of() : (Map<String, Object>) node;
    }
}
