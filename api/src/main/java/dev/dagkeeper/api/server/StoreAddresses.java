package dev.dagkeeper.api.server;

import dev.dagkeeper.cluster.ZooKeeperSettings;
import dev.dagkeeper.embedded.LocalDatabase;
import java.util.Optional;

/**
 * Where the stores are.
 *
 * @param zooKeeper absent for a process that only answers questions
 * @param embedded whether ZooKeeper lives and dies with this process
 * @param local the database for workflows that comes with embedded stores
 */
record StoreAddresses(
        Optional<ZooKeeperSettings> zooKeeper,
        String jdbcUrl,
        String user,
        String password,
        boolean embedded,
        Optional<LocalDatabase> local) {
    /** Without the password. */
    @Override
    public String toString() {
        return "StoreAddresses[" + zooKeeper.map(ZooKeeperSettings::servers).orElse("no ZooKeeper") + ", " + jdbcUrl
                + "]";
    }
}
