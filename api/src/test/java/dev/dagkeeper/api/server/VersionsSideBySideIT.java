package dev.dagkeeper.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.api.cli.CommandRun;
import dev.dagkeeper.api.cli.ServerProcess;
import dev.dagkeeper.cluster.Election;
import dev.dagkeeper.cluster.Incarnation;
import dev.dagkeeper.cluster.LeaderInfo;
import dev.dagkeeper.cluster.MultiResult;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.cluster.Protocol;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.cluster.ZooKeeperSettings;
import dev.dagkeeper.embedded.EmbeddedPostgres;
import dev.dagkeeper.embedded.TestZooKeeper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Processes of this version in a cluster whose leader, and a worker, are of the next: as that announces itself in ZooKeeper. */
@Timeout(180)
class VersionsSideBySideIT {
    private static final int NEXT = Protocol.NUMBER + 1;
    private static final int SUCCEEDED = 0;
    private static final int UNREACHABLE = 8;
    private static final String REFUSAL = "the cluster does not accept this process (dagkeeper ";

    private static final WorkerInfo NEWER_WORKER =
            new WorkerInfo("newer", "process", 1, List.of("default"), WorkerInfo.Offer.NOTHING, "next", NEXT, false);

    @RegisterExtension
    static final TestZooKeeper ZOOKEEPER = new TestZooKeeper();

    @TempDir
    private Path directory;

    @Test
    void whoever_does_not_fit_ends_with_exit_code_8_and_says_what_to_upgrade_and_a_mixed_pair_that_fits_goes_on()
            throws Exception {
        var gate = directory.resolve("gate");
        var begun = directory.resolve("begun");
        Files.writeString(directory.resolve("waiting.yaml"), """
                version: 1
                name: waiting
                steps:
                  wait: {uses: shell, run: "touch %s; until [ -e %s ]; do sleep 0.1; done"}
                """.formatted(begun, gate));
        try (var postgres = EmbeddedPostgres.start(directory.resolve("postgres"));
                var zooKeeper = ZooKeeperConnection.open(
                        ZooKeeperSettings.open(ZOOKEEPER.connectString()), Duration.ofSeconds(10), "newer");
                var first = start(postgres, "first", "api,master").awaitSays("dagkeeper answers at");
                var worker = start(postgres, "worker", "worker").awaitSays("has joined")) {
            assertThat(run("submit", "waiting.yaml", "--data-dir", data("first").toString())
                            .code())
                    .isZero();
            await().atMost(ServerProcess.PATIENCE).until(() -> Files.exists(begun));
            first.terminate();
            first.assertEndsWith(SUCCEEDED);

            var both = lead(zooKeeper, 1, Protocol.NUMBER, NEXT);
            Incarnation.join(zooKeeper, NEWER_WORKER, new SecureRandom());
            var older = start(postgres, "older", "master").awaitSays("has joined");
            both.close();
            assertRefused(older, "its master works with protocol " + Protocol.NUMBER, "newer speaks " + NEXT);
            assertThat(worker.isAlive()).isTrue();
            assertThat(worker.log()).doesNotContain(REFUSAL);

            try (var _ = lead(zooKeeper, 2, NEXT, NEXT)) {
                worker.awaitSays(REFUSAL);
                assertThat(worker.isAlive()).as("a step runs").isTrue();
                var late = start(postgres, "late", "worker");
                var candidate = start(postgres, "candidate", "master");
                assertRefused(late, "protocol " + Protocol.NUMBER + " is older than " + NEXT, "upgrade this process");
                assertRefused(candidate, "the lead after one that works with " + NEXT, "upgrade this process");
                Files.createFile(gate);
                assertRefused(worker, "protocol " + Protocol.NUMBER + " is older than " + NEXT, "upgrade this process");
                assertThat(report(postgres)).contains("succeeded");
            }
        }
    }

    private static void assertRefused(ServerProcess process, String... words) throws Exception {
        try (process) {
            process.assertEndsWith(UNREACHABLE);
            assertThat(process.log())
                    .contains(REFUSAL)
                    .contains(words)
                    .doesNotContain("\tat ", "internal error")
                    .satisfies(log -> assertThat(log.split("does not accept")).hasSize(2));
        }
    }

    /** Wins the election and announces which protocols it works with, under an epoch after those that were. */
    private static Election lead(ZooKeeperConnection zooKeeper, int number, int oldest, int newest) throws Exception {
        var election = new Election(zooKeeper, "newer", new Election.Listener() {
            @Override
            public void elected() {}

            @Override
            public void deposed() {}
        });
        await().atMost(ServerProcess.PATIENCE)
                .until(() -> Election.leader(zooKeeper).filter("newer"::equals).isPresent());
        var info = new LeaderInfo(new Protocol(oldest, newest), zooKeeper.sessionId());
        assertThat(zooKeeper.multi(List.of(
                        zooKeeper.creation(Paths.EPOCHS + "/" + 1_000 * number, info.toJson(), CreateMode.PERSISTENT))))
                .isInstanceOf(MultiResult.Done.class);
        return election;
    }

    private Path data(String name) {
        return directory.resolve(name);
    }

    private ServerProcess start(EmbeddedPostgres postgres, String name, String roles) throws Exception {
        Files.createDirectories(data(name));
        Files.writeString(data(name).resolve("dagkeeper.yaml"), """
                stores:
                  zookeeper: ["%s"]
                  postgres: "postgresql://%s:%s@127.0.0.1:%d/postgres"
                worker: {name: %s}
                """.formatted(
                        ZOOKEEPER.connectString(), postgres.user(), postgres.password(), postgres.port(), name));
        return ServerProcess.start(directory.resolve(name + ".log"), data(name), "--roles", roles);
    }

    private static List<String> report(EmbeddedPostgres postgres) throws Exception {
        try (var connection = DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT report::text FROM step")) {
            assertThat(row.next()).isTrue();
            return List.of(String.valueOf(row.getString(1)));
        }
    }

    private CommandRun run(String... arguments) {
        return CommandRun.of(directory, Map.of(), arguments);
    }
}
