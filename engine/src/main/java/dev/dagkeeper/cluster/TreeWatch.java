package dev.dagkeeper.cluster;

import org.apache.curator.framework.recipes.watch.PersistentWatcher;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;

/**
 * One long-lived recursive watch. It says what changed while the session is connected; what happened across a reconnect
 * it cannot say, so the listener is told to list again whenever the watch was set anew.
 */
public final class TreeWatch implements AutoCloseable {
    private final PersistentWatcher watcher;

    /** Sets the watch, now or as soon as there is a connection. The listener is called on the client's event thread. */
    public TreeWatch(ZooKeeperConnection zooKeeper, String path, Listener listener) {
        watcher = new PersistentWatcher(zooKeeper.curator(), path, true);
        watcher.getListenable().addListener(event -> tell(listener, event));
        watcher.getResetListenable().addListener(listener::listAgain);
        watcher.start();
    }

    private static void tell(Listener listener, WatchedEvent event) {
        var type = event.getType();
        if (type == EventType.NodeCreated) {
            listener.created(event.getPath());
        } else if (type == EventType.NodeDeleted) {
            listener.deleted(event.getPath());
        } else if (type == EventType.NodeDataChanged) {
            listener.changed(event.getPath());
        }
    }

    @Override
    public void close() {
        watcher.close();
    }

    /** Hears of changes; must not block. */
    public interface Listener {
        /** A node came. */
        default void created(String path) {}

        /** A node went. */
        default void deleted(String path) {}

        /** A node's data changed. */
        default void changed(String path) {}

        /** The watch was set, for the first time or again: what went before is not known. */
        void listAgain();
    }
}
