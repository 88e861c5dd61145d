package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.embedded.EmbeddedPostgres;
import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.history.Database;
import dev.dagkeeper.history.DatabaseSettings;
import dev.dagkeeper.history.RunStore.StoredAttempt;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepState;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Postgres goes while steps run and comes back: nothing is dropped, nothing runs twice, nobody has to do anything. */
@Timeout(180)
class PostgresOutageIT {
    @RegisterExtension
    static final TestZooKeeper ZOOKEEPER = new TestZooKeeper();

    @Test
    void a_result_that_comes_while_postgres_is_down_is_kept_and_recorded(@TempDir Path directory) throws Exception {
        var data = directory.resolve("postgres");
        var postgres = EmbeddedPostgres.start(data);
        int port = postgres.port();
        var url = postgres.jdbcUrl();
        var user = postgres.user();
        var password = postgres.password();
        Database.openAndMigrate(DatabaseSettings.of(url, user, password, DatabaseSettings.Role.API))
                .close();
        var cluster = new TestCluster(
                ZOOKEEPER.connectString(),
                role -> DatabaseSettings.of(url, user, password, role),
                directory.resolve("work"));
        try {
            var leader = cluster.master("m1");
            cluster.worker("w1", 4);
            var run = cluster.submit("""
                    during: {uses: gate}
                    after: {uses: gate}
                    next: {uses: noop, needs: [during, after]}
                    """);
            cluster.awaitStart(run, "during", 1);
            cluster.awaitStart(run, "after", 1);
            cluster.awaitStep(run, "after", StepState.RUNNING);

            postgres.close();
            cluster.script().open(run, "during", 1);
            // Long enough for the recorder to have failed more than once; and the leader is made to write.
            await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
            postgres = EmbeddedPostgres.start(data, port);

            cluster.awaitStep(run, "during", StepState.SUCCEEDED);
            assertThat(cluster.step(run, "after").state()).isEqualTo(StepState.RUNNING);
            cluster.script().open(run, "after", 1);
            assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(cluster.script().starts(run)).hasSize(3);
            assertThat(cluster.attempts(run, "during"))
                    .extracting(StoredAttempt::claim, StoredAttempt::result)
                    .containsExactly(tuple(1, "succeeded"));
            assertThat(leader.count("dagkeeper.leader.lost")).isZero();
        } finally {
            cluster.disband();
            postgres.close();
        }
    }
}
