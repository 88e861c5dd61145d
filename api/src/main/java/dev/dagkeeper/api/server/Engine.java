package dev.dagkeeper.api.server;

import dev.dagkeeper.alert.AlertSender;
import dev.dagkeeper.alert.Backoff;
import dev.dagkeeper.api.http.Collaborators;
import dev.dagkeeper.api.http.HttpApi;
import dev.dagkeeper.api.http.HttpLimits;
import dev.dagkeeper.api.http.HttpSettings;
import dev.dagkeeper.cluster.Bells;
import dev.dagkeeper.cluster.Compatibility;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.cluster.Presence;
import dev.dagkeeper.cluster.ProcessInfo;
import dev.dagkeeper.cluster.Protocol;
import dev.dagkeeper.cluster.RefusedException;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.config.Configuration;
import dev.dagkeeper.config.Connections;
import dev.dagkeeper.config.Role;
import dev.dagkeeper.doctor.Doctor;
import dev.dagkeeper.embedded.LocalDatabase;
import dev.dagkeeper.executor.ExecutorCatalog;
import dev.dagkeeper.history.Database;
import dev.dagkeeper.history.DatabaseClock;
import dev.dagkeeper.history.DatabaseSettings;
import dev.dagkeeper.history.RunIds;
import dev.dagkeeper.master.LeaderSettings;
import dev.dagkeeper.master.Master;
import dev.dagkeeper.worker.AttemptRunner;
import dev.dagkeeper.worker.AttemptSettings;
import dev.dagkeeper.worker.ConfiguredSecrets;
import dev.dagkeeper.worker.Worker;
import dev.dagkeeper.workflow.Limits;
import dev.dagkeeper.workflow.RememberingCompiler;
import dev.dagkeeper.workflow.StepTypes;
import dev.dagkeeper.workflow.YamlWorkflowCompiler;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * The roles of one process, wired by hand over stores that are there. What was started last is closed first; a start that
 * fails closes what it had started.
 */
