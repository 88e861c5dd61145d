package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.history.RunStore.StoredAttempt;
import dev.dagkeeper.history.TestPostgres;
import dev.dagkeeper.master.Script.Start;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepState;
import java.util.stream.IntStream;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs that nothing disturbs, runs that are told to end, and what a step costs. */
@Timeout(180)
class StoppingIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    @RegisterExtension
    static final TestZooKeeper ZOOKEEPER = TestZooKeeper.alone();

    @RegisterExtension
    final ClusterPerTest clusters = new ClusterPerTest(ZOOKEEPER::connectString, POSTGRES);

    private TestCluster cluster;
    private TestNode leader;
    private TestNode worker;

    @BeforeEach
    void form(TestCluster formed) throws Exception {
        cluster = formed;
        leader = cluster.master("m1");
        worker = cluster.worker("w1", 1);
    }

    @Test
    void cancelling_ends_what_runs_withdraws_what_is_queued_and_forgets_what_waits() throws Exception {
        var run = cluster.submit("""
                waiting: {uses: flaky, with: {failures: 9}, retry: {max: 9, delay: 1h}}
                running: {uses: gate, needs: {waiting: [failed]}, join: always}
                queued: {uses: gate, join: always, needs: [waiting]}
                later: {uses: noop, needs: [running]}
                """);
        cluster.awaitStep(run, "waiting", StepState.WAITING);
        // One slot: of the two gates one runs, and the other lies in the inbox behind it.
        await().atMost(Promised.EVENTUALLY)
                .until(() -> states(run, "running", "queued").equals("queued running"));
        cluster.command(run, "cancel");

        var ended = cluster.awaitEnd(run);
        assertThat(ended.state()).isEqualTo(RunState.CANCELLED);
        for (var step : new String[] {"waiting", "running", "queued", "later"}) {
            assertThat(cluster.step(run, step).state()).as(step).isEqualTo(StepState.CANCELLED);
        }
        assertThat(cluster.script().interrupted(run)).hasSize(1);
        assertThat(cluster.script().starts(run)).hasSize(2);
        assertThat(inboxes()).isZero();
    }

    @Test
    void killing_ends_a_run_and_a_second_command_is_refused() throws Exception {
        var run = cluster.submit("a: {uses: gate}\n");
        cluster.awaitStart(run, "a", 1);
        cluster.command(run, "kill");
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.CANCELLED);
        var late = cluster.database().commands().add(run, "cancel", "test");
        cluster.ringCommands();
        await().atMost(Promised.EVENTUALLY)
                .untilAsserted(() -> assertThat(cluster.database()
                                .commands()
                                .find(late)
                                .orElseThrow()
                                .outcome())
                        .isPresent()
                        .hasValueSatisfying(outcome -> {
                            assertThat(outcome.applied()).isFalse();
                            assertThat(outcome.reason()).contains("ended already");
                        }));
    }

    @Test
    void a_run_without_any_worker_says_what_it_waits_for_and_can_be_cancelled() throws Exception {
        var run = cluster.submit("a: {uses: noop, queue: tape}\n");
        cluster.awaitStep(run, "a", StepState.BLOCKED);
        assertThat(cluster.step(run, "a").reason()).contains("tape");
        cluster.command(run, "cancel");
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void a_run_that_takes_too_long_is_ended() throws Exception {
        var run = cluster.submit("timeout: 3s\n", "a: {uses: gate}\nb: {uses: noop, needs: [a]}\n");
        cluster.awaitStart(run, "a", 1);
        var ended = cluster.awaitEnd(run);
        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(ended.reason()).contains("timeout");
        assertThat(cluster.step(run, "a").state()).isEqualTo(StepState.CANCELLED);
        assertThat(cluster.step(run, "b").state()).isEqualTo(StepState.CANCELLED);
        assertThat(cluster.script().interrupted(run)).hasSize(1);
    }

    @Test
    void a_failed_attempt_is_made_again_and_recorded_on_its_own() throws Exception {
        var run = cluster.submit("a: {uses: flaky, with: {failures: 2}, retry: {max: 2, delay: 50ms}}\n");
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(cluster.attempts(run, "a"))
                .extracting(StoredAttempt::result)
                .containsExactly("failed", "failed", "succeeded");
        assertThat(cluster.script().starts(run)).extracting(Start::attempt).containsExactly(1, 2, 3);
    }

    @Test
    void what_waits_for_one_queue_is_left_alone_when_another_queue_has_room() throws Exception {
        var both = cluster.worker("both", 1, "special", "other");
        var special = cluster.submit("""
                a: {uses: gate, queue: special}
                b: {uses: gate, queue: special}
                """);
        await().atMost(Promised.EVENTUALLY)
                .until(() -> states(special, "a", "b").equals("queued running"));
        cluster.worker("other", 1, "other");
        for (int i = 0; i < 3; i++) {
            assertThat(cluster.awaitEnd(cluster.submit("a: {uses: noop, queue: other}\n"))
                            .state())
                    .isEqualTo(RunState.SUCCEEDED);
        }
        assertThat(leader.count("dagkeeper.leader.dispatched")).isEqualTo(5);
        cluster.script().open(special, "a", 1);
        cluster.script().open(special, "b", 1);
        assertThat(cluster.awaitEnd(special).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(both.count("dagkeeper.worker.results.refused")).isZero();
    }

    @Test
    void what_waits_behind_a_busy_worker_goes_to_one_that_joins() throws Exception {
        var run = cluster.submit("a: {uses: gate}\nb: {uses: gate}\n");
        await().atMost(Promised.EVENTUALLY).until(() -> states(run, "a", "b").equals("queued running"));
        cluster.worker("w2", 1);
        await().atMost(Promised.EVENTUALLY)
                .until(() -> cluster.script().starts(run).size() == 2);
        assertThat(cluster.script().starts(run)).extracting(Start::worker).containsExactly("w1", "w2");
        cluster.script().open(run, "a", 1);
        cluster.script().open(run, "b", 1);
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void a_step_of_a_chain_costs_three_zookeeper_transactions_and_one_synchronous_commit() throws Exception {
        int steps = 50;
        // Once to warm up: directories, caches and the first rounds of the leader.
        assertThat(cluster.awaitEnd(cluster.submit(chain(3))).state()).isEqualTo(RunState.SUCCEEDED);
        long transactions = lastTransaction();
        int commits = leader.synchronousCommits() + worker.synchronousCommits();
        double rounds = leader.count("dagkeeper.leader.transactions");
        long began = System.nanoTime();
        var run = cluster.submit(chain(steps));
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        long took = (System.nanoTime() - began) / 1_000_000;
        long spent = lastTransaction() - transactions - 1;
        int waited = leader.synchronousCommits() + worker.synchronousCommits() - commits;

        System.out.printf(
                "chain of %d noop steps: %d ms, %d ZooKeeper transactions (%.2f a step), %d synchronous commits"
                        + " (%.2f a step), %.0f transactions of the leader (%.2f a step)%n",
                steps,
                took,
                spent,
                (double) spent / steps,
                waited,
                (double) waited / steps,
                leader.count("dagkeeper.leader.transactions") - rounds,
                (leader.count("dagkeeper.leader.transactions") - rounds) / steps);
        // Besides the steps' own: the bell of the run, and the run's end.
        assertThat(spent).isBetween(3L * steps, 3L * steps + 2);
        assertThat(waited).isBetween(steps, steps + 2);
    }

    private static String chain(int steps) {
        var chain = new StringBuilder("s0: {uses: noop}\n");
        IntStream.range(1, steps).forEach(i -> chain.append("s%d: {uses: noop, needs: [s%d]}\n".formatted(i, i - 1)));
        return chain.toString();
    }

    /** The number of the newest transaction of the server, which this call itself makes. */
    private long lastTransaction() throws Exception {
        cluster.zooKeeper().ensureExists("/probe");
        Stat stat = cluster.zooKeeper().handle().setData("/probe", new byte[0], -1);
        return stat.getMzxid();
    }

    private String states(RunId run, String one, String other) {
        return IntStream.range(0, 2)
                .mapToObj(i -> cluster.step(run, i == 0 ? one : other).state().text())
                .sorted()
                .reduce((a, b) -> a + " " + b)
                .orElseThrow();
    }

    private int inboxes() {
        return cluster.zooKeeper().children(Paths.QUEUE).stream()
                .mapToInt(incarnation ->
                        cluster.zooKeeper().children(Paths.inbox(incarnation)).size())
                .sum();
    }
}
