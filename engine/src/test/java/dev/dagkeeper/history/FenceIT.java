package dev.dagkeeper.history;

import static dev.dagkeeper.history.Samples.step;
import static dev.dagkeeper.history.Samples.steps;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.Promised;
import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two leaders at once, on a real database. */
class FenceIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private static Connection connect() throws SQLException {
        var settings = POSTGRES.settings(Role.MASTER);
        return DriverManager.getConnection(settings.url(), settings.user(), settings.password());
    }

    @Test
    void raising_the_epoch_waits_for_an_open_leader_transaction() throws Exception {
        var leader = POSTGRES.open(Role.MASTER).leader();
        var epoch = leader.raiseEpoch();
        var run = Samples.run(1);
        POSTGRES.open(Role.API).runs().create(run);
        try (var old = connect();
                var statement = old.createStatement()) {
            old.setAutoCommit(false);
            statement.execute("SELECT fence(" + epoch + ", true)");
            var raised = CompletableFuture.supplyAsync(leader::raiseEpoch);
            awaitWaitingForLock(statement);
            assertThat(raised).isNotDone();
            statement.executeUpdate("UPDATE step SET state = 'blocked' WHERE run_id = '"
                    + run.header().id() + "'");
            old.commit();
            assertThat(raised.get(60, TimeUnit.SECONDS)).isEqualTo(epoch + 1);
        }
        var loaded = leader.load(List.of(run.header().id())).getFirst();
        assertThat(loaded.steps().getFirst().state())
                .as("loaded after the open transaction")
                .isEqualTo(StepState.BLOCKED);
    }

    @Test
    void a_round_that_waited_for_the_new_epoch_is_refused() throws Exception {
        var leader = POSTGRES.open(Role.MASTER).leader();
        var epoch = leader.raiseEpoch();
        var run = Samples.run(1);
        POSTGRES.open(Role.API).runs().create(run);
        var key = new StepKey(run.header().id(), 0, StepKey.WHOLE);
        try (var next = connect();
                var statement = next.createStatement()) {
            next.setAutoCommit(false);
            statement.execute("UPDATE master_epoch SET epoch = epoch + 1");
            var written =
                    CompletableFuture.supplyAsync(() -> leader.write(epoch, steps(step(key, StepState.BLOCKED, 1))));
            awaitWaitingForLock(statement);
            next.commit();
            assertThat(written.get(60, TimeUnit.SECONDS)).isFalse();
        }
        assertThat(leader.load(List.of(run.header().id()))
                        .getFirst()
                        .steps()
                        .getFirst()
                        .state())
                .isEqualTo(StepState.PENDING);
    }

    private static void awaitWaitingForLock(java.sql.Statement statement) {
        Awaitility.await().atMost(Promised.EVENTUALLY).until(() -> {
            try (var rows = statement.executeQuery("""
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'
                    """)) {
                rows.next();
                return rows.getInt(1) == 1;
            }
        });
    }

    @Test
    void only_rounds_that_hold_facts_wait_for_the_disk() throws Exception {
        var leader = POSTGRES.open(Role.MASTER).leader();
        leader.raiseEpoch();
        try (var connection = connect();
                var statement = connection.createStatement()) {
            assertThat(synchronousCommit(statement, true)).isEqualTo("on");
            assertThat(synchronousCommit(statement, false)).isEqualTo("off");
            try (var after = statement.executeQuery("SHOW synchronous_commit")) {
                after.next();
                assertThat(after.getString(1)).as("for the transaction only").isEqualTo("on");
            }
        }
    }

    private static String synchronousCommit(java.sql.Statement statement, boolean durable) throws SQLException {
        statement.execute("BEGIN");
        statement.execute("SELECT fence((SELECT epoch FROM master_epoch), " + durable + ")");
        try (var setting = statement.executeQuery("SHOW synchronous_commit")) {
            setting.next();
            return setting.getString(1);
        } finally {
            statement.execute("COMMIT");
        }
    }
}
