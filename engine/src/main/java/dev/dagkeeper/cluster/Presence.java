package dev.dagkeeper.cluster;

import dev.dagkeeper.cluster.Coordination.SessionEvent;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;

/**
 * Shows a process to those who ask who is there, for as long as its session lives; nothing depends on it. Thread-safe. Never
 * waits for ZooKeeper.
 */
public final class Presence implements AutoCloseable {
    private final Coordination zooKeeper;
    private final ProcessInfo info;
    private final Coordination.Subscription session;

    private Presence(Coordination zooKeeper, ProcessInfo info) {
        this.zooKeeper = zooKeeper;
        this.info = info;
        session = zooKeeper.listen(event -> {
            if (event == SessionEvent.CONNECTED) {
                announce();
            }
        });
    }

    /** Announces it now, and again after every reconnect. */
    public static Presence announce(Coordination zooKeeper, ProcessInfo info) {
        var presence = new Presence(zooKeeper, info);
        presence.announce();
        return presence;
    }

    private void announce() {
        // In order, since they go through one session. Whichever is there already stays as it is.
        zooKeeper.multi(List.of(zooKeeper.creation(Paths.ROOT, new byte[0], CreateMode.PERSISTENT)), _ -> {});
        zooKeeper.multi(List.of(zooKeeper.creation(Paths.PROCESSES, new byte[0], CreateMode.PERSISTENT)), _ -> {});
        zooKeeper.multi(List.of(zooKeeper.creation(path(), info.toJson(), CreateMode.EPHEMERAL)), _ -> {});
    }

    /** Another one in each session, so that a node of a session that is about to end is not taken for this one's. */
    private String path() {
        return Paths.PROCESSES + "/" + info.id().replace('/', '-') + "~" + Long.toHexString(zooKeeper.sessionId());
    }

    @Override
    public void close() {
        session.close();
        zooKeeper.multi(List.of(Op.delete(path(), -1)), _ -> {});
    }
}
