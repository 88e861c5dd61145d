package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.cluster.EpochFence;
import dev.dagkeeper.cluster.Incarnation;
import dev.dagkeeper.cluster.Members;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.embedded.RestartableZooKeeper;
import dev.dagkeeper.history.RunStore.StoredAttempt;
import dev.dagkeeper.history.TestPostgres;
import dev.dagkeeper.master.Script.Start;
import dev.dagkeeper.queue.Inbox;
import dev.dagkeeper.queue.StopNote;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepState;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What breaks, and what the cluster makes of it: processes, connections, ZooKeeper with all its data. */
@Timeout(180)
class FailureTableIT {
    private static final String GATE_THEN_NOOP = """
            a: {uses: gate}
            b: {uses: noop, needs: [a]}
            """;

    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private static RestartableZooKeeper server;

    @RegisterExtension
    final ClusterPerTest clusters = new ClusterPerTest(() -> server.connectString(), POSTGRES);

    private TestCluster cluster;

    @BeforeAll
    static void startZooKeeper(@TempDir Path directory) throws Exception {
        server = RestartableZooKeeper.start(directory);
    }

    @AfterAll
    static void stopZooKeeper() {
        server.close();
    }

    @BeforeEach
    void form(TestCluster formed) {
        cluster = formed;
    }

    @Test
    void the_step_of_a_killed_worker_runs_elsewhere_and_its_own_result_is_refused() throws Exception {
        cluster.master("m1");
        var first = cluster.worker("w1", 1);
        var run = cluster.submit(GATE_THEN_NOOP);
        cluster.awaitStart(run, "a", 1);
        cluster.worker("w2", 1);
        first.die();
        assertThat(cluster.awaitStart(run, "a", 2)).isEqualTo("w2");

        // It was not killed after all, only cut off: it ends, and records its result as soon as it can.
        cluster.script().open(run, "a", 1);
        first.postgresWay().restore();
        await().atMost(Promised.EVENTUALLY).until(() -> first.count("dagkeeper.worker.results.refused") == 1);
        assertThat(cluster.step(run, "a").state()).isEqualTo(StepState.RUNNING);

        cluster.script().open(run, "a", 2);
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(cluster.attempts(run, "a"))
                .extracting(
                        StoredAttempt::claim,
                        StoredAttempt::result,
                        attempt -> attempt.worker().orElse(""))
                .containsExactly(tuple(1, "lost", "w1"), tuple(2, "succeeded", "w2"));
        assertThat(cluster.step(run, "a").attempt()).isEqualTo(1);
    }

