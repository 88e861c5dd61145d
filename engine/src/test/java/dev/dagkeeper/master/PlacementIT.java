package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.history.TestPostgres;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What steps ask of workers and pools, over real stores: where they run, and what they say while they cannot. */
@Timeout(180)
class PlacementIT {
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
    void a_step_runs_where_its_label_and_zone_are_and_says_so_while_there_is_no_such_worker() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 4);
        var run = cluster.submit("""
                a: {uses: noop, placement: {labels: {gpu: a100}, zone: north}}
                b: {uses: noop}
                """);
        cluster.awaitStep(run, "b", StepState.SUCCEEDED);
        awaitReason(run, "a", "no worker of queue 'default' is in zone 'north'; none has a zone");

        cluster.worker("w2", 4, offer(0, 0, Map.of("gpu", "h100"), "north"));
        awaitReason(run, "a", "no worker of queue 'default' in zone 'north' has label gpu=a100");

        cluster.worker("w3", 4, offer(0, 0, Map.of("gpu", "a100"), "north"));
        assertThat(cluster.awaitStart(run, "a", 1)).isEqualTo("w3");
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        var known = cluster.workflow(run).steps().stream()
                .map(step -> step.demand().key())
                .toList();
        await().atMost(Promised.EVENTUALLY)
                .untilAsserted(() ->
                        assertThat(cluster.database().runs().waiting(known)).isEmpty());
    }

    @Test
    void no_more_runs_on_a_worker_at_once_than_it_has_resources_for() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 8, offer(1, 4L << 30, Map.of(), ""));
        var run = cluster.submit("""
                a: {uses: gate, resources: {cpu: 0.5, memory: 1GiB}}
                b: {uses: gate, resources: {cpu: 0.5, memory: 1GiB}}
                c: {uses: gate, resources: {cpu: 0.5, memory: 1GiB}}
                huge: {uses: noop, resources: {cpu: 16}}
                plain: {uses: noop}
                """);
        cluster.awaitStart(run, "a", 1);
        cluster.awaitStart(run, "b", 1);
        cluster.awaitStep(run, "plain", StepState.SUCCEEDED);
        awaitReason(
                run,
                "c",
                "wants 0.5 cores and 1GiB; the most that 1 worker of queue 'default' has free is 0 cores and 2GiB");
        awaitReason(run, "huge", "wants 16 cores; the most that 1 worker of queue 'default' has in all is 1 core");
        assertThat(cluster.script().starts(run, "c")).isEmpty();

        cluster.script().open(run, "a", 1);
        cluster.awaitStart(run, "c", 1);
        cluster.script().open(run, "b", 1);
        cluster.script().open(run, "c", 1);
        cluster.worker("w2", 1, offer(16, 0, Map.of(), ""));
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(cluster.script().starts(run, "huge").getFirst().worker()).isEqualTo("w2");
    }

    @Test
    void the_only_run_says_why_it_waits_when_nothing_of_it_can_be_placed() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 1);
        assertThat(cluster.awaitEnd(cluster.submit("a: {uses: noop}\n")).state())
                .isEqualTo(RunState.SUCCEEDED);

        awaitReason(
                cluster.submit("a: {uses: noop, queue: big}\n"),
                "a",
                "no worker serves queue 'big'; served are default");
    }

    @Test
    void no_more_hold_a_pool_than_it_has_slots_when_the_leader_is_killed_while_they_hold_it() throws Exception {
        var first = cluster.master("m1");
        cluster.pools(Map.of("db", 2));
        cluster.worker("w1", 4);
        cluster.worker("w2", 4);
        var run = cluster.submit("""
                g1: {uses: gate, pools: {db: 1}}
                g2: {uses: gate, pools: {db: 1}}
                g3: {uses: gate, pools: {db: 1}}
                g4: {uses: gate, pools: {db: 1}}
                """);
        awaitStarts(run, 2);
        awaitReason(run, "g4", "waits for 1 slot of pool 'db': 2 of 2 are held by run " + run + " (2)");

        cluster.master("m2");
        cluster.pools(Map.of("db", 2));
        first.die();
        var second = cluster.submit("a: {uses: noop}\nb: {uses: noop, needs: [a], pools: {db: 3}}\n");
        cluster.awaitStep(second, "a", StepState.SUCCEEDED);
        awaitReason(second, "b", "wants 3 slots of pool 'db', which has 2 in all: dagkeeper pools set db 3");
        assertThat(cluster.script().starts(run)).hasSize(2);

        cluster.script().open(run, "g1", 1);
        awaitStarts(run, 3);
        cluster.awaitStep(run, "g1", StepState.SUCCEEDED);
        // A step of another run is decided after whatever the end of g1 could have let through.
        assertThat(cluster.awaitEnd(cluster.submit("a: {uses: noop}\n")).state())
                .isEqualTo(RunState.SUCCEEDED);
        assertThat(cluster.script().starts(run)).hasSize(3);

        List.of("g2", "g3", "g4").forEach(step -> cluster.script().open(run, step, 1));
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(cluster.script().starts(run)).hasSize(4);
        cluster.pools(Map.of("db", 3));
        assertThat(cluster.awaitEnd(second).state()).isEqualTo(RunState.SUCCEEDED);
    }

    private void awaitStarts(RunId run, int steps) {
        await(steps + " steps begun")
                .atMost(Promised.EVENTUALLY)
                .until(() -> cluster.script().starts(run).size() >= steps);
    }

    private void awaitReason(RunId run, String step, String reason) {
        await(step + " says why it waits")
                .atMost(Promised.EVENTUALLY)
                .untilAsserted(() -> assertThat(reason(run, step)).isEqualTo(reason));
    }

    private String reason(RunId run, String step) {
        var found = cluster.step(run, step);
        assertThat(found.state()).isEqualTo(StepState.BLOCKED);
        var key = cluster.workflow(run).steps().get(found.key().step()).demand().key();
        return cluster.database().runs().waiting(List.of(key)).getOrDefault(key, "");
    }

    private static WorkerInfo.Offer offer(double cpu, long memory, Map<String, String> labels, String zone) {
        return new WorkerInfo.Offer(cpu, memory, labels, Optional.of(zone).filter(text -> !text.isEmpty()));
    }
}