final class Engine implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Engine.class);
    private static final Duration MASTER_SESSION = Duration.ofSeconds(2);
    private static final Duration WORKER_SESSION = Duration.ofSeconds(6);
    private static final Duration ZOOKEEPER_PATIENCE = Duration.ofSeconds(15);

    /** Without either store for so long, a worker ends its processes: by then their claims have been given to others. */
    private static final Duration ISOLATION_TIMEOUT = Duration.ofMinutes(2);

    private final Configuration configuration;
    private final Set<Role> roles;
    private final StoreAddresses stores;
    private final Map<String, String> environment;
    private final String token;
    private final Consumer<String> refused;
    private final Closing closing = new Closing();
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private Optional<Costs> costs = Optional.empty();
    private Optional<HttpApi> http = Optional.empty();
    private Optional<Master> master = Optional.empty();
    private Optional<Worker> worker = Optional.empty();
    private Optional<Database> apiDatabase = Optional.empty();

    private Engine(
            Configuration configuration,
            Set<Role> roles,
            StoreAddresses stores,
            Map<String, String> environment,
            String token,
            Consumer<String> refused) {
        this.configuration = configuration;
        this.roles = Set.copyOf(roles);
        this.stores = stores;
        this.environment = environment;
        this.token = token;
        this.refused = refused;
    }

    /**
     * Starts the roles and returns when all of them work.
     *
     * @param token what HTTP clients must show
     * @param refused told, by a thread that {@link #close} waits for, when the cluster does not accept this process any more
     * @throws RefusedException when it does not accept it now
     */
    static Engine start(
            Configuration configuration,
            Set<Role> roles,
            StoreAddresses stores,
            Map<String, String> environment,
            String token,
            Consumer<String> refused)
            throws IOException, InterruptedException {
        var engine = new Engine(configuration, roles, stores, environment, token, refused);
        try {
            engine.start();
            return engine;
        } catch (IOException | InterruptedException | RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    private void start() throws IOException, InterruptedException {
        // Helidon and the Postgres driver log with java.util.logging, which would write to the terminal by itself.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        var database = closing.add(Database.openAndMigrate(database(DatabaseSettings.Role.API)));
        apiDatabase = Optional.of(database);
        costs = Optional.of(new Costs(database));
        var clock = DatabaseClock.start(database);
        var executors = ExecutorCatalog.load(Engine.class.getClassLoader());
        var types = StepTypes.of(executors.types());
        var compiler = new RememberingCompiler(new YamlWorkflowCompiler(types, Limits.DEFAULT));
        var revisions = new CompiledRevisions(database.workflows(), database.files(), compiler);
        var zooKeeper = stores.zooKeeper().isPresent()
                ? Optional.of(connect(MASTER_SESSION, "master"))
                : Optional.<ZooKeeperConnection>empty();
        var settings = closing.add(new SettingsFeed(database.settings(), zooKeeper));
        var levels = new LogLevels();
        settings.listen(now -> levels.set(now.logLevel()));
        zooKeeper.ifPresent(connection -> closing.add(Presence.announce(connection, processInfo(connection))));
        if (roles.contains(Role.MASTER)) {
            startMaster(zooKeeper.orElseThrow(), revisions, clock, settings);
        }
        if (roles.contains(Role.WORKER)) {
            startWorker(revisions, executors, clock, settings);
        }
        if (roles.contains(Role.API)) {
            var collaborators = new Collaborators(
                    database.runs(),
                    database.workflows(),
                    database.schedules(),
                    database.backfills(),
                    database.datasets(),
                    database.files(),
                    database.events(),
                    database.logs(),
                    database.commands(),
                    database.settings(),
                    () -> {
                        settings.look();
                        zooKeeper.ifPresent(connection -> new Bells(connection).ring(Bells.SETTINGS));
                    },
                    database.drains(),
                    database.alerts(),
                    compiler,
                    types,
                    new RunIds(clock),
                    new LeaderBells(zooKeeper),
                    new ZooKeeperClusterView(zooKeeper),
                    new Doctor(database.inspection(), revisions.forLeader()::find, new LiveZooKeeper(zooKeeper)),
                    clock,
                    this::figures,
                    Version.TEXT);
            var listen = configuration.server().listen();
            http = Optional.of(closing.add(HttpApi.start(
                    new HttpSettings(listen.host(), listen.port(), token, HttpLimits.DEFAULT), collaborators)));
        }
    }

    private ZooKeeperConnection connect(Duration session, String name) throws InterruptedException {
        var settings = stores.zooKeeper().orElseThrow();
        var connection = closing.add(ZooKeeperConnection.open(settings, session, name));
        costs.orElseThrow().count(connection);
        connection.awaitUsable(ZOOKEEPER_PATIENCE);
        if (stores.embedded()) {
            connection.keepOthersOut();
        }
        return connection;
    }

    /** What there is to be shown of this process. */
    private PrometheusMeterRegistry figures() {
        costs.ifPresent(all -> all.show(meters));
        return meters;
    }

    private String processId() {
        return configuration.worker().name() + "/" + ProcessHandle.current().pid();
    }

    private ProcessInfo processInfo(ZooKeeperConnection zooKeeper) {
        return new ProcessInfo(
                processId(),
                roles.stream().sorted().map(Role::text).toList(),
                Version.TEXT,
                Protocol.NUMBER,
                zooKeeper.sessionTimeoutMillis());
    }

    private void startMaster(
            ZooKeeperConnection zooKeeper, CompiledRevisions revisions, DatabaseClock clock, SettingsFeed settings) {
        check(Compatibility.objectionToCandidate(zooKeeper, Protocol.SUPPORTED));
        var database = closing.add(Database.open(database(DatabaseSettings.Role.MASTER)));
        var candidate = closing.add(new Master(
                zooKeeper,
                processId(),
                database.leader(),
                revisions.forLeader(),
                clock,
                stores.embedded() ? LeaderSettings.EMBEDDED : LeaderSettings.CLUSTER,
                settings.now(),
                this::refuse,
                meters));
        settings.listen(candidate::settingsAre);
        master = Optional.of(candidate);
        var history = closing.add(new HistoryKeeper(
                apiDatabase.orElseThrow(),
                clock,
                candidate::leads,
                () -> zooKeeper.children(Paths.WORKERS),
                settings.now()));
        settings.listen(history::settingsAre);
        closing.add(new AlertSender(
                apiDatabase.orElseThrow().alerts(),
                configuration.alerts(),
                Backoff.DEFAULT,
                clock,
                candidate::leads,
                meters));
    }

    private void startWorker(
            CompiledRevisions revisions, ExecutorCatalog executors, DatabaseClock clock, SettingsFeed live)
            throws IOException, InterruptedException {
        var settings = configuration.worker();
        var database = closing.add(Database.open(database(DatabaseSettings.Role.WORKER)));
        var zooKeeper = connect(WORKER_SESSION, "worker");
        check(Compatibility.objectionToWorker(zooKeeper, Protocol.NUMBER));
        var runner = AttemptRunner.open(
                new AttemptSettings(
                        settings.name(),
                        configuration.dataDirectory().path().resolve("work"),
                        connections(),
                        settings.baseEnvironment(environment),
                        settings.grace(),
                        settings.logLimit(),
                        settings.guard()),
                database.worker(),
                revisions.forWorker(),
                executors,
                new ConfiguredSecrets(configuration.secrets(), environment),
                clock);
        var info = new WorkerInfo(
                settings.name(),
                UUID.randomUUID().toString(),
                live.now().slotsOf(settings.name(), settings.slots()),
                settings.queues(),
                Machine.complete(settings.offer()),
                Version.TEXT);
        var started = closing.add(
                new Worker(zooKeeper, info, database.worker(), runner, ISOLATION_TIMEOUT, this::refuse, meters));
        live.listen(now -> started.slots(now.slotsOf(settings.name(), settings.slots())));
        worker = Optional.of(started);
    }

    private static void check(Optional<String> objection) {
        objection.ifPresent(why -> {
            throw new RefusedException(refusal(why));
        });
    }

    private void refuse(String why) {
        refused.accept(refusal(why));
    }

    private static String refusal(String why) {
        return "the cluster does not accept this process (dagkeeper " + Version.TEXT + "): " + why;
    }

    private Connections connections() {
        var configured = configuration.connections();
        return stores.local()
                .filter(_ -> configured.find(LocalDatabase.NAME).isEmpty())
                .map(local -> configured.with(LocalDatabase.NAME, local.connection()))
                .orElse(configured);
    }

    private DatabaseSettings database(DatabaseSettings.Role role) {
        return DatabaseSettings.of(stores.jdbcUrl(), stores.user(), stores.password(), role);
    }

    /**
     * Gets ready to be closed without disturbing anybody: balancers are told to look elsewhere, another may lead at once,
     * and what runs here may end, within the configured time. To be closed afterwards; closing it meanwhile ends the wait.
     */
    void drain() throws InterruptedException {
        http.ifPresent(HttpApi::announceClosing);
        master.ifPresent(closing::closeNow);
        if (worker.isPresent()) {
            var timeout = configuration.server().drainTimeout();
            if (!worker.get().drain(timeout)) {
                log.warn("steps still run after {}: they are ended and given back", timeout);
            }
        }
    }

    /** Where clients find the api; empty without that role. */
    Optional<URI> uri() {
        return http.map(HttpApi::uri);
    }

    /** Whether nothing is active and no request is being answered. */
    boolean isIdle() {
        return http.map(HttpApi::openRequests).orElse(0) == 0
                && apiDatabase
                        .map(database -> database.runs().activeRevisions().isEmpty())
                        .orElse(true);
    }

    @Override
    public void close() {
        closing.close();
        meters.close();
    }
}
