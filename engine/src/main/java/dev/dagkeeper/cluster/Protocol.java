package dev.dagkeeper.cluster;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * How leaders and workers talk through ZooKeeper, as a number that is raised when a change would be misunderstood. Each
 * leader announces, in the node of its epoch, which numbers it works with; a worker of another number gets no steps from it
 * and says so. Immutable.
 *
 * @param oldest the lowest number that is understood
 * @param newest the highest
 */
public record Protocol(int oldest, int newest) {
    /** The number of this program. Workers made before there were numbers announce none, which is read as 0. */
    public static final int NUMBER = 1;

    /** What a leader of this program works with. */
    public static final Protocol SUPPORTED = new Protocol(1, NUMBER);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    public Protocol {
        if (oldest > newest) {
            throw new IllegalArgumentException("protocols " + oldest + ".." + newest);
        }
    }

    /** Why a worker of this number gets no steps, such as {@code protocol 0 is older than 1..2}; empty when it does. */
    public Optional<String> refusal(int number) {
        if (number >= oldest && number <= newest) {
            return Optional.empty();
        }
        return Optional.of("protocol " + number + " is " + (number < oldest ? "older" : "newer") + " than " + oldest
                + ".." + newest);
    }

    /** As announced by a leader. */
    public byte[] toJson() {
        var json = JSON.createObjectNode();
        json.putObject("protocol").put("oldest", oldest).put("newest", newest);
        return JSON.writeValueAsBytes(json);
    }

    /** Reads {@link #toJson}; empty for a leader that announces nothing of the kind. */
    public static Optional<Protocol> parse(String json) {
        try {
            var range = JSON.readTree(json).path("protocol");
            var oldest = range.path("oldest").asInt(0);
            return range.isObject()
                    ? Optional.of(new Protocol(
                            oldest, Math.max(oldest, range.path("newest").asInt(oldest))))
                    : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** What the present leader announces; empty when there is none, or it announces nothing. */
    public static Optional<Protocol> ofLeader(Coordination zooKeeper) {
        // Of two nodes in a race the higher epoch leads.
        return zooKeeper.children(Paths.EPOCHS).stream()
                .max(java.util.Comparator.comparingLong(Long::parseLong))
                .flatMap(epoch -> zooKeeper.read(Paths.EPOCHS + "/" + epoch))
                .flatMap(node -> parse(node.data()));
    }
}
