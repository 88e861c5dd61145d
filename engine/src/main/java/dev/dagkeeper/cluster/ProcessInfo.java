package dev.dagkeeper.cluster;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a process announces about itself, whatever its roles. What is missing is read as nothing, what is not known is passed
 * over.
 *
 * @param id as it calls itself in the election
 * @param roles what it does
 * @param version of the program
 * @param protocol what it speaks, see {@link Protocol}
 * @param sessionMillis how long others wait for it when it falls silent
 */
public record ProcessInfo(String id, List<String> roles, String version, int protocol, int sessionMillis) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    public ProcessInfo {
        roles = List.copyOf(roles);
    }

    /** As kept in ZooKeeper. */
    public byte[] toJson() {
        var json = JSON.createObjectNode();
        json.put("id", id);
        var array = json.putArray("roles");
        roles.forEach(array::add);
        json.put("version", version);
        json.put("protocol", protocol);
        json.put("sessionMillis", sessionMillis);
        return JSON.writeValueAsBytes(json);
    }

    /**
     * Reads {@link #toJson}.
     *
     * @throws IllegalArgumentException when it is no JSON
     */
    public static ProcessInfo parse(String json) {
        try {
            var node = JSON.readTree(json);
            var roles = new ArrayList<String>();
            node.path("roles").values().forEach(role -> roles.add(role.asString("")));
            return new ProcessInfo(
                    node.path("id").asString(""),
                    roles,
                    node.path("version").asString(""),
                    node.path("protocol").asInt(0),
                    node.path("sessionMillis").asInt(0));
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not a process's announcement: " + json, e);
        }
    }
}
