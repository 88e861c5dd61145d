package dev.dagkeeper.cluster;

import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.watch.PersistentWatcher;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;

/** A watch that Curator sets again after each reconnect. The listener is called on the client's event thread. */
final class CuratorTreeWatch implements TreeWatch {
    private final PersistentWatcher watcher;

    CuratorTreeWatch(CuratorFramework curator, String path, Listener listener) {
        watcher = new PersistentWatcher(curator, path, true);
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
}
