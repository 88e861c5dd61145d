package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.cluster.Bells;
import dev.dagkeeper.cluster.Member;
import dev.dagkeeper.cluster.Members;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.history.TestPostgres;
import dev.dagkeeper.queue.Item;
import dev.dagkeeper.queue.Lock;
import dev.dagkeeper.queue.StopNote;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the safety net catches, each kind of damage done by hand; and that it catches nothing where nothing is wrong. */
@Timeout(180)
class ReconciliationIT {
    private static final String BUSY = """
            first: {uses: noop}
            fan: {uses: noop, needs: [first], foreach: {in: "[1, 2, 3, 4, 5, 6, 7, 8]"}}
            flaky: {uses: flaky, with: {failures: 2}, needs: [first], retry: {max: 2, delay: 200ms}}
            last: {uses: noop, needs: [fan, flaky]}
            """;
    private static final String TWO_GATES = "a: {uses: gate}\nb: {uses: gate}\n";

    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    @RegisterExtension
    static final TestZooKeeper ZOOKEEPER = new TestZooKeeper();

    @RegisterExtension
    final ClusterPerTest clusters = new ClusterPerTest(ZOOKEEPER::connectString, POSTGRES);

    private TestCluster cluster;
    private DeafLeader leader;

    @BeforeEach
    void form(TestCluster formed) throws Exception {
        cluster = formed;
        // Longer than a signal that comes needs, also on a busy machine.
        leader = new DeafLeader(cluster, Duration.ofMillis(500));
    }

    @AfterEach
    void close() {
        leader.close();
    }

    @Test
    void a_busy_healthy_system_needs_no_repair() throws Exception {
        leader.close();
        // Signals of a busy system take their time on a slow machine: as long as a leader of a real cluster lets them.
        leader = new DeafLeader(cluster, Duration.ofSeconds(2));
        cluster.worker("w1", 6);
        cluster.worker("w2", 6);
        var runs = new ArrayList<RunId>();
        // Until the sweep has looked often enough, however fast the machine is.
        for (int wave = 0; wave < 8 || leader.looks() <= 10; wave++) {
            for (int i = 0; i < 3; i++) {
                runs.add(cluster.submit(BUSY));
                var gated = cluster.submit(TWO_GATES);
                cluster.command(gated, "cancel");
                runs.add(gated);
            }
            cluster.awaitEnd(runs.getLast());
        }
        runs.forEach(cluster::awaitEnd);

        assertThat(runs).hasSizeGreaterThanOrEqualTo(48);
        assertThat(leader.looks()).isGreaterThan(10);
        assertThat(leader.terms()).isEqualTo(1);
        assertThat(leader.repairs()).isEmpty();
        // The eight instances of the foreach, and not the step as a whole.
        assertThat(cluster.script().starts(runs.getFirst(), "fan")).hasSize(8);
    }

    @Test
    void a_result_is_found_whose_lock_nobody_heard_go() throws Exception {
        cluster.worker("w1", 2);
        var run = cluster.submit("a: {uses: gate}\n");
        cluster.awaitStep(run, "a", StepState.RUNNING);
        leader.beDeafTo(Signal.Unlocked.class::isInstance);
        cluster.script().open(run, "a", 1);
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertRepairs(Map.of("missed-result", 1));
    }

    @Test
    void a_lock_is_found_that_nobody_heard_being_taken() throws Exception {
        cluster.worker("w1", 2);
        leader.beDeafTo(Signal.Locked.class::isInstance);
        var run = cluster.submit("a: {uses: gate}\n");
        cluster.awaitStep(run, "a", StepState.RUNNING);
        cluster.script().open(run, "a", 1);
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertRepairs(Map.of("missed-lock", 1));
    }

