package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.history.DatabaseClock;
import dev.dagkeeper.history.TestPostgres;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepState;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class RehearsalIT {
    @RegisterExtension
    static final TestZooKeeper ZOOKEEPER = new TestZooKeeper();

    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private TestCluster cluster;

    @BeforeEach
    void form(@TempDir Path directory) throws Exception {
        cluster = new TestCluster(ZOOKEEPER.connectString(), POSTGRES::settings, directory);
    }

    @AfterEach
    void disband() throws Exception {
        cluster.disband();
    }

    @Test
    void a_candidate_loads_what_is_active_and_changes_nothing() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 1);
        var run = cluster.submit("""
                held: {uses: gate}
                behind: {uses: noop, needs: [held]}
                beside: {uses: noop}
                """);
        cluster.awaitStep(run, "held", StepState.RUNNING);
        cluster.awaitStep(run, "beside", StepState.QUEUED);
        var database = cluster.database();
        var before = database.runs().steps(run, Optional.empty(), 10).steps();
        var rehearsal = new Rehearsal(
                cluster.zooKeeper(),
                database.leader(),
                cluster.workflows(database),
                DatabaseClock.start(database),
                () -> false);

        assertThat(rehearsal.once()).isEqualTo(1);

        assertThat(database.runs().steps(run, Optional.empty(), 10).steps()).isEqualTo(before);
        cluster.script().open(run, "held", 1);
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(cluster.attempts(run, "held")).hasSize(1);
        assertThat(rehearsal.once()).isZero();
    }
}
