package dev.dagkeeper.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Named connections for {@code sql} and {@code http} steps, from {@code connections:} of {@code dagkeeper.yaml}.
 *
 * @param byName each connection's settings as written (url, user, password, headers, ...)
 */
public record Connections(Map<String, Map<String, String>> byName) {
    public static final Connections NONE = new Connections(Map.of());

    public Connections {
        byName = Map.copyOf(byName);
    }

    /** The settings of a connection. */
    public Optional<Map<String, String>> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The same and one more; an existing one of that name is replaced. */
    public Connections with(String name, Map<String, String> settings) {
        var all = new HashMap<>(byName);
        all.put(name, settings);
        return new Connections(all);
    }

    /** Names only: values may be secret. */
    @Override
    public String toString() {
        return "Connections" + byName.keySet();
    }
}