    @Test
    void runs_and_commands_are_found_whose_bells_nobody_heard() throws Exception {
        leader.beDeafTo(
                signal -> signal.equals(new Signal.Rung(Bells.RUNS)) || signal.equals(new Signal.Rung(Bells.COMMANDS)));
        var run = cluster.submit("a: {uses: noop}\n");
        await().atMost(Promised.EVENTUALLY)
                .until(() -> cluster.database().runs().find(run).orElseThrow().state() == RunState.RUNNING);
        cluster.command(run, "cancel");
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.CANCELLED);
        assertRepairs(Map.of("missed-run", 1, "missed-command", 1));
    }

    @Test
    void a_worker_is_found_that_nobody_heard_coming() throws Exception {
        leader.beDeafTo(Signal.MembersChanged.class::isInstance);
        cluster.worker("w1", 2);
        var run = cluster.submit("a: {uses: noop}\n");
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertRepairs(Map.of("missed-worker", 1));
    }

    @Test
    void a_deleted_item_is_replaced_under_another_claim() throws Exception {
        cluster.worker("w1", 1);
        var run = queuedBehindAnother();
        delete(item(run).path(worker("w1")));
        await().atMost(Promised.EVENTUALLY).until(() -> cluster.step(run, "b").claim() == 2);
        finish(run, 2);
        assertRepairs(Map.of("lost-claim", 1));
    }

    @Test
    void an_item_in_another_inbox_is_followed_and_a_second_one_is_taken_back() throws Exception {
        cluster.worker("w1", 1);
        var other = cluster.submit("a: {uses: gate}\n");
        cluster.awaitStep(other, "a", StepState.RUNNING);
        var run = cluster.submit("b: {uses: gate}\n");
        cluster.awaitStep(run, "b", StepState.QUEUED);
        var item = new Item(0, key(run, 0), 1, 1);
        // A worker that serves another queue is not given the step, and has no room for it either.
        cluster.worker("w2", 1, "elsewhere");
        var busy = cluster.submit("c: {uses: gate, queue: elsewhere}\n");
        cluster.awaitStep(busy, "c", StepState.RUNNING);
        create(item.path(worker("w2")), "");
        delete(item.path(worker("w1")));
        assertRepairs(Map.of("misplaced-step", 1));
        create(item.path(worker("w1")), "");
        assertRepairs(Map.of("misplaced-step", 1, "second-item", 1));
        cluster.script().open(other, "a", 1);
        cluster.script().open(run, "b", 1);
        cluster.script().open(busy, "c", 1);
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void what_nobody_needs_is_removed() throws Exception {
        cluster.worker("w1", 1);
        var run = queuedBehindAnother();
        create(new Item(0, key(run, 7), 1, 1).path(worker("w1")), "");
        assertRepairs(Map.of("stray-item", 1));
        create(Paths.inbox("w9~gone") + "/" + new StopNote(key(run, 0), 1, false).name(), "");
        assertRepairs(Map.of("stray-item", 1, "dead-inbox", 1));
        create(inbox("w1") + "/rubbish", "");
        assertRepairs(Map.of("stray-item", 1, "dead-inbox", 1, "unreadable-node", 1));
        create(Lock.path(key(run, 7)), "1 w9~gone");
        assertRepairs(Map.of("stray-item", 1, "dead-inbox", 1, "unreadable-node", 1, "stray-lock", 1));
        assertThat(cluster.zooKeeper().children(Paths.QUEUE)).containsExactly(worker("w1"));
        assertThat(cluster.zooKeeper().children(inbox("w1")))
                .containsExactly(item(run).name());
        assertThat(cluster.zooKeeper().read(Lock.path(key(run, 7)))).isEmpty();
        finish(run, 1);
    }

    @Test
    void a_lock_of_an_earlier_claim_whose_holder_does_not_let_go_is_removed() throws Exception {
        cluster.worker("w1", 1);
        var run = queuedBehindAnother();
        delete(item(run).path(worker("w1")));
        await().atMost(Promised.EVENTUALLY).until(() -> cluster.step(run, "b").claim() == 2);
        create(Lock.path(key(run, 1)), "1 " + worker("w1"));
        assertRepairs(Map.of("lost-claim", 1, "fallen-lock", 2));
        assertThat(cluster.zooKeeper().read(Lock.path(key(run, 1)))).isEmpty();
        finish(run, 2);
    }

    @Test
    void what_is_found_after_an_election_is_not_what_only_the_net_caught() throws Exception {
        cluster.worker("w1", 1);
        var run = queuedBehindAnother();
        leader.close();
        delete(item(run).path(worker("w1")));
        // Longer than a signal that comes needs, also on a busy machine.
        leader = new DeafLeader(cluster, Duration.ofMillis(500));
        await().atMost(Promised.EVENTUALLY).until(() -> cluster.step(run, "b").claim() == 2);
        finish(run, 2);
        assertThat(leader.repairs("election")).containsEntry("lost-claim", 1);
        assertThat(leader.repairs()).isEmpty();
    }

    /** The first gate runs in the one slot of w1, the second waits in its inbox. */
    private RunId queuedBehindAnother() {
        var run = cluster.submit(TWO_GATES);
        cluster.awaitStep(run, "a", StepState.RUNNING);
        cluster.awaitStep(run, "b", StepState.QUEUED);
        await().atMost(Promised.EVENTUALLY)
                .until(() -> cluster.zooKeeper()
                        .children(inbox("w1"))
                        .contains(item(run).name()));
        return run;
    }

    private void finish(RunId run, int claim) {
        cluster.script().open(run, "a", 1);
        cluster.script().open(run, "b", claim);
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(cluster.script().starts(run)).hasSize(2);
    }

    /** Waits until these were made, and then that no other is made. */
    private void assertRepairs(Map<String, Integer> expected) {
        await().atMost(Promised.EVENTUALLY)
                .untilAsserted(() -> assertThat(leader.repairs()).isEqualTo(expected));
        double looks = leader.looks();
        await().atMost(Promised.EVENTUALLY).until(() -> leader.looks() > looks + 2);
        assertThat(leader.repairs()).isEqualTo(expected);
    }

    private static StepKey key(RunId run, int step) {
        return new StepKey(run, step, StepKey.WHOLE);
    }

    private static Item item(RunId run) {
        return new Item(0, key(run, 1), 1, 1);
    }

    private String inbox(String worker) {
        return Paths.inbox(worker(worker));
    }

    /** The incarnation of a worker. */
    private String worker(String name) {
        return Members.list(cluster.zooKeeper()).stream()
                .filter(member -> member.info().name().equals(name))
                .map(Member::incarnation)
                .findFirst()
                .orElseThrow();
    }

    /** In one step, as what looks at it may do so at any time. */
    private void create(String path, String data) throws Exception {
        cluster.zooKeeper().ensureExists(path.substring(0, path.lastIndexOf('/')));
        cluster.zooKeeper()
                .handle()
                .create(
                        path,
                        data.getBytes(StandardCharsets.UTF_8),
                        org.apache.zookeeper.ZooDefs.Ids.OPEN_ACL_UNSAFE,
                        org.apache.zookeeper.CreateMode.PERSISTENT);
    }

    private void delete(String path) throws Exception {
        cluster.zooKeeper().handle().delete(path, -1);
    }
}
