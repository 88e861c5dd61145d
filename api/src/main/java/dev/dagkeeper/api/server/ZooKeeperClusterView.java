package dev.dagkeeper.api.server;

import dev.dagkeeper.api.http.ClusterView;
import dev.dagkeeper.cluster.Election;
import dev.dagkeeper.cluster.Members;
import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
import dev.dagkeeper.queue.QueueView;
import java.util.List;
import java.util.Optional;

/** The cluster as ZooKeeper shows it now; empty while it is away. Thread-safe. */
final class ZooKeeperClusterView implements ClusterView {
    private final Optional<ZooKeeperConnection> connection;

    /**
     * Looks through a connection.
     *
     * @param connection absent in a process that has none
     */
    ZooKeeperClusterView(Optional<ZooKeeperConnection> connection) {
        this.connection = connection;
    }

    @Override
    public boolean available() {
        return connection.filter(ZooKeeperConnection::isConnected).isPresent();
    }

    @Override
    public List<Worker> workers() {
        return read(
                zooKeeper -> {
                    var locks = QueueView.read(zooKeeper).locks().values();
                    return Members.list(zooKeeper).stream()
                            .map(member -> new Worker(
                                    member.incarnation(),
                                    member.info().name(),
                                    member.info().slots(),
                                    (int) locks.stream()
                                            .filter(lock -> lock.incarnation().equals(member.incarnation()))
                                            .count(),
                                    member.info().queues(),
                                    member.info().offer().cpu(),
                                    member.info().offer().memory(),
                                    member.info().offer().labels(),
                                    member.info().offer().zone(),
                                    member.info().version()))
                            .toList();
                },
                List.of());
    }

    @Override
    public Optional<String> leader() {
        return read(zooKeeper -> Election.leader(zooKeeper), Optional.empty());
    }

    @Override
    public List<Item> queue() {
        return read(
                zooKeeper -> QueueView.read(zooKeeper).items().values().stream()
                        .map(sending -> new Item(
                                sending.incarnation(),
                                sending.item().key(),
                                sending.item().claim()))
                        .toList(),
                List.of());
    }

    private <T> T read(Reading<T> what, T absent) {
        if (!available()) {
            return absent;
        }
        try {
            return what.read(connection.orElseThrow());
        } catch (ZooKeeperUnavailableException e) {
            return absent;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return absent;
        }
    }

    @FunctionalInterface
    private interface Reading<T> {
        T read(ZooKeeperConnection zooKeeper) throws InterruptedException;
    }
}
