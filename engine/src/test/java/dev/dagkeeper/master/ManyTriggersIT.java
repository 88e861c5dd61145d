package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.history.TestPostgres;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What many triggers cost: a few thousand in every build, and with {@code -Pschedules} as many as docs/performance.md tells of. */
@Timeout(300)
class ManyTriggersIT {
    private static final int MANY = Integer.getInteger("schedules.many", 5_000);
    private static final int BURST = Integer.getInteger("schedules.burst", 500);
    private static final int TRIGGERS_OF_A_WORKFLOW = 500;
    private static final Duration READY_WITHIN = Promised.within(Duration.ofSeconds(10));
    private static final Duration STARTED_WITHIN = Promised.within(Duration.ofSeconds(15));
    private static final long HEAP = 1L << 30;

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
    void a_new_leader_of_many_triggers_is_soon_ready_to_fire_and_needs_little_memory() throws Exception {
        cluster.store("many", "t: {cron: \"0 0 * * *\", timezone: Europe/Stockholm}\n", "a: {uses: noop}\n");
        // The same at every minute of the day.
        POSTGRES.execute("""
                INSERT INTO trigger (workflow_id, name, revision_id, schedule, since)
                SELECT workflow_id, 't' || i, revision_id,
                    replace(schedule::text, '0 0 * * *', i %% 60 || ' ' || i / 60 %% 24 || ' * * *')::json, since
                FROM trigger, generate_series(2, %d) AS i
                """.formatted(MANY));
        cluster.store("canary", "t: {every: 1s, catchup: {mode: all}}\n", "a: {uses: noop}\n");
        long before = usedHeap();
        long began = System.nanoTime();
        cluster.master("m1");
        await("the first fire")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !cluster.fires("canary", "t").isEmpty());
        var took = Duration.ofNanos(System.nanoTime() - began);
        long heap = usedHeap() - before;
        System.out.printf(
                "%,d triggers: the first fire %.1f s after the leader's process began, %,d MiB of heap for them%n",
                MANY, took.toMillis() / 1e3, heap >> 20);
        assertThat(took).isLessThan(READY_WITHIN);
        assertThat(heap + before).isLessThan(HEAP);
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void triggers_that_are_due_at_the_same_second_are_all_recorded_and_started_soon() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 8);
        int workflows = Math.max(1, BURST / TRIGGERS_OF_A_WORKFLOW);
        var at = cluster.database().now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(5L + workflows);
        var triggers = new StringBuilder();
        for (int t = 0; t < BURST / workflows; t++) {
            triggers.append("t%d: {at: [\"%s\"]}%n".formatted(t, at));
        }
        for (int w = 0; w < workflows; w++) {
            cluster.deploy("burst" + w, triggers.toString(), "a: {uses: noop}\n");
        }
        assertThat(cluster.database().now()).as("deployed in time").isBefore(at);
        await("all runs started")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> one("SELECT count(*) FROM run WHERE started_at IS NOT NULL")
                        .equals(Integer.toString(BURST)));
        assertThat(one("SELECT count(*) FROM fire WHERE outcome = 'started'")).isEqualTo(Integer.toString(BURST));
        var recorded = seconds("SELECT max(decided_at) - '%s' FROM fire", at.toString());
        var started = seconds("SELECT max(started_at) - '%s' FROM run", at.toString());
        System.out.printf(
                "%,d triggers due at the same second: all recorded after %.1f s, all started after %.1f s%n",
                BURST, recorded.toMillis() / 1e3, started.toMillis() / 1e3);
        assertThat(started).isLessThan(STARTED_WITHIN);
        assertThat(recorded).isLessThan(STARTED_WITHIN);
    }

    private static String one(String query) {
        return POSTGRES.texts(query).getFirst();
    }

    private static Duration seconds(String query, String since) {
        var seconds = one("SELECT extract(epoch FROM (%s))".formatted(query.formatted(since)));
        return Duration.ofMillis(Math.round(Double.parseDouble(seconds) * 1e3));
    }
}
