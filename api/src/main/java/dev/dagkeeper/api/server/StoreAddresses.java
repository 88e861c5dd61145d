package dev.dagkeeper.api.server;

import java.util.Optional;

/**
 * Where the stores are.
 *
 * @param zooKeeper absent for a process that only answers questions
 * @param embedded whether ZooKeeper lives and dies with this process
 */
record StoreAddresses(Optional<String> zooKeeper, String jdbcUrl, String user, String password, boolean embedded) {
    /** Without the password. */
    @Override
    public String toString() {
        return "StoreAddresses[" + zooKeeper.orElse("no ZooKeeper") + ", " + jdbcUrl + "]";
    }
}
