package dev.dagkeeper.cluster;

import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;

/**
 * Bells say that there is something to look at in Postgres. Losing a ring is harmless: whoever listens looks by itself
 * after every reconnect, and at long intervals besides. Thread-safe.
 */
public final class Bells {
    /** There are runs that the leader has not loaded. */
    public static final String RUNS = "runs";

    /** There are commands without an outcome. */
    public static final String COMMANDS = "commands";

    private final ZooKeeperConnection zooKeeper;

    public Bells(ZooKeeperConnection zooKeeper) {
        this.zooKeeper = zooKeeper;
    }

    /** Rings without waiting; does nothing when ZooKeeper is away. */
    public void ring(String bell) {
        var path = Paths.BELLS + "/" + bell;
        try {
            zooKeeper.handle().setData(path, new byte[0], -1, (rc, p, ctx, stat) -> createIfMissing(rc, path), null);
        } catch (ZooKeeperUnavailableException e) {
            // Nobody to hear it now; the leader looks when it is back.
        }
    }

    private void createIfMissing(int rc, String path) {
        if (Code.get(rc) == Code.NONODE) {
            zooKeeper
                    .handle()
                    .create(
                            path,
                            new byte[0],
                            zooKeeper.acl(),
                            CreateMode.PERSISTENT,
                            (code, p, ctx, name) -> {},
                            null);
        }
    }

    /** Listens to all bells; told {@link #RUNS} and {@link #COMMANDS} as well whenever rings may have been missed. */
    public TreeWatch listen(Consumer<String> listener) {
        return new TreeWatch(zooKeeper, Paths.BELLS, new TreeWatch.Listener() {
            @Override
            public void created(String path) {
                changed(path);
            }

            @Override
            public void changed(String path) {
                if (path.length() > Paths.BELLS.length() + 1) {
                    listener.accept(path.substring(Paths.BELLS.length() + 1));
                }
            }

            @Override
            public void listAgain() {
                listener.accept(RUNS);
                listener.accept(COMMANDS);
            }
        });
    }
}
