package dev.dagkeeper.cluster;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a worker announces about itself. An older or newer worker may announce less or more: what is missing is read as
 * nothing to offer, what is not known is passed over.
 *
 * @param name as its operator named it
 * @param process random, the same for all incarnations of one process
 * @param slots how many steps it runs at once
 * @param queues which queues it serves
 * @param offer what else steps may ask of it
 * @param version of the program
 * @param protocol what it speaks, see {@link Protocol}
 * @param stopping whether it is about to leave: it takes nothing new, and finishes what it has
 */
public record WorkerInfo(
        String name,
        String process,
        int slots,
        List<String> queues,
        Offer offer,
        String version,
        int protocol,
        boolean stopping) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    public WorkerInfo {
        queues = List.copyOf(queues);
    }

    /** A worker of this program that does not stop. */
    public WorkerInfo(String name, String process, int slots, List<String> queues, Offer offer, String version) {
        this(name, process, slots, queues, offer, version, Protocol.NUMBER, false);
    }

    /** A worker that offers slots only. */
    public WorkerInfo(String name, String process, int slots, List<String> queues, String version) {
        this(name, process, slots, queues, Offer.NOTHING, version);
    }

    /**
     * What a worker has for its steps together.
     *
     * @param cpu cores
     * @param memory bytes
     * @param labels what it is known by
     * @param zone where it stands
     */
    public record Offer(double cpu, long memory, Map<String, String> labels, Optional<String> zone) {
        public static final Offer NOTHING = new Offer(0, 0, Map.of(), Optional.empty());

        public Offer {
            labels = Collections.unmodifiableMap(new TreeMap<>(labels));
            if (!(cpu >= 0) || memory < 0) {
                throw new IllegalArgumentException(
                        "a worker with " + cpu + " cores and " + memory + " bytes of memory");
            }
        }
    }

    /** The same with another number of slots. */
    public WorkerInfo withSlots(int others) {
        return new WorkerInfo(name, process, others, queues, offer, version, protocol, stopping);
    }

    /** The same worker, about to leave. */
    public WorkerInfo whenStopping() {
        return new WorkerInfo(name, process, slots, queues, offer, version, protocol, true);
    }

    /** As kept in ZooKeeper. */
    public byte[] toJson() {
        var json = JSON.createObjectNode();
        json.put("name", name);
        json.put("process", process);
        json.put("slots", slots);
        var array = json.putArray("queues");
        queues.forEach(array::add);
        json.put("cpu", offer.cpu());
        json.put("memory", offer.memory());
        var labels = json.putObject("labels");
        offer.labels().forEach(labels::put);
        offer.zone().ifPresent(zone -> json.put("zone", zone));
        json.put("version", version);
        json.put("protocol", protocol);
        json.put("stopping", stopping);
        return JSON.writeValueAsBytes(json);
    }

    /**
     * Reads {@link #toJson}.
     *
     * @throws IllegalArgumentException when it is something else, or names no worker
     */
    public static WorkerInfo parse(String json) {
        try {
            var node = JSON.readTree(json);
            if (node.path("name").isString()) {
                return read(node);
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not a worker's announcement: " + json, e);
        }
        throw new IllegalArgumentException("not a worker's announcement, it has no name: " + json);
    }

    private static WorkerInfo read(JsonNode node) {
        var queues = new ArrayList<String>();
        node.path("queues").values().forEach(queue -> queues.add(queue.asString("")));
        var labels = new TreeMap<String, String>();
        node.path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asString("")));
        return new WorkerInfo(
                node.path("name").asString(""),
                node.path("process").asString(""),
                node.path("slots").asInt(0),
                queues,
                new Offer(
                        Math.max(0, node.path("cpu").asDouble(0)),
                        Math.max(0, node.path("memory").asLong(0)),
                        labels,
                        Optional.of(node.path("zone").asString("")).filter(zone -> !zone.isEmpty())),
                node.path("version").asString(""),
                node.path("protocol").asInt(0),
                node.path("stopping").asBoolean(false));
    }
}
