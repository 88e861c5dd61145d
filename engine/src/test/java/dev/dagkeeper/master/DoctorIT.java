package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.doctor.Check;
import dev.dagkeeper.doctor.Doctor;
import dev.dagkeeper.doctor.Examination;
import dev.dagkeeper.doctor.LiveNodes;
import dev.dagkeeper.doctor.Violation;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.zookeeper.KeeperException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The doctor over real stores: nothing to find on a busy system, and every damage that is done to it. */
@Timeout(180)
class DoctorIT {
    private static final String BUSY = """
            first: {uses: noop}
            fan: {uses: noop, needs: [first], foreach: {in: "[1, 2, 3, 4, 5, 6]"}}
            flaky: {uses: flaky, with: {failures: 1}, needs: [first], retry: {max: 1}}
            any: {uses: noop, needs: [fan, flaky], join: any-done}
            last: {uses: noop, needs: [fan, flaky, any]}
            """;

    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    @RegisterExtension
    static final TestZooKeeper ZOOKEEPER = new TestZooKeeper();

    @RegisterExtension
    final ClusterPerTest clusters = new ClusterPerTest(ZOOKEEPER::connectString, POSTGRES);

    private TestCluster cluster;
    private Doctor doctor;

    @BeforeEach
    void form(TestCluster formed) {
        cluster = formed;
        doctor = new Doctor(
                cluster.database().inspection(),
                cluster.workflows(cluster.database())::find,
                () -> Optional.of(LiveNodes.read(cluster.zooKeeper())));
    }

    @Test
    void a_busy_healthy_system_violates_nothing() throws Exception {
        var leader = cluster.master("m1");
        cluster.worker("w1", 8);
        cluster.worker("w2", 8);
        var runs = new ArrayList<RunId>();
        for (int i = 0; i < 40; i++) {
            runs.add(cluster.submit(BUSY));
            var gated = cluster.submit("a: {uses: gate}\nb: {uses: noop, needs: [a]}\n");
            cluster.command(gated, "cancel");
            runs.add(gated);
            if (i % 8 == 0) {
                assertThat(violations(Duration.ofSeconds(10))).isEmpty();
            }
        }
        runs.forEach(cluster::awaitEnd);
        var examination = examine(Duration.ofSeconds(10));
        assertThat(violations(examination)).isEmpty();
        assertThat(leader.count("dagkeeper.leader.terms")).isEqualTo(1);
        assertThat(examination.runs()).isEqualTo(80);
        assertThat(examined(examination, Check.JOIN)).isGreaterThanOrEqualTo(40 * 5);
        assertThat(examined(examination, Check.HISTORY)).isGreaterThanOrEqualTo(40 * 11 * 3);
        assertThat(examined(examination, Check.FENCE)).isEqualTo(1);
    }

