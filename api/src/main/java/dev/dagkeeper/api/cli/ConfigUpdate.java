package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.ApiException;
import dev.dagkeeper.api.client.DagkeeperClient;
import java.util.OptionalLong;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Changes some of the live settings and leaves the others as they are, whoever changes those meanwhile. */
final class ConfigUpdate {
    private static final int TRIES = 10;

    private ConfigUpdate() {}

    /**
     * Reads, changes, writes; again when somebody else wrote in between.
     *
     * @param expected the version that must hold; another one is a conflict. Without it a change that came between is taken
     *     along
     * @return the settings that hold now
     */
    static JsonNode apply(DagkeeperClient client, OptionalLong expected, String note, Consumer<ObjectNode> change) {
        for (var tries = 1; ; tries++) {
            var current = client.config();
            var settings = (ObjectNode) current.required("settings");
            change.accept(settings);
            try {
                return client.putConfig(expected.orElse(current.path("version").asLong(0)), settings, note);
            } catch (ApiException e) {
                if (e.status() != 412 || expected.isPresent() || tries == TRIES) {
                    throw e;
                }
            }
        }
    }
}
