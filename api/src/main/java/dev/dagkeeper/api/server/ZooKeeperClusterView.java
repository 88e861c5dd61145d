package dev.dagkeeper.api.server;

import dev.dagkeeper.api.http.ClusterView;
import dev.dagkeeper.cluster.Election;
import dev.dagkeeper.cluster.LeaderInfo;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.cluster.ProcessInfo;
import dev.dagkeeper.cluster.Protocol;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.cluster.ZooKeeperConnection.Aged;
import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
import dev.dagkeeper.queue.StopNote;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

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
                    var running = new HashMap<String, Integer>();
                    locks().forEach(lock -> running.merge(lock.incarnation(), 1, Integer::sum));
                    var protocol = LeaderInfo.present(zooKeeper)
                            .map(LeaderInfo::protocol)
                            .orElse(Protocol.SUPPORTED);
                    var workers = new ArrayList<Worker>();
                    below(zooKeeper, Paths.WORKERS).forEach((incarnation, node) -> {
                        var info = WorkerInfo.parse(node.data());
                        workers.add(new Worker(
                                incarnation,
                                info.name(),
                                info.slots(),
                                running.getOrDefault(incarnation, 0),
                                info.queues(),
                                new Offer(
                                        info.offer().cpu(),
                                        info.offer().memory(),
                                        info.offer().labels(),
                                        info.offer().zone()),
                                info.version(),
                                info.protocol(),
                                info.stopping(),
                                protocol.refusal(info.protocol()),
                                session(node),
                                node.since()));
                    });
                    workers.sort(Comparator.comparing(Worker::incarnation));
                    return workers;
                },
                List.of());
    }

    @Override
    public Optional<String> leader() {
        return read(zooKeeper -> Election.leader(zooKeeper), Optional.empty());
    }

    @Override
    public Optional<Lead> lead() {
        return read(
                zooKeeper -> below(zooKeeper, Paths.EPOCHS).entrySet().stream()
                        .map(epoch -> new Lead(
                                Long.parseLong(epoch.getKey()), epoch.getValue().since()))
                        .max(Comparator.comparingLong(Lead::epoch)),
                Optional.empty());
    }

    @Override
    public List<Participant> processes() {
        return read(
                zooKeeper -> below(zooKeeper, Paths.PROCESSES).values().stream()
                        .map(node -> {
                            var info = ProcessInfo.parse(node.data());
                            return new Participant(
                                    info.id(),
                                    info.roles(),
                                    info.version(),
                                    info.protocol(),
                                    session(node),
                                    info.sessionMillis(),
                                    node.since());
                        })
                        .sorted(Comparator.comparing(Participant::id).thenComparing(Participant::session))
                        .toList(),
                List.of());
    }

    @Override
    public List<Item> queue() {
        return read(
                zooKeeper -> {
                    var inboxes = zooKeeper.children(Paths.QUEUE).stream()
                            .map(Paths::inbox)
                            .toList();
                    var paths = new ArrayList<String>();
                    zooKeeper
                            .children(inboxes)
                            .forEach((inbox, names) -> names.stream()
                                    .filter(name -> !StopNote.isNote(name))
                                    .forEach(name -> paths.add(inbox + "/" + name)));
                    var items = new ArrayList<Item>();
                    zooKeeper.aged(paths).forEach((path, node) -> {
                        var parts = path.split("/", -1);
                        var item = dev.dagkeeper.queue.Item.parse(parts[parts.length - 1]);
                        items.add(new Item(
                                parts[parts.length - 2], item.key(), item.claim(), item.priority(), node.since()));
                    });
                    return items;
                },
                List.of());
    }

    @Override
    public List<Lock> locks() {
        return read(
                zooKeeper -> {
                    var shards = IntStream.range(0, Paths.LOCK_SHARDS)
                            .mapToObj(Paths::lockShard)
                            .toList();
                    var paths = new ArrayList<String>();
                    zooKeeper
                            .children(shards)
                            .forEach((shard, names) -> names.forEach(name -> paths.add(shard + "/" + name)));
                    var locks = new ArrayList<Lock>();
                    zooKeeper.aged(paths).forEach((path, node) -> {
                        var lock = dev.dagkeeper.queue.Lock.parse(path, node.data());
                        locks.add(new Lock(lock.incarnation(), lock.key(), lock.claim(), node.since()));
                    });
                    return locks;
                },
                List.of());
    }

    /** The nodes below one, by name. */
    private static Map<String, Aged> below(ZooKeeperConnection zooKeeper, String directory)
            throws InterruptedException {
        var paths = zooKeeper.children(directory).stream()
                .map(name -> directory + "/" + name)
                .toList();
        var found = new HashMap<String, Aged>();
        zooKeeper.aged(paths).forEach((path, node) -> found.put(path.substring(directory.length() + 1), node));
        return found;
    }

    /** As the ensemble's own tools write it. */
    private static String session(Aged node) {
        return "0x" + Long.toHexString(node.session());
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
