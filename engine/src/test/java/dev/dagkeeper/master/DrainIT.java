package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.cluster.Incarnation;
import dev.dagkeeper.cluster.Members;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.history.RunStore.StoredAttempt;
import dev.dagkeeper.history.TestPostgres;
import dev.dagkeeper.master.Script.Start;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepState;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Workers that take nothing new: they stop in order, an operator drains them, or they speak another protocol. */
@Timeout(180)
class DrainIT {
    private static final String TWO_GATES = """
            a: {uses: gate}
            b: {uses: gate}
            """;

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
    void a_worker_that_stops_finishes_what_it_runs_while_others_get_what_it_had_not_begun() throws Exception {
        cluster.master("m1");
        var first = cluster.worker("w1", 1);
        var run = cluster.submit(TWO_GATES);
        await().atMost(Promised.EVENTUALLY)
                .until(() ->
                        cluster.inbox("w1") == 1 && cluster.script().starts(run).size() == 1);
        var running = cluster.script().starts(run).getFirst().step();
        var waiting = running.equals("a") ? "b" : "a";

        var drained = new FutureTask<>(() -> first.drain(Duration.ofSeconds(30)));
        Thread.ofVirtual().start(drained);
        cluster.awaitStep(run, waiting, StepState.BLOCKED);
        assertThat(cluster.inbox("w1")).isZero();
        cluster.worker("w2", 1);
        assertThat(cluster.awaitStart(run, waiting, 1)).isEqualTo("w2");
        assertThat(drained).isNotDone();

        cluster.script().open(run, "a", 1);
        cluster.script().open(run, "b", 1);
        assertThat(drained.get()).isTrue();
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(cluster.script().starts(run)).hasSize(2);
        assertThat(cluster.attempts(run, running))
                .extracting(StoredAttempt::result, attempt -> attempt.worker().orElse(""))
                .containsExactly(tuple("succeeded", "w1"));
    }

    @Test
    void what_a_stopping_worker_gives_back_runs_elsewhere_and_is_never_held_against_the_step() throws Exception {
        cluster.master("m1");
        var run = cluster.submit("a: {uses: gate}\n");
        // Three losses in a row would make the step fail, if they were failures.
        for (int claim = 1; claim <= 4; claim++) {
            var worker = cluster.worker("w" + claim, 1);
            assertThat(cluster.awaitStart(run, "a", claim)).isEqualTo("w" + claim);
            assertThat(worker.drain(Duration.ofMillis(50))).isFalse();
            worker.close();
            cluster.awaitStep(run, "a", StepState.BLOCKED);
        }
        cluster.worker("last", 1);
        cluster.awaitStart(run, "a", 5);
        cluster.script().open(run, "a", 5);
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(cluster.step(run, "a").attempt()).isEqualTo(1);
        assertThat(cluster.attempts(run, "a").getFirst().error().orElseThrow().message())
                .contains("gave it back");
    }

    @Test
    void a_drained_worker_keeps_what_it_runs_and_gets_nothing_new_until_it_is_resumed() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 1);
        var run = cluster.submit(TWO_GATES);
        await().atMost(Promised.EVENTUALLY)
                .until(() ->
                        cluster.inbox("w1") == 1 && cluster.script().starts(run).size() == 1);
        var running = cluster.script().starts(run).getFirst().step();
        var waiting = running.equals("a") ? "b" : "a";

        cluster.drain("w1");
        cluster.awaitStep(run, waiting, StepState.BLOCKED);
        assertThat(cluster.inbox("w1")).isZero();
        cluster.script().open(run, running, 1);
        cluster.awaitStep(run, running, StepState.SUCCEEDED);
        cluster.resume("w1");
        assertThat(cluster.awaitStart(run, waiting, 1)).isEqualTo("w1");
        cluster.script().open(run, waiting, 1);
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void a_drain_outlives_the_worker_and_the_leader() throws Exception {
        var leader = cluster.master("m1");
        var first = cluster.worker("w1", 1);
        cluster.drain("w1");
        first.close();
        leader.close();
        cluster.worker("w1", 1);
        cluster.master("m2");
        var run = cluster.submit("a: {uses: gate}\n");
        cluster.awaitStep(run, "a", StepState.BLOCKED);
        cluster.worker("w2", 1);
        assertThat(cluster.awaitStart(run, "a", 1)).isEqualTo("w2");
        cluster.resume("w1");
        cluster.script().open(run, "a", 1);
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void a_worker_of_a_protocol_that_the_leader_does_not_know_gets_nothing() throws Exception {
        cluster.master("m1");
        var queues = List.of("default");
        var older = new WorkerInfo(
                "older", UUID.randomUUID().toString(), 8, queues, WorkerInfo.Offer.NOTHING, "0", 0, false);
        var newer = new WorkerInfo(
                "newer", UUID.randomUUID().toString(), 8, queues, WorkerInfo.Offer.NOTHING, "9", 99, false);
        var random = new SecureRandom();
        Incarnation.join(cluster.zooKeeper(), older, random);
        Incarnation.join(cluster.zooKeeper(), newer, random);
        cluster.worker("w1", 2);
        assertThat(Members.list(cluster.zooKeeper())).hasSize(3);
        var run = cluster.submit("a: {uses: noop}\nb: {uses: noop}\nc: {uses: noop}\n");
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(cluster.script().starts(run)).extracting(Start::worker).containsOnly("w1");
    }
}
