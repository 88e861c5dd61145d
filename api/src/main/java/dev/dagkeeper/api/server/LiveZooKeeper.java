package dev.dagkeeper.api.server;

import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
import dev.dagkeeper.doctor.Doctor;
import dev.dagkeeper.doctor.LiveNodes;
import java.util.Optional;

/**
 * ZooKeeper for the doctor. Thread-safe.
 *
 * @param connection absent in a process that has none
 */
record LiveZooKeeper(Optional<ZooKeeperConnection> connection) implements Doctor.Live {
    @Override
    public Optional<LiveNodes> read() throws InterruptedException {
        if (connection.filter(ZooKeeperConnection::isConnected).isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(LiveNodes.read(connection.get()));
        } catch (ZooKeeperUnavailableException e) {
            return Optional.empty();
        }
    }
}
