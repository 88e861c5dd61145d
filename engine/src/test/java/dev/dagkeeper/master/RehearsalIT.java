package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.cluster.EpochFence;
import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.history.RunIds;
import dev.dagkeeper.history.TestPostgres;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.settings.LiveSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
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

    private Leader understudy() {
        return understudy(cluster.workflows(cluster.database()));
    }

    private Leader understudy(Workflows workflows) {
        var database = cluster.database();
        return new Leader(
                cluster.zooKeeper(),
                database.leader(),
                workflows,
                database::now,
                System::nanoTime,
                new LeaderSettings(TestCluster.WORKER_SESSION, Duration.ofSeconds(30), Duration.ofSeconds(2)),
                new LeaderMetrics(new SimpleMeterRegistry()),
                _ -> {},
                LiveSettings.DEFAULT,
                fired -> new QuartzAlarms(database::now, InstantSource.system(), fired),
                new RunIds(InstantSource.system()),
                new EpochFence(0));
    }

    @Test
    void a_candidate_loads_what_is_active_and_changes_nothing() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 1);
        cluster.deploy("sometimes", "t: {every: 1h}\n", "a: {uses: noop}\n");
        var run = cluster.submit("""
                held: {uses: gate}
                behind: {uses: noop, needs: [held]}
                beside: {uses: noop}
                """);
        cluster.awaitStep(run, "held", StepState.RUNNING);
        cluster.awaitStep(run, "beside", StepState.QUEUED);
        var database = cluster.database();
        var before = database.runs().steps(run, Optional.empty(), 10).steps();
        var rehearsal = new Rehearsal(this::understudy, cluster.zooKeeper(), () -> false);

        assertThat(rehearsal.once()).isEqualTo(1);

        assertThat(database.runs().steps(run, Optional.empty(), 10).steps()).isEqualTo(before);
        cluster.script().open(run, "held", 1);
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(cluster.attempts(run, "held")).hasSize(1);
        assertThat(rehearsal.once()).isZero();
    }

    @Test
    void a_candidate_that_is_elected_leaves_off() throws Exception {
        var run = cluster.submit("a: {uses: noop}\n");
        var loaded = new AtomicInteger();
        var rehearsal = new Rehearsal(
                () -> understudy(id -> {
                    loaded.incrementAndGet();
                    return cluster.workflows(cluster.database()).find(id);
                }),
                cluster.zooKeeper(),
                () -> true);
        assertThat(rehearsal.once()).isEqualTo(1);
        assertThat(loaded).hasValue(0);

        cluster.master("m1");
        cluster.worker("w1", 1);
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
    }
}
