package dev.dagkeeper.cluster;

import java.util.Comparator;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a leader announces in the node of its epoch, which stays when it is gone. What is not known is passed over.
 *
 * @param protocol which workers it gives steps to
 * @param session the one it leads in, by which it is known whether it still does; 0 where that is not announced
 */
public record LeaderInfo(Protocol protocol, long session) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** As kept in ZooKeeper. */
    public byte[] toJson() {
        var json = JSON.createObjectNode();
        json.putObject("protocol").put("oldest", protocol.oldest()).put("newest", protocol.newest());
        json.put("session", Long.toHexString(session));
        return JSON.writeValueAsBytes(json);
    }

    /** Reads {@link #toJson}; empty for a leader that announces nothing of the kind. */
    public static Optional<LeaderInfo> parse(String text) {
        try {
            var json = JSON.readTree(text);
            var range = json.path("protocol");
            if (!range.isObject()) {
                return Optional.empty();
            }
            var oldest = range.path("oldest").asInt(0);
            var newest = Math.max(oldest, range.path("newest").asInt(oldest));
            return Optional.of(new LeaderInfo(
                    new Protocol(oldest, newest),
                    Long.parseUnsignedLong(json.path("session").asString("0"), 16)));
        } catch (JacksonException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The last one that there was; empty when there was none, or it announced nothing. */
    public static Optional<LeaderInfo> last(Coordination zooKeeper) {
        // Of two nodes in a race the higher epoch leads.
        return zooKeeper.children(Paths.EPOCHS).stream()
                .max(Comparator.comparingLong(Long::parseLong))
                .flatMap(epoch -> zooKeeper.read(Paths.EPOCHS + "/" + epoch))
                .flatMap(node -> parse(node.data()));
    }

    /** The one that leads now; empty while nobody does, and until who was elected has begun. */
    public static Optional<LeaderInfo> present(Coordination zooKeeper) {
        return Election.session(zooKeeper)
                .flatMap(session -> last(zooKeeper).filter(leader -> leader.session() == session));
    }
}
