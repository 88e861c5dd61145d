package dev.dagkeeper.cluster;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;

/**
 * What leaders and workers need of ZooKeeper: one session, its operations and its watches. Operations of a session are
 * carried out in the order in which they are made. Thread-safe.
 *
 * <p>Methods that wait throw {@link ZooKeeperUnavailableException} when there is no answer. What must not be repeated
 * blindly goes as a multi(), whose outcome is a value: after {@link MultiResult.Unknown} read before trying again.
 */
public interface Coordination {
    /**
     * Sends one multi() and does not wait.
     *
     * @param answer told exactly once, on the client's event thread, which it must not block
     */
    void multi(List<Op> operations, Consumer<MultiResult> answer);

    /** Sends several, one after the other without waiting in between, and waits for all answers; in the same order. */
    List<MultiResult> multis(List<List<Op>> multis) throws InterruptedException;

    /** Sends one and waits for the answer. */
    default MultiResult multi(List<Op> operations) throws InterruptedException {
        return multis(List.of(operations)).getFirst();
    }

    /** Makes a node, with this connection's access control, as part of a multi(). */
    Op creation(String path, byte[] data, CreateMode mode);

    /** Creates a persistent node, and those above it, unless it exists. */
    void ensureExists(String path);

    /** Changes a node without waiting, so that whoever watches it hears; does nothing when ZooKeeper is away. */
    void touch(String path);

    /** Names below a path; none when it does not exist. */
    List<String> children(String path);

    /** Names below each of the paths, asked for without waiting in between. */
    Map<String, List<String>> children(Collection<String> paths) throws InterruptedException;

    /** A node's data and who owns it; empty when it does not exist. */
    Optional<Node> read(String path);

    /** Those of the nodes that exist, asked for without waiting in between. */
    Map<String, Node> read(Collection<String> paths) throws InterruptedException;

    /** Brings the server that answers this session up to date with the ensemble. */
    void sync() throws InterruptedException;

    /** The id of the current session, which the ephemeral nodes it makes carry as their owner. */
    long sessionId();

    /** Watches a node and all below it, from now on or as soon as there is a connection. */
    TreeWatch watch(String path, TreeWatch.Listener listener);

    /** Hears how the session fares from now on, on the client's event thread; until closed. */
    Subscription listen(Consumer<SessionEvent> listener);

    /**
     * What a node holds.
     *
     * @param owner the session of an ephemeral node, 0 for a persistent one
     */
    record Node(String data, int version, long owner) {}

    /** What becomes of a session. */
    enum SessionEvent {
        /** There is a connection, of the same session or, after {@link #LOST}, of another. */
        CONNECTED,
        /** The connection is away; the session may still be alive. */
        SUSPENDED,
        /** The session is over, and its ephemeral nodes with it. */
        LOST
    }

    /** Ends what it was given for. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
