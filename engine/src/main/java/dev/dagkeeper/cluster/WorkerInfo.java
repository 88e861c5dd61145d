package dev.dagkeeper.cluster;

import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a worker announces about itself.
 *
 * @param name as its operator named it
 * @param process random, the same for all incarnations of one process
 * @param slots how many steps it runs at once
 * @param queues which queues it serves
 * @param version of the program
 */
public record WorkerInfo(String name, String process, int slots, List<String> queues, String version) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    public WorkerInfo {
        queues = List.copyOf(queues);
    }

    /** As kept in ZooKeeper. */
    public byte[] toJson() {
        return JSON.writeValueAsBytes(this);
    }

    /**
     * Reads {@link #toJson}.
     *
     * @throws IllegalArgumentException when it is something else
     */
    public static WorkerInfo parse(String json) {
        try {
            return JSON.readValue(json, WorkerInfo.class);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not a worker's announcement: " + json, e);
        }
    }
}
