package dev.dagkeeper.chaos;

import dev.dagkeeper.api.cli.Main;
import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.ServerAddress;
import dev.dagkeeper.embedded.DataDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A cluster of real processes: an ensemble of ZooKeeper servers, a durable Postgres, and engines of one role each, every
 * one a JVM of its own. A supervisor starts again what ended without being asked to.
 *
 * <pre>{@code
 * try (var cluster = ClusterProcesses.start(new LoopbackNetwork(), directory, Shape.SMALL)) {
 *     var client = cluster.client(0);
 *     cluster.leader().orElseThrow().kill();
 * }
 * }</pre>
 *
 * Logs of all processes are in the directory, {@code <name>.log}. Thread-safe.
 */
public final class ClusterProcesses implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long LOOK_MILLIS = 200;

    private final ClusterNetwork network;
    private final Path directory;
    private final Shape shape;
    private final ZooKeeperEnsemble zooKeeper;
    private final DurablePostgres postgres;
    private final List<ClusterProcess> masters = new ArrayList<>();
    private final List<ClusterProcess> workers = new ArrayList<>();
    private final List<ClusterProcess> apis = new ArrayList<>();
    private final Map<String, LeaderLog> leaderLogs = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread supervisor;

    /**
     * How many processes of each role there are.
     *
     * @param slots steps at once, each worker
     */
    public record Shape(int masters, int workers, int apis, int slots) {
        /** The least in which every role can be lost. */
        public static final Shape SMALL = new Shape(2, 2, 1, 16);
    }

    private ClusterProcesses(
            ClusterNetwork network,
            Path directory,
            Shape shape,
            ZooKeeperEnsemble zooKeeper,
            DurablePostgres postgres) {
        this.network = network;
        this.directory = directory;
        this.shape = shape;
        this.zooKeeper = zooKeeper;
        this.postgres = postgres;
        supervisor = Thread.ofPlatform().daemon().name("supervisor").unstarted(this::supervise);
    }

    /** Starts everything and returns when each api answers, a master leads and all workers are members. */
    public static ClusterProcesses start(ClusterNetwork network, Path directory, Shape shape)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        var zooKeeper = ZooKeeperEnsemble.create(network, directory, 3);
        var postgres = DurablePostgres.start(directory.resolve("postgres"));
        var cluster = new ClusterProcesses(network, directory, shape, zooKeeper, postgres);
        try {
            zooKeeper.start();
            cluster.startRoles();
            return cluster;
        } catch (IOException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void startRoles() throws IOException {
        Awaitility.await("ZooKeeper").atMost(PATIENCE).until(zooKeeper::serves);
        // One first: it makes the tables.
        apis.add(role("api", network.siteHere("api-1")));
        apis.getFirst().start();
        awaitApis();
        for (int number = 2; number <= shape.apis(); number++) {
            apis.add(role("api", network.siteHere("api-" + number)));
        }
        for (int number = 1; number <= shape.masters(); number++) {
            var master = role("master", network.site("master-" + number));
            masters.add(master);
            leaderLogs.put(master.name(), new LeaderLog(master.log()));
        }
        for (int number = 1; number <= shape.workers(); number++) {
            workers.add(role("worker", network.site("worker-" + number)));
        }
        supervisor.start();
        // Not all at once: on a small machine they would only hold each other up.
        Stream.concat(apis.stream(), masters.stream()).forEach(ClusterProcess::start);
        awaitApis();
        workers.forEach(ClusterProcess::start);
        awaitReady();
    }

    private ClusterProcess role(String role, ClusterNetwork.Site site) throws IOException {
        var addresses = new ArrayList<String>();
        for (var member : zooKeeper.members()) {
            addresses.add(network.route(site, member.address()));
        }
        var environment = new HashMap<>(Map.of(
                "DAGKEEPER_ZOOKEEPER", String.join(",", addresses),
                "DAGKEEPER_POSTGRES", postgres.url(network.route(site, postgres.address())),
                "DAGKEEPER_LISTEN", "127.0.0.1:" + freePort(),
                "DAGKEEPER_WORKER_NAME", site.name(),
                "DAGKEEPER_SLOTS", Integer.toString(shape.slots()),
                "DAGKEEPER_WORKER_GRACE", "2s"));
        return new ClusterProcess(
                site,
                List.of(
                        Main.class.getName(),
                        "server",
                        "--roles",
                        role,
                        "--data-dir",
                        dataDirectory(site.name()).toString()),
                environment,
                directory.resolve(site.name() + ".log"));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The data directory of the process of that name; a worker's attempts live in {@code work} in it. */
    public Path dataDirectory(String process) {
        return directory.resolve(process);
    }

    private void supervise() {
        try {
            while (!closing.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                processes().forEach(ClusterProcess::startIfWanted);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until each api answers, a master leads and all workers are members. */
    public void awaitReady() {
        awaitApis();
        Awaitility.await("a leader and all workers")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> leader().isPresent()
                        && client(0).workers().findValues("slots").size() == shape.workers());
    }

    private void awaitApis() {
        for (int i = 0; i < apis.size(); i++) {
            var number = i;
            Awaitility.await("api")
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> client(number).isAlive());
        }
    }

    /** A client of an api, which may have been started again since the last call. Fails while it was never up. */
    public DagkeeperClient client(int api) {
        return new DagkeeperClient(address(api));
    }

    /** Where an api answers now and with which token. */
    public ServerAddress address(int api) {
        var name = apis.get(api).name();
        try {
            var found = new DataDirectory(dataDirectory(name))
                    .find()
                    .orElseThrow(() -> new IllegalStateException(name + " is not up"));
            return new ServerAddress(found.url(), Optional.of(found.token()));
        } catch (IOException e) {
            throw new IllegalStateException(name + " is not up", e);
        }
    }

    /** The master that leads as far as the logs tell: whose epoch is the highest. */
    public Optional<ClusterProcess> leader() {
        return masters.stream().filter(master -> epoch(master) > 0).max(Comparator.comparingLong(this::epoch));
    }

    /** The highest epoch that any master began, 0 before the first. A new leader is there when it has grown. */
    public long epoch() {
        return masters.stream().mapToLong(this::epoch).max().orElse(0);
    }

    /** How often a leader's comparisons of Postgres and ZooKeeper set something right, by the logs of all masters. */
    public long repairs() {
        return leaderLogs.values().stream().mapToLong(LeaderLog::repairs).sum();
    }

    private long epoch(ClusterProcess master) {
        return leaderLogs
                .getOrDefault(master.name(), new LeaderLog(master.log()))
                .epoch();
    }

    public List<ClusterProcess> masters() {
        return List.copyOf(masters);
    }

    public List<ClusterProcess> workers() {
        return List.copyOf(workers);
    }

    public List<ClusterProcess> apis() {
        return List.copyOf(apis);
    }

    public ZooKeeperEnsemble zooKeeper() {
        return zooKeeper;
    }

    public DurablePostgres postgres() {
        return postgres;
    }

    /** Pulls the network cable of a process. */
    public void cut(ClusterProcess process) {
        network.cut(process.site());
    }

    /** Plugs it in again. */
    public void mend(ClusterProcess process) {
        network.mend(process.site());
    }

    private List<ClusterProcess> roles() {
        return Stream.of(apis, masters, workers).flatMap(List::stream).toList();
    }

    /** All of them but Postgres. */
    public List<ClusterProcess> processes() {
        return Stream.concat(zooKeeper.processes().stream(), roles().stream()).toList();
    }

    /** Kills every process and stops Postgres; steps are ended by the guards of their workers. */
    @Override
    public void close() {
        closing.countDown();
        try {
            supervisor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        processes().forEach(ClusterProcess::remove);
        postgres.close();
        network.close();
    }
}
