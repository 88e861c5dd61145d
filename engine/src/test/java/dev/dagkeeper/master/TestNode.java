package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.Promised;
import dev.dagkeeper.cluster.TcpProxy;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.cluster.ZooKeeperSettings;
import dev.dagkeeper.config.Connections;
import dev.dagkeeper.history.Database;
import dev.dagkeeper.history.DatabaseClock;
import dev.dagkeeper.history.DatabaseSettings;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.RunWrites;
import dev.dagkeeper.history.WorkerStore;
import dev.dagkeeper.settings.LiveSettings;
import dev.dagkeeper.worker.AttemptRunner;
import dev.dagkeeper.worker.AttemptSettings;
import dev.dagkeeper.worker.SecretAccess.SecretException;
import dev.dagkeeper.worker.Worker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;

/**
 * What would be one process: a master or a worker with its own ways to both stores, which can be cut. To the rest of the
 * cluster a node whose ways are all cut is a process that was killed.
 */
final class TestNode implements AutoCloseable {
    private final Deque<AutoCloseable> closing = new ArrayDeque<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicInteger synchronousCommits = new AtomicInteger();
    private final String name;
    private final String zooKeeperAddress;
    private final TcpProxy zooKeeperWay;
    private final TcpProxy postgresWay;
    private final ZooKeeperConnection zooKeeper;
    private Consumer<LiveSettings> settings = _ -> {};
    private BooleanSupplier leads = () -> false;
    private final Database database;
    private Optional<Worker> worker = Optional.empty();

    private TestNode(String name, String zooKeeperAddress, DatabaseSettings postgres, Duration session)
            throws Exception {
        this.name = name;
        this.zooKeeperAddress = zooKeeperAddress;
        int slash = zooKeeperAddress.indexOf('/');
        zooKeeperWay = closeLater(new TcpProxy(address(zooKeeperAddress.substring(0, slash))));
        var start = postgres.url().indexOf("//") + 2;
        var end = postgres.url().indexOf('/', start);
        postgresWay = closeLater(new TcpProxy(address(postgres.url().substring(start, end))));
        database = closeLater(Database.open(new DatabaseSettings(
                postgres.url().substring(0, start)
                        + postgresWay.address()
                        + postgres.url().substring(end),
                postgres.user(),
                postgres.password(),
                postgres.role(),
                2,
                Duration.ofSeconds(2))));
        zooKeeper = closeLater(ZooKeeperConnection.open(
                ZooKeeperSettings.open(zooKeeperWay.address() + zooKeeperAddress.substring(slash)), session, name));
        assertThat(zooKeeper.awaitConnected(Promised.EVENTUALLY)).isTrue();
    }

    static TestNode master(TestCluster cluster, String name) throws Exception {
        var node = new TestNode(
                name,
                cluster.zooKeeperAddress(),
                cluster.postgres(DatabaseSettings.Role.MASTER),
                TestCluster.MASTER_SESSION);
        var master = node.closeLater(new Master(
                node.zooKeeper,
                name,
                node.counting(LeaderStore.class, node.database.leader()),
                cluster.workflows(node.database),
                DatabaseClock.start(node.database),
                new LeaderSettings(TestCluster.WORKER_SESSION, Duration.ofSeconds(30), Duration.ofSeconds(2)),
                LiveSettings.DEFAULT,
                node::refused,
                node.meters));
        node.settings = master::settingsAre;
        node.leads = master::leads;
        return node;
    }

    static TestNode worker(
            TestCluster cluster, Path directory, String name, int slots, List<String> queues, WorkerInfo.Offer offer)
            throws Exception {
        var node = new TestNode(
                name,
                cluster.zooKeeperAddress(),
                cluster.postgres(DatabaseSettings.Role.WORKER),
                TestCluster.WORKER_SESSION);
        var store = node.counting(WorkerStore.class, node.database.worker());
        var workflows = cluster.workflows(node.database);
        var runner = AttemptRunner.open(
                new AttemptSettings(name, directory, Connections.NONE, Map.of(), Duration.ofSeconds(1), 10_000, false),
                store,
                id -> workflows
                        .find(id)
                        .map(workflow -> new dev.dagkeeper.worker.Revisions.Content(workflow, List.of())),
                cluster.script().catalog(name),
                secret -> {
                    throw new SecretException("no secrets here");
                },
                DatabaseClock.start(node.database));
        var info = new WorkerInfo(name, UUID.randomUUID().toString(), slots, queues, offer, "test");
        node.worker = Optional.of(node.closeLater(
                new Worker(node.zooKeeper, info, store, runner, Duration.ofMinutes(1), node::refused, node.meters)));
        return node;
    }

    private void refused(String why) {
        throw new AssertionError(name + " is refused: " + why);
    }

    /** Tells a master of the live settings; nothing to a worker. */
    void settingsAre(LiveSettings live) {
        settings.accept(live);
    }

    String name() {
        return name;
    }

    TcpProxy zooKeeperWay() {
        return zooKeeperWay;
    }

    TcpProxy postgresWay() {
        return postgresWay;
    }

    /** As the process was killed: both ways are cut and the session is over, without a word from it. */
    void die() throws Exception {
        var client = zooKeeper.handle();
        zooKeeperWay.cut();
        postgresWay.cut();
        endSession(client.getSessionId(), client.getSessionPasswd());
    }

    /** Whoever knows a session's password can end it; one that expired by itself meanwhile has ended too. */
    private void endSession(long id, byte[] password) throws Exception {
        var answered = new CountDownLatch(1);
        var same = new ZooKeeper(
                zooKeeperAddress,
                4_000,
                event -> {
                    if (event.getState() == KeeperState.SyncConnected || event.getState() == KeeperState.Expired) {
                        answered.countDown();
                    }
                },
                id,
                password);
        try {
            assertThat(answered.await(30, TimeUnit.SECONDS))
                    .as("an answer to session 0x%x of %s", id, name)
                    .isTrue();
        } finally {
            same.close();
        }
    }

    /** See {@link Worker#drain}. */
    boolean drain(Duration timeout) throws InterruptedException {
        return worker.orElseThrow().drain(timeout);
    }

    /** Whether it is the leader, as far as it knows. */
    boolean leads() {
        return leads.getAsBoolean();
    }

    double count(String metric) {
        return meters.get(metric).counter().count();
    }

    /** How many transactions it has committed so far for which it waited for the disk. */
    int synchronousCommits() {
        return synchronousCommits.get();
    }

    private <T> T counting(Class<T> type, T store) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (_, method, arguments) -> {
                    if (isSynchronous(method, arguments)) {
                        synchronousCommits.incrementAndGet();
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private static boolean isSynchronous(Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "write" -> ((RunWrites) arguments[1]).durable();
            case "record", "raiseEpoch" -> true;
            default -> false;
        };
    }

    private <T extends AutoCloseable> T closeLater(T resource) {
        closing.push(resource);
        return resource;
    }

    private static InetSocketAddress address(String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        return new InetSocketAddress(
                hostAndPort.substring(0, colon), Integer.parseInt(hostAndPort.substring(colon + 1)));
    }

    /** Ends it in order, as far as its ways are open. */
    @Override
    public void close() throws IOException {
        while (!closing.isEmpty()) {
            try {
                closing.pop().close();
            } catch (Exception e) {
                throw new IOException("node " + name + " could not be closed", e);
            }
        }
    }
}