    @Test
    void damage_in_postgres_is_named() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 2);
        var run = cluster.submit(BUSY);
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(violations(Duration.ZERO)).isEmpty();

        damage("UPDATE step SET state = 'running' WHERE step_id = 'last'", Check.RUN_ENDED, Check.HISTORY);
        damage("UPDATE step SET state = 'succeeded' WHERE step_id = 'last'");
        damage("UPDATE event SET to_state = 'blocked' WHERE step_id = 'last' AND to_state = 'running'", Check.HISTORY);
        damage("UPDATE event SET to_state = 'running' WHERE step_id = 'last' AND from_state = 'queued'");
        damage(
                "UPDATE event SET seq = -seq WHERE step_id = 'fan' AND index = 0 AND to_state = 'succeeded'",
                Check.HISTORY,
                Check.FINAL_STATE);
        damage("UPDATE event SET seq = -seq WHERE seq < 0");
        damage("UPDATE attempt SET claim = 7 WHERE step = 0", Check.ATTEMPT_ROWS);
        damage("UPDATE attempt SET claim = 1 WHERE step = 0");
        damage("UPDATE step SET claim = 2 WHERE step = 0", Check.ATTEMPT_ROWS, Check.ONE_RESULT);
        damage("UPDATE step SET claim = 1 WHERE step = 0");
        damage("UPDATE attempt SET started_at = started_at - interval '1 hour' WHERE step = 0", Check.EARLY_START);
        damage("UPDATE attempt SET started_at = started_at + interval '1 hour' WHERE step = 0");
        damage(
                "UPDATE attempt SET ended_at = ended_at + interval '1 hour' WHERE result = 'failed'",
                Check.CLAIMS_OVERLAP);
        damage("UPDATE attempt SET ended_at = ended_at - interval '1 hour' WHERE result = 'failed'");
        damage("UPDATE run SET state = 'failed'", Check.RUN_ENDED, Check.HISTORY);
        damage("UPDATE run SET state = 'succeeded'");
        damage("UPDATE event SET from_state = 'x' WHERE step_id = 'any' AND to_state = 'blocked'", Check.HISTORY);
    }

    @Test
    void a_pool_with_more_given_out_than_is_set_is_named() throws Exception {
        cluster.master("m1");
        cluster.pools(Map.of("db", 2));
        cluster.worker("w1", 4);
        var run = cluster.submit("a: {uses: gate, pools: {db: 1}}\nb: {uses: gate, pools: {db: 1}}\n");
        cluster.awaitStart(run, "a", 1);
        cluster.awaitStart(run, "b", 1);
        try {
            set(2, "2 hours");
            assertThat(violations(Duration.ofSeconds(10))).isEmpty();
            set(1, "0 hours");
            assertThat(violations(Duration.ofSeconds(10))).isEmpty();
            set(1, "2 hours");
            assertThat(checks(Duration.ofSeconds(10))).containsExactly(Check.POOL);
        } finally {
            POSTGRES.execute("DELETE FROM config WHERE version = 2");
        }
    }

    /** The slots of pool {@code db}, as if set so long ago. */
    private static void set(int slots, String ago) {
        POSTGRES.execute("DELETE FROM config WHERE version = 2");
        POSTGRES.execute("""
                INSERT INTO config (version, settings, changed_at, changed_by, note)
                VALUES (2, '{"pools.db": %d}', now() - interval '%s', 'test', '')
                """.formatted(slots, ago));
    }

    @Test
    void what_nobody_decides_about_is_named() throws Exception {
        var run = cluster.submit("a: {uses: gate}\nb: {uses: noop, needs: [a]}\n");
        cluster.command(run, "cancel");
        assertThat(checks(Duration.ZERO)).contains(Check.RUN_NOT_TAKEN_UP, Check.COMMAND, Check.LEADER);
        assertThat(checks(Duration.ofSeconds(1))).contains(Check.LEADER).doesNotContain(Check.FENCE);
        POSTGRES.execute("UPDATE run SET created_at = created_at - interval '1 hour'");
        POSTGRES.execute("UPDATE command SET created_at = created_at - interval '1 hour'");
        assertThat(checks(Duration.ofSeconds(1)))
                .containsExactlyInAnyOrder(Check.RUN_NOT_TAKEN_UP, Check.COMMAND, Check.LEADER);
    }

    @Test
    void damage_in_zookeeper_is_named() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 1);
        var run = cluster.submit("a: {uses: gate}\nb: {uses: gate}\nc: {uses: noop, needs: [a]}\n");
        cluster.awaitStart(run, "a", 1);
        cluster.awaitStep(run, "a", StepState.RUNNING);
        assertThat(violations(Duration.ofSeconds(2))).isEmpty();
        var inbox = cluster.zooKeeper().children(Paths.QUEUE).getFirst();
        var a = new StepKey(run, 0, StepKey.WHOLE);
        var c = new StepKey(run, 2, StepKey.WHOLE);

        // The one worker is busy, and nobody else heeds what is not meant for it.
        create(new Item(0, c, 1, 1).path(inbox), "");
        assertThat(checks(Duration.ZERO)).containsExactly(Check.STRAY_ITEM);
        delete(new Item(0, c, 1, 1).path(inbox));
        create(Lock.path(c), "1 w9~gone");
        assertThat(checks(Duration.ZERO)).containsExactlyInAnyOrder(Check.STRAY_LOCK, Check.LOCK_OF_NOBODY);
        delete(Lock.path(c));
        create(Paths.inbox("w9~gone"), "");
        assertThat(checks(Duration.ZERO)).containsExactly(Check.DEAD_INBOX);
        create(Paths.inbox("w9~gone") + "/" + new StopNote(a, 1, false).name(), "");
        assertThat(checks(Duration.ZERO)).containsExactlyInAnyOrder(Check.DEAD_INBOX, Check.STALE_NOTE);
        delete(Paths.inbox("w9~gone") + "/" + new StopNote(a, 1, false).name());
        delete(Paths.inbox("w9~gone"));
        create(Paths.EPOCHS + "/999", "");
        assertThat(checks(Duration.ZERO)).containsExactly(Check.FENCE);
        delete(Paths.EPOCHS + "/999");
        var item = new Item(0, new StepKey(run, 1, StepKey.WHOLE), 1, 1).path(inbox);
        delete(item);
        assertThat(violations(Duration.ZERO))
                .containsExactly(new Violation(
                        Check.PLACED_NOWHERE,
                        Optional.of(run),
                        Optional.of("b"),
                        Optional.empty(),
                        "an item or a lock, since it is queued under claim 1",
                        "neither"));
    }

    private void damage(String sql, Check... found) throws Exception {
        POSTGRES.execute(sql);
        assertThat(checks(Duration.ZERO)).as(sql).containsOnly(found);
    }

    private void create(String path, String data) throws Exception {
        cluster.zooKeeper().ensureExists(path);
        cluster.zooKeeper().handle().setData(path, data.getBytes(StandardCharsets.UTF_8), -1);
    }

    private void delete(String path) throws Exception {
        try {
            cluster.zooKeeper().handle().delete(path, -1);
        } catch (KeeperException.NoNodeException cleared) {
            // By the leader, which looks at everything whenever its connection was interrupted.
        }
    }

    private List<Check> checks(Duration patience) throws Exception {
        return violations(patience).stream().map(Violation::check).distinct().toList();
    }

    private List<Violation> violations(Duration patience) throws Exception {
        return violations(examine(patience));
    }

    private Examination examine(Duration patience) throws Exception {
        return doctor.examine(new Examination.Request(Instant.EPOCH, 1_000, patience));
    }

    private static List<Violation> violations(Examination examination) {
        return examination.results().stream()
                .flatMap(result -> result.shown().stream())
                .toList();
    }

    private static long examined(Examination examination, Check check) {
        return examination.results().stream()
                .filter(result -> result.check() == check)
                .mapToLong(Examination.Result::examined)
                .sum();
    }
}
