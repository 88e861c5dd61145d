package dev.dagkeeper.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.dagkeeper.Promised;
import dev.dagkeeper.api.cli.HostOptions;
import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.RunRequest;
import dev.dagkeeper.api.client.SourceFile;
import dev.dagkeeper.embedded.EmbeddedPostgres;
import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.run.RunState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Several engines over the same stores: what is set holds on all of them within a second, whoever leads. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LiveSettingsIT {
    private static final Duration WITHIN = Promised.within(Duration.ofSeconds(1));

    @RegisterExtension
    static final TestZooKeeper ZOOKEEPER = new TestZooKeeper();

    @TempDir
    static Path directory;

    private final List<AutoCloseable> closing = new ArrayList<>();
    private EmbeddedPostgres postgres;
    private LocalEngineHost first;
    private DagkeeperClient client;

    @BeforeAll
    void start() throws Exception {
        postgres = EmbeddedPostgres.start(directory.resolve("postgres"));
        closing.add(postgres);
        first = new LocalEngineHost();
        closing.add(first);
        host(first, "first", HostOptions.Role.MASTER);
        host(new LocalEngineHost(), "second", HostOptions.Role.MASTER);
        host(new LocalEngineHost(), "third", HostOptions.Role.WORKER);
        client = host(new LocalEngineHost(), "fourth", HostOptions.Role.API);
        await().atMost(Duration.ofSeconds(30)).until(() -> !workers().isEmpty());
    }

    @AfterAll
    void stop() throws Exception {
        for (var open : closing.reversed()) {
            open.close();
        }
    }

    private DagkeeperClient host(LocalEngineHost host, String name, HostOptions.Role role) throws Exception {
        closing.add(host);
        var data = Files.createDirectories(directory.resolve(name));
        Files.writeString(data.resolve("dagkeeper.yaml"), """
                stores:
                  zookeeper: ["%s"]
                  postgres: "postgresql://%s:%s@127.0.0.1:%d/postgres"
                worker: {name: %s, slots: 4}
                """.formatted(
                        ZOOKEEPER.connectString(), postgres.user(), postgres.password(), postgres.port(), name));
        return new DagkeeperClient(host.start(HostOptions.of(data, HostOptions.Lifetime.SERVER)
                .withRoles(role)
                .withListen("127.0.0.1:0")));
    }

    private List<JsonNode> workers() {
        var workers = new ArrayList<JsonNode>();
        client.workers().path("items").forEach(workers::add);
        return workers;
    }

    private void set(String key, JsonNode value) {
        var current = client.config();
        var settings = (ObjectNode) current.required("settings");
        settings.set(key, value);
        client.putConfig(current.path("version").asLong(), settings, "");
    }

    private static void within(String what, Callable<Boolean> condition) {
        var began = System.nanoTime();
        await().atMost(Promised.EVENTUALLY).pollInterval(Duration.ofMillis(5)).until(condition);
        var took = Duration.ofNanos(System.nanoTime() - began);
        System.out.println("live settings: " + what + " after " + took.toMillis() + " ms");
        assertThat(took).as(what).isLessThan(WITHIN);
    }

    private String submit(String pool) {
        var workflow = "version: 1\nname: wants_" + pool + "\nsteps:\n  a: {uses: noop, pools: {" + pool + ": 1}}\n";
        return client.submit(new RunRequest(
                        new RunRequest.Source(new SourceFile("w.yaml", workflow, Map.of())),
                        JsonMapper.shared().createObjectNode(),
                        Optional.empty(),
                        OptionalInt.empty(),
                        pool))
                .id();
    }

    private boolean waitsForPool(String run) {
        return client.run(run)
                .json()
                .path("steps")
                .path(0)
                .path("state")
                .asString("")
                .equals("blocked");
    }

    @Test
    void a_change_holds_on_all_processes_within_a_second_and_under_the_next_leader() throws Exception {
        var numbers = JsonMapper.shared().getNodeFactory();
        set("worker.slots.third", numbers.numberNode(7));
        within(
                "a worker has other slots",
                () -> workers().getFirst().path("slots").asInt() == 7);

        var logger = (Logger) LoggerFactory.getLogger("dev.dagkeeper");
        var before = logger.getLevel();
        set("log.level", numbers.stringNode("error"));
        within("other log level", () -> logger.getLevel() == Level.ERROR);
        var rest = ((ObjectNode) client.config().required("settings")).without("log.level");
        client.putConfig(client.config().path("version").asLong(), rest, "");
        within("log level as started", () -> logger.getLevel() == before);

        // The first step of all loads classes, which is not what is measured.
        set("pools.warm", numbers.numberNode(1));
        var warm = submit("warm");
        await().atMost(Promised.EVENTUALLY).until(() -> client.run(warm).state() == RunState.SUCCEEDED);

        var waiting = submit("early");
        await().atMost(Promised.EVENTUALLY).until(() -> waitsForPool(waiting));
        set("pools.early", numbers.numberNode(1));
        within(
                "the leader has another pool, and a step ran",
                () -> client.run(waiting).state() == RunState.SUCCEEDED);

        first.close();
        var next = submit("early_again");
        await().atMost(Duration.ofSeconds(30)).until(() -> waitsForPool(next));
        var known = submit("early");
        await().atMost(Promised.EVENTUALLY).until(() -> client.run(known).state() == RunState.SUCCEEDED);
        set("pools.early_again", numbers.numberNode(1));
        within("so has the next leader", () -> client.run(next).state() == RunState.SUCCEEDED);
    }
}
