package dev.dagkeeper.cluster;

import org.apache.curator.utils.ZookeeperFactory;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;

/** Makes the clients of one connection, a new one for each session, and counts what all of them have asked for. Thread-safe. */
final class Traffic implements ZookeeperFactory {
    private @Nullable CountedClient client;
    private long former;

    @Override
    public ZooKeeper newZooKeeper(String servers, int sessionTimeout, Watcher watcher, boolean canBeReadOnly)
            throws Exception {
        return newZooKeeper(servers, sessionTimeout, watcher, canBeReadOnly, new ZKClientConfig());
    }

    @Override
    public synchronized ZooKeeper newZooKeeper(
            String servers, int sessionTimeout, Watcher watcher, boolean canBeReadOnly, ZKClientConfig config)
            throws Exception {
        var next = new CountedClient(servers, sessionTimeout, watcher, canBeReadOnly, config);
        former = operations();
        client = next;
        return next;
    }

    synchronized long operations() {
        return client == null ? former : former + client.operations();
    }

    synchronized long lastTransaction() {
        return client == null ? 0 : client.lastTransaction();
    }
}