    @Test
    void a_worker_that_was_suspended_for_too_long_gives_up_its_step_and_joins_again() throws Exception {
        cluster.master("m1");
        var first = cluster.worker("w1", 1);
        var run = cluster.submit(GATE_THEN_NOOP);
        cluster.awaitStart(run, "a", 1);
        var before = incarnation("w1");
        cluster.worker("w2", 1);
        first.zooKeeperWay().freeze();
        first.postgresWay().freeze();
        assertThat(cluster.awaitStart(run, "a", 2)).isEqualTo("w2");

        first.zooKeeperWay().restore();
        first.postgresWay().restore();
        await().atMost(Promised.EVENTUALLY)
                .untilAsserted(() -> assertThat(cluster.script().interrupted(run))
                        .extracting(Start::worker, Start::claim)
                        .containsExactly(tuple("w1", 1)));
        await().atMost(Promised.EVENTUALLY)
                .untilAsserted(() -> assertThat(incarnation("w1")).isNotEmpty().isNotEqualTo(before));
        cluster.script().open(run, "a", 2);
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(cluster.script().starts(run, "a")).hasSize(2);

        // The new incarnation works: with the other worker busy, the next step is its own.
        var busy = cluster.submit("a: {uses: gate}\nb: {uses: gate}\n");
        cluster.awaitStart(busy, "a", 1);
        cluster.awaitStart(busy, "b", 1);
        assertThat(cluster.script().starts(busy)).extracting(Start::worker).containsExactlyInAnyOrder("w1", "w2");
        cluster.script().open(busy, "a", 1);
        cluster.script().open(busy, "b", 1);
        assertThat(cluster.awaitEnd(busy).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void a_worker_cut_off_from_zookeeper_asks_postgres_and_stops_what_was_taken_away() throws Exception {
        cluster.master("m1");
        var first = cluster.worker("w1", 1);
        var run = cluster.submit(GATE_THEN_NOOP);
        cluster.awaitStart(run, "a", 1);
        cluster.worker("w2", 1);
        first.zooKeeperWay().cut();
        assertThat(cluster.awaitStart(run, "a", 2)).isEqualTo("w2");
        await().atMost(Promised.EVENTUALLY)
                .untilAsserted(() -> assertThat(cluster.script().interrupted(run))
                        .extracting(Start::worker)
                        .containsExactly("w1"));
        cluster.script().open(run, "a", 2);
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void a_holder_that_wakes_under_an_earlier_claim_is_told_to_give_up() throws Exception {
        cluster.master("m1");
        var first = cluster.worker("w1", 1);
        var run = cluster.submit(GATE_THEN_NOOP);
        cluster.awaitStart(run, "a", 1);
        first.die();
        var key = cluster.awaitStep(run, "a", step -> step.claim() == 2).key();
        // It asked Postgres before the claim was taken away, and takes its lock again after.
        var info = new WorkerInfo("w1", "p1", 1, List.of("none"), "test");
        var late = new Inbox(
                cluster.zooKeeper(),
                Incarnation.join(cluster.zooKeeper(), info, new SecureRandom()).id());
        late.relock(key, 1, _ -> {});
        await().atMost(Promised.EVENTUALLY).until(() -> late.list().contains(new StopNote(key, 1, true).name()));

        cluster.worker("w2", 1);
        cluster.awaitStep(run, "a", StepState.QUEUED);
        assertThat(cluster.script().starts(run, "a")).hasSize(1);
        late.unlock(List.of(key), _ -> {});
        assertThat(cluster.awaitStart(run, "a", 2)).isEqualTo("w2");
        cluster.script().open(run, "a", 2);
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void a_short_interruption_costs_nothing_even_while_the_step_ends() throws Exception {
        cluster.master("m1");
        var worker = cluster.worker("w1", 1);
        var run = cluster.submit(GATE_THEN_NOOP);
        cluster.awaitStart(run, "a", 1);
        // The result is recorded, but the outcome of giving the lock back is not known.
        worker.zooKeeperWay().cut();
        cluster.script().open(run, "a", 1);
        await().atMost(Promised.EVENTUALLY)
                .until(() -> !cluster.attempts(run, "a").isEmpty());
        worker.zooKeeperWay().restore();

        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(cluster.script().starts(run)).hasSize(2);
        assertThat(cluster.attempts(run, "a")).extracting(StoredAttempt::result).containsExactly("succeeded");
    }

    @Test
    void when_the_leader_is_killed_another_carries_on_and_no_step_notices() throws Exception {
        var first = cluster.master("m1");
        cluster.worker("w1", 2);
        var run = cluster.submit("""
                a: {uses: gate}
                b: {uses: noop, needs: [a]}
                c: {uses: noop}
                d: {uses: flaky, with: {failures: 1}, retry: {max: 1, delay: 4s}}
                """);
        cluster.awaitStart(run, "a", 1);
        cluster.awaitStep(run, "d", StepState.WAITING);
        var due = cluster.step(run, "d").due();
        cluster.master("m2");
        first.die();
        cluster.script().open(run, "a", 1);

        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        for (var step : new String[] {"a", "b", "c"}) {
            assertThat(cluster.script().starts(run, step)).as(step).hasSize(1);
        }
        assertThat(cluster.script().starts(run, "d")).extracting(Start::attempt).containsExactly(1, 2);
        assertThat(cluster.step(run, "d").startedAt().orElseThrow()).isAfterOrEqualTo(due.orElseThrow());
    }

    @Test
    void a_leader_whose_epoch_is_over_changes_nothing_and_begins_again() throws Exception {
        var leader = cluster.master("m1");
        cluster.worker("w1", 1);
        var run = cluster.submit(GATE_THEN_NOOP);
        cluster.awaitStart(run, "a", 1);
        assertThat(leader.count("dagkeeper.leader.terms")).isEqualTo(1);

        // As another leader would that was elected while this one was suspended.
        var epoch = cluster.database().leader().raiseEpoch();
        assertThat(EpochFence.raise(cluster.zooKeeper(), epoch)).isPresent();
        cluster.script().open(run, "a", 1);

        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(leader.count("dagkeeper.leader.terms")).isEqualTo(2);
        assertThat(cluster.script().starts(run)).hasSize(2);
    }

    @Test
    void steps_go_on_and_run_once_while_zookeeper_loses_everything() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 4);
        var run = cluster.submit("""
                during: {uses: gate}
                after: {uses: gate}
                next: {uses: noop, needs: [during, after]}
                """);
        cluster.awaitStart(run, "during", 1);
        cluster.awaitStart(run, "after", 1);
        server.stop();
        cluster.script().open(run, "during", 1);
        await().atMost(Promised.EVENTUALLY)
                .until(() -> !cluster.attempts(run, "during").isEmpty());
        server.restartEmpty();
        TestCluster.makeChroot(cluster.zooKeeperAddress());
        cluster.awaitStep(run, "during", StepState.SUCCEEDED);
        // For longer than a leader waits for locks to be taken again.
        await().pollDelay(TestCluster.WORKER_SESSION.plusSeconds(2))
                .atMost(Promised.EVENTUALLY)
                .until(() -> cluster.step(run, "after").state() == StepState.RUNNING);
        cluster.script().open(run, "after", 1);

        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(cluster.script().starts(run)).hasSize(3);
        assertThat(cluster.attempts(run, "after"))
                .extracting(StoredAttempt::result)
                .containsExactly("succeeded");
    }

    @Test
    void a_step_that_kills_its_workers_fails_after_the_third() throws Exception {
        cluster.master("m1");
        var run = cluster.submit("a: {uses: gate}\n");
        for (int claim = 1; claim <= 3; claim++) {
            // The supervisor starts the process again under the same name.
            var worker = cluster.worker("w1", 1);
            cluster.awaitStart(run, "a", claim);
            cluster.awaitStep(run, "a", StepState.RUNNING);
            worker.die();
            int lost = claim;
            await().atMost(Promised.EVENTUALLY)
                    .until(() -> cluster.attempts(run, "a").size() == lost);
        }
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.FAILED);
        assertThat(cluster.step(run, "a").state()).isEqualTo(StepState.FAILED);
        assertThat(cluster.step(run, "a").reason()).startsWith("lost: 3 workers in a row vanished");
        assertThat(cluster.attempts(run, "a")).extracting(StoredAttempt::result).containsOnly("lost");
    }

    @Test
    void a_leader_that_cannot_reach_postgres_waits_and_goes_on() throws Exception {
        var leader = cluster.master("m1");
        cluster.worker("w1", 1);
        var run = cluster.submit(GATE_THEN_NOOP);
        cluster.awaitStart(run, "a", 1);
        leader.postgresWay().cut();
        cluster.script().open(run, "a", 1);
        // The worker records; the leader hears of it, cannot read it, and cannot begin another term either.
        await().atMost(Promised.EVENTUALLY)
                .until(() -> !cluster.attempts(run, "a").isEmpty());
        await().pollDelay(Duration.ofMillis(500)).until(() -> true);
        assertThat(cluster.script().starts(run, "b")).isEmpty();
        leader.postgresWay().restore();

        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(cluster.script().starts(run)).hasSize(2);
        assertThat(leader.count("dagkeeper.leader.terms")).isEqualTo(2);
    }

    @Test
    void a_dispatch_whose_outcome_is_unknown_is_looked_up() throws Exception {
        var leader = cluster.master("m1");
        cluster.worker("w1", 1);
        var run = cluster.submit("a: {uses: flaky, with: {failures: 1}, retry: {max: 1, delay: 3s}}\n");
        var due = cluster.awaitStep(run, "a", StepState.WAITING).due().orElseThrow();
        // Shortly before: a longer cut would end the session, and nobody would dispatch.
        await().atMost(Promised.EVENTUALLY).until(() -> cluster.database().now().isAfter(due.minusMillis(500)));
        leader.zooKeeperWay().cut();
        cluster.awaitStep(run, "a", step -> step.state() != StepState.WAITING);
        leader.zooKeeperWay().restore();

        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(cluster.script().starts(run, "a")).extracting(Start::attempt).containsExactly(1, 2);
    }

    @Test
    void a_process_can_be_ended_while_zookeeper_is_away() throws Exception {
        var leader = cluster.master("m1");
        var worker = cluster.worker("w1", 1);
        var run = cluster.submit("a: {uses: gate}\n");
        cluster.awaitStart(run, "a", 1);
        leader.zooKeeperWay().cut();
        worker.zooKeeperWay().cut();
        // Until the sessions are over for both, which then try to begin anew.
        await().atMost(Promised.EVENTUALLY)
                .until(() -> Members.list(cluster.zooKeeper()).isEmpty());
        long began = System.nanoTime();
        worker.close();
        leader.close();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Promised.within(Duration.ofSeconds(15)));
    }

    private String incarnation(String worker) {
        return Members.list(cluster.zooKeeper()).stream()
                .filter(member -> member.info().name().equals(worker))
                .map(member -> member.incarnation())
                .findFirst()
                .orElse("");
    }
}
