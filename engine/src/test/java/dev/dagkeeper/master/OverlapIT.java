package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.history.RunStore.StoredRun;
import dev.dagkeeper.history.TestPostgres;
import dev.dagkeeper.run.GroupName;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepState;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs that share places, on real stores. */
@Timeout(180)
class OverlapIT {
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

    private RunId submit(String group, String policy) {
        return submit("test", group, policy);
    }

    /** A run that stands at its gate. */
    private RunId submit(String workflow, String group, String policy) {
        return cluster.submit(
                workflow,
                "concurrency: {group: " + group + ", max: 1, on-conflict: " + policy + "}\n",
                "stands: {uses: gate}\nafter: {uses: noop, needs: [stands]}\n");
    }

    private StoredRun find(RunId run) {
        return cluster.database().runs().find(run).orElseThrow();
    }

    private void awaitWaiting(RunId run) {
        await("run " + run + " waits")
                .atMost(Promised.EVENTUALLY)
                .until(() -> !find(run).reason().isEmpty());
        assertThat(find(run).state()).isEqualTo(RunState.QUEUED);
    }

    private void end(RunId run) {
        cluster.script().open(run, "stands", 1);
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    private static List<String> told(String group) {
        return POSTGRES.texts(
                "SELECT reason FROM waiting WHERE demand = '" + new GroupName("default", group).key() + "'");
    }

    @Test
    void allow_queue_and_skip_share_a_group_across_workflows() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 8);
        var first = submit("g", "queue");
        cluster.awaitStart(first, "stands", 1);
        var second = submit("other", "g", "queue");
        awaitWaiting(second);
        assertThat(find(second).reason()).isEqualTo("waits for a place in group g");
        await().atMost(Promised.EVENTUALLY).until(() -> !told("g").isEmpty());
        assertThat(told("g")).containsExactly("waits for a place in group g: 1 of 1 taken by run " + first + " (test)");
        assertThat(POSTGRES.texts("SELECT from_state || ' ' || to_state || ' ' || reason FROM event WHERE run_id = '%s'"
                        .formatted(second)))
                .containsExactly(
                        "queued queued waits for a place in group g: 1 of 1 taken by run " + first + " (test)");
        var allowed = submit("third", "g", "allow");
        cluster.awaitStart(allowed, "stands", 1);
        var skipped = cluster.awaitEnd(submit("g", "skip"));
        assertThat(skipped.state()).isEqualTo(RunState.SKIPPED);
        assertThat(skipped.reason()).startsWith("group g is full: run " + first + " (test), run " + allowed);
        assertThat(skipped.startedAt()).isEmpty();
        assertThat(cluster.step(skipped.header().id(), "after").state()).isEqualTo(StepState.SKIPPED);
        end(allowed);
        assertThat(find(second).state()).isEqualTo(RunState.QUEUED);
        end(first);
        cluster.awaitStart(second, "stands", 1);
        await().atMost(Promised.EVENTUALLY).until(() -> told("g").isEmpty());
        end(second);
    }

    @Test
    void queue_first_and_queue_latest_let_one_wait_and_fail_fails_with_its_hooks() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 8);
        var first = submit("g", "queue-first");
        awaitRunning(first);
        var second = submit("g", "queue-first");
        awaitWaiting(second);
        assertThat(cluster.awaitEnd(submit("g", "queue-first")).state()).isEqualTo(RunState.SKIPPED);
        var latest = submit("g", "queue-latest");
        assertThat(cluster.awaitEnd(second).reason())
                .isEqualTo("run " + latest + " (test) took its place in group g (on-conflict: queue-latest)");
        var failed = cluster.awaitEnd(cluster.submit(
                "concurrency: {group: g, max: 1, on-conflict: fail}\nhooks: {on-failure: {tell: {uses: noop}}}\n",
                "never: {uses: noop}\n"));
        assertThat(failed.state()).isEqualTo(RunState.FAILED);
        assertThat(failed.reason())
                .isEqualTo("group g is full: run " + first + " (test) is active (on-conflict: fail)");
        assertThat(cluster.step(failed.header().id(), "on-failure.tell").state())
                .isEqualTo(StepState.SUCCEEDED);
        assertThat(cluster.step(failed.header().id(), "never").state()).isEqualTo(StepState.CANCELLED);
        end(first);
        end(latest);
    }

    @Test
    void cancel_running_starts_once_the_hooks_of_what_it_cancelled_are_over() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 8);
        var keys = "concurrency: {max: 1, on-conflict: cancel-running}\n";
        var first = cluster.submit(keys + "hooks: {always: {tidy: {uses: gate}}}\n", "stands: {uses: gate}\n");
        cluster.awaitStart(first, "stands", 1);
        var second = cluster.submit(keys, "stands: {uses: gate}\n");
        cluster.awaitStart(first, "always.tidy", 1);
        assertThat(find(second).state()).isEqualTo(RunState.QUEUED);
        assertThat(find(first).reason())
                .isEqualTo("hooks; cancelled by run " + second
                        + " (test), which wants its place in group test (on-conflict: cancel-running)");
        cluster.script().open(first, "always.tidy", 1);
        assertThat(cluster.awaitEnd(first).state()).isEqualTo(RunState.CANCELLED);
        end(second);
    }

    @Test
    void who_waits_is_cancelled_and_times_out_like_others_and_keeps_its_turn_under_another_leader() throws Exception {
        var leader = cluster.master("m1");
        cluster.worker("w1", 8);
        var first = submit("g", "queue");
        awaitRunning(first);
        var cancelled = submit("g", "queue");
        var second = submit("g", "queue");
        var third = submit("g", "queue");
        var late = cluster.submit("timeout: 3s\nconcurrency: {group: g, max: 1}\n", "never: {uses: noop}\n");
        awaitWaiting(third);
        awaitWaiting(late);
        cluster.command(cancelled, "cancel");
        assertThat(cluster.awaitEnd(cancelled).state()).isEqualTo(RunState.CANCELLED);
        assertThat(find(cancelled).startedAt()).isEmpty();
        leader.die();
        var newer = submit("g", "skip");
        cluster.master("m2");
        var timedOut = cluster.awaitEnd(late);
        assertThat(timedOut.state()).isEqualTo(RunState.FAILED);
        assertThat(timedOut.reason()).isEqualTo("timeout");
        assertThat(cluster.awaitEnd(newer).state()).isEqualTo(RunState.SKIPPED);
        assertThat(find(second).state()).isEqualTo(RunState.QUEUED);
        end(first);
        awaitRunning(second);
        assertThat(find(third).state()).isEqualTo(RunState.QUEUED);
        end(second);
        end(third);
    }

    private void awaitRunning(RunId run) {
        cluster.awaitStart(run, "stands", 1);
    }
}
