package dev.dagkeeper.api.http;

import dev.dagkeeper.doctor.Doctor;
import dev.dagkeeper.doctor.LiveNodes;
import dev.dagkeeper.executor.ExecutorCatalog;
import dev.dagkeeper.history.Database;
import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.history.RunIds;
import dev.dagkeeper.history.TestPostgres;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.workflow.Limits;
import dev.dagkeeper.workflow.StepTypes;
import dev.dagkeeper.workflow.YamlWorkflowCompiler;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** The API over a real Postgres, with a leader that the test plays and a ZooKeeper that the test sets. */
final class ApiUnderTest implements AutoCloseable {
    static final String TOKEN = "0123456789abcdef0123456789abcdef";
    static final HttpLimits LIMITS = new HttpLimits(
            64 << 10,
            64 << 10,
            4,
            100,
            50,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofMillis(500),
            Duration.ofMillis(400),
            Duration.ofSeconds(2));

    final Database database;
    final TestLeader leader;
    final Cluster cluster = new Cluster();
    final LinkedBlockingQueue<String> rings = new LinkedBlockingQueue<>();
    final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    final Collaborators collaborators;
    final HttpApi api;

    /** What a bell does besides being counted; may throw. */
    volatile Consumer<RunId> onCommand = run -> {};

    ApiUnderTest(TestPostgres postgres) throws IOException {
        database = postgres.open(Role.API);
        leader = new TestLeader(database.leader());
        var types = StepTypes.of(
                ExecutorCatalog.load(ApiUnderTest.class.getClassLoader()).types());
        collaborators = new Collaborators(
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
                () -> rings.add("settings"),
                database.drains(),
                database.alerts(),
                new YamlWorkflowCompiler(types, Limits.DEFAULT),
                types,
                new RunIds(InstantSource.system()),
                new Bells(),
                cluster,
                new Doctor(database.inspection(), _ -> Optional.empty(), this::nodes),
                InstantSource.system(),
                () -> meters,
                "test");
        api = HttpApi.start(new HttpSettings("127.0.0.1", 0, TOKEN, LIMITS), collaborators);
    }

    @Override
    public void close() {
        api.close();
    }

    private Optional<LiveNodes> nodes() {
        return cluster.available
                ? Optional.of(new LiveNodes(
                        Set.of("w1~abc"),
                        Map.of("w1~abc", List.of()),
                        Map.of(),
                        List.of(leader.epoch()),
                        Optional.of("m1")))
                : Optional.empty();
    }

    private final class Bells implements RunBells {
        @Override
        public void runCreated(RunId run) {
            rings.add("created " + run);
            if (!cluster.available) {
                throw new IllegalStateException("ZooKeeper is away");
            }
        }

        @Override
        public void triggersChanged() {
            rings.add("triggers");
        }

        @Override
        public void datasetUpdated() {
            rings.add("datasets");
        }

        @Override
        public void workersChanged() {
            rings.add("workers");
        }

        @Override
        public void commandGiven(RunId run) {
            rings.add("command " + run);
            onCommand.accept(run);
        }
    }

    /** ZooKeeper as the test wants it. */
    static final class Cluster implements ClusterView {
        private static final Instant SINCE = Instant.parse("2026-01-01T00:00:00Z");

        private static final RunId RUN = RunId.parse("01890000-0000-7000-8000-000000000001");

        volatile boolean available = true;
        volatile List<Lock> locks = List.of(lock(1));
        volatile List<Item> queue = List.of(item(2, 5));
        volatile boolean stopping;
        volatile Optional<String> refusal = Optional.empty();

        @Override
        public boolean available() {
            return available;
        }

        @Override
        public List<Worker> workers() {
            return available
                    ? List.of(new Worker(
                            "w1~abc",
                            "w1",
                            16,
                            3,
                            List.of("default", "gpu"),
                            new Offer(4, 8L << 30, Map.of("gpu", "a100"), Optional.of("north")),
                            "test",
                            1,
                            stopping,
                            refusal,
                            "0x1",
                            SINCE))
                    : List.of();
        }

        @Override
        public Optional<String> leader() {
            return available ? Optional.of("m1") : Optional.empty();
        }

        @Override
        public Optional<Lead> lead() {
            return available ? Optional.of(new Lead(7, SINCE)) : Optional.empty();
        }

        @Override
        public List<Participant> processes() {
            return available
                    ? List.of(
                            new Participant("m1", List.of("api", "master"), "test", 1, "0x2", 2000, SINCE),
                            new Participant("m2", List.of("master"), "test", 1, "0x3", 2000, SINCE))
                    : List.of();
        }

        @Override
        public List<Lock> locks() {
            return available ? locks : List.of();
        }

        @Override
        public List<Item> queue() {
            return available ? queue : List.of();
        }

        static Lock lock(int step) {
            return new Lock("w1~abc", new StepKey(RUN, step, 0), 2, SINCE);
        }

        static Item item(int step, int priority) {
            return new Item("w1~abc", new StepKey(RUN, step, StepKey.WHOLE), 1, priority, SINCE);
        }
    }
}
