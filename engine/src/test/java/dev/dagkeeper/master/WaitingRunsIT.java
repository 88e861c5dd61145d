package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.history.TestPostgres;
import dev.dagkeeper.run.RunState;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Thousands of runs that wait in one group. */
@Timeout(180)
class WaitingRunsIT {
    private static final int RUNS = 3_000;

    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    @RegisterExtension
    static final TestZooKeeper ZOOKEEPER = new TestZooKeeper();

    @RegisterExtension
    final ClusterPerTest clusters = new ClusterPerTest(ZOOKEEPER::connectString, POSTGRES);

    private TestCluster cluster;

    @BeforeEach
    void form(TestCluster formed) {
        cluster = formed;
    }

    @Test
    void thousands_wait_and_cost_others_nothing_and_give_way_together() throws Exception {
        var first = cluster.submit("concurrency: {max: 1}\n", "stands: {uses: gate}\n");
        POSTGRES.execute("""
                INSERT INTO run (id, revision_id, namespace, workflow, revision, trigger, nominal_time, interval_start,
                    interval_end, priority, inputs, labels, created_at, concurrency_group)
                SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint + 1000), 12, '0') || '70008000'
                        || lpad(to_hex(n), 12, '0'))::uuid,
                    revision_id, namespace, workflow, revision, trigger, nominal_time, interval_start, interval_end,
                    priority, inputs, labels, created_at, concurrency_group
                FROM run, generate_series(1, %d) AS n WHERE id = '%s'
                """.formatted(RUNS, first));
        POSTGRES.execute("""
                INSERT INTO step (run_id, step, step_id, reason)
                SELECT id, 0, 'stands', 'waits' FROM run WHERE id <> '%s'
                """.formatted(first));
        var leader = cluster.master("m1");
        cluster.worker("w1", 4);
        cluster.awaitStart(first, "stands", 1);
        await().atMost(Duration.ofSeconds(30)).until(() -> waiting() == RUNS);
        assertThat(cluster.database().leader().newRuns())
                .as("what a leader finds when a bell rings")
                .isEmpty();
        assertThat(other()).as("another run beside them").isLessThan(Promised.within(Duration.ofSeconds(2)));
        leader.die();
        cluster.master("m2");
        assertThat(other())
                .as("another run, and a new leader before")
                .isLessThan(Promised.within(Duration.ofSeconds(6)));
        assertThat(waiting()).isEqualTo(RUNS);
        var latest = cluster.submit("concurrency: {max: 1, on-conflict: queue-latest}\n", "stands: {uses: gate}\n");
        await().atMost(Duration.ofSeconds(30)).until(() -> waiting() == 1);
        cluster.script().open(first, "stands", 1);
        cluster.awaitStart(latest, "stands", 1);
    }

    /** How long a run takes that has nothing to do with them. */
    private Duration other() {
        long began = System.nanoTime();
        var run = cluster.submit("other", "", "a: {uses: noop}\n");
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private static int waiting() {
        return Integer.parseInt(POSTGRES.texts("SELECT count(*)::text FROM run WHERE state = 'queued' AND reason <> ''")
                .getFirst());
    }
}
