package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.history.TestPostgres;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepState;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Deadlines of runs that make no progress, with a leader and without one. */
@Timeout(180)
class DeadlinesIT {
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
    void alert_cancel_and_failure_come_in_time_while_nothing_moves() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 2);
        var run = cluster.submit("""
                deadlines:
                  - {from: scheduled, within: 200ms, do: alert}
                  - {from: started, within: 3s, do: fail}
                """, """
                stands: {uses: gate}
                never: {uses: noop, needs: [stands]}
                """);
        // Nobody serves its queue, so this one has not even begun to do anything.
        var waiting = cluster.submit("deadlines: [{from: queued, within: 300ms, do: cancel}]\n", """
                nowhere: {uses: noop, queue: nobody}
                """);
        var failed = cluster.awaitEnd(run);
        assertThat(failed.state()).isEqualTo(RunState.FAILED);
        assertThat(failed.reason()).isEqualTo("deadline: not ended 3s after it was started");
        assertThat(cluster.script().interrupted(run)).hasSize(1);
        assertThat(cluster.step(run, "never").state()).isEqualTo(StepState.CANCELLED);
        assertThat(struck(run))
                .containsExactly("not ended 200ms after its scheduled time", "not ended 3s after it was started");
        assertThat(alerts(run)).containsExactly("run of test not ended 200ms after its scheduled time running");
        var cancelled = cluster.awaitEnd(waiting);
        assertThat(cancelled.state()).isEqualTo(RunState.CANCELLED);
        assertThat(cancelled.reason()).isEqualTo("cancelled by deadline: not ended 300ms after it was created");
        assertThat(alerts(waiting)).as("of a cancel nobody is told besides").isEmpty();
    }

    @Test
    void run_that_waits_for_a_place_in_its_group_has_deadlines_too() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 2);
        var group = "concurrency: {group: one, max: 1}\n";
        var first = cluster.submit(group, "stands: {uses: gate}\n");
        cluster.awaitStart(first, "stands", 1);
        var second = cluster.submit(group + """
                deadlines:
                  - {from: started, within: 1ms, do: fail}
                  - {from: scheduled, within: 100ms, do: alert}
                  - {from: queued, within: 300ms, do: cancel}
                """, "never: {uses: noop}\n");
        var ended = cluster.awaitEnd(second);
        assertThat(ended.state()).isEqualTo(RunState.CANCELLED);
        assertThat(ended.reason()).isEqualTo("cancelled by deadline: not ended 300ms after it was created");
        assertThat(ended.startedAt()).isEmpty();
        assertThat(alerts(second)).containsExactly("run of test not ended 100ms after its scheduled time queued");
        assertThat(struck(second)).hasSize(2);
        cluster.command(first, "cancel");
        assertThat(cluster.awaitEnd(first).state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void what_passed_while_nobody_led_strikes_then_and_what_has_struck_does_not_strike_again() throws Exception {
        var run = cluster.submit("deadlines: [{from: scheduled, within: 1ms, do: alert}]\n", "stands: {uses: gate}\n");
        await().atMost(Promised.EVENTUALLY)
                .until(() -> cluster.database()
                        .runs()
                        .find(run)
                        .orElseThrow()
                        .header()
                        .createdAt()
                        .isBefore(cluster.database().leader().now().minusMillis(50)));
        var first = cluster.master("m1");
        cluster.worker("w1", 1);
        await().atMost(Promised.EVENTUALLY).until(() -> alerts(run).size() == 1);
        cluster.awaitStart(run, "stands", 1);
        first.die();
        cluster.master("m2");
        cluster.command(run, "cancel");
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.CANCELLED);
        assertThat(struck(run)).hasSize(1);
        assertThat(alerts(run)).hasSize(1);
    }

    private static List<String> alerts(RunId run) {
        return POSTGRES.texts(
                "SELECT subject || ' ' || (data->'run'->>'state') FROM alert WHERE run_id = '%s' ORDER BY 1"
                        .formatted(run));
    }

    private static List<String> struck(RunId run) {
        return POSTGRES.texts(
                "SELECT reason FROM event WHERE run_id = '%s' AND type = 'deadline' ORDER BY seq".formatted(run));
    }
}
