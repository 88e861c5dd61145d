package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.history.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Leaders are killed at random moments while 200 triggers fire every second or two: every fire has exactly one outcome and one
 * run. 30 seconds long; {@code -Pschedules} makes it five minutes and 20 kills.
 */
@Timeout(value = 600)
class ExactlyOnceIT {
    private static final int SECONDS = Integer.getInteger("schedules.seconds", 30);
    private static final int KILLS = Integer.getInteger("schedules.kills", 10);
    private static final long SEED = Long.getLong("schedules.seed", new Random().nextLong(1_000_000));
    private static final int WORKFLOWS = 4;
    private static final int TRIGGERS = 50;

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
    void every_fire_has_one_outcome_and_one_run_whoever_leads() throws Exception {
        var random = new Random(SEED);
        var masters = new ArrayList<TestNode>();
        for (int i = 1; i <= 3; i++) {
            masters.add(cluster.master("m" + i));
        }
        cluster.worker("w1", 50);
        cluster.worker("w2", 50);
        deploy(random);
        try (var watched = new CursorWatch(POSTGRES)) {
            int kills = killLeaders(masters, random);
            var end = cluster.database().now().truncatedTo(ChronoUnit.SECONDS);
            awaitCursors(end);
            System.out.printf(
                    "seed %d: %d leaders killed in %d s, %s fires, latest %s s late%n",
                    SEED,
                    kills,
                    SECONDS,
                    one("SELECT count(*) FROM fire"),
                    one("SELECT round(extract(epoch FROM max(decided_at - fire)), 1) FROM fire"));
            assertExactlyOnce(end);
            assertThat(watched.samples()).isPositive();
            assertThat(watched.wentBack()).as("cursors that went back").isEmpty();
            assertThat(kills).isEqualTo(KILLS);
        } catch (Throwable e) {
            throw new AssertionError("with -Dschedules.seed=" + SEED + ": " + e.getMessage(), e);
        } finally {
            for (int w = 0; w < WORKFLOWS; w++) {
                cluster.undeploy("load" + w);
            }
        }
    }

    /** Periods of one and two seconds, which the name tells, at both seconds. */
    private void deploy(Random random) {
        for (int w = 0; w < WORKFLOWS; w++) {
            var triggers = new StringBuilder();
            for (int t = 0; t < TRIGGERS; t++) {
                int period = 1 + random.nextInt(2);
                int offset = random.nextInt(period);
                triggers.append("t%d_%d_%d: {every: %ds, offset: %ds}%n".formatted(t, period, offset, period, offset));
            }
            cluster.deploy("load" + w, triggers.toString(), "a: {uses: noop}\n");
        }
    }

    private static int killLeaders(List<TestNode> masters, Random random) throws Exception {
        long slice = SECONDS * 1_000L / KILLS;
        int kills = 0;
        for (int i = 0; i < KILLS; i++) {
            long began = System.nanoTime();
            long moment = random.nextLong(slice * 3 / 4);
            await().pollDelay(Duration.ofMillis(moment)).until(() -> true);
            var leader = await("a leader")
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> masters.stream().filter(TestNode::leads).findFirst(), found -> found.isPresent())
                    .orElseThrow();
            leader.die();
            kills++;
            // Another one leads; what was killed comes back and finds out what happened.
            await("another leader")
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> masters.stream().anyMatch(node -> node != leader && node.leads()));
            leader.zooKeeperWay().restore();
            leader.postgresWay().restore();
            long left = slice - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            if (left > 0) {
                await().pollDelay(Duration.ofMillis(left)).until(() -> true);
            }
        }
        return kills;
    }

    private static String one(String query) {
        return POSTGRES.texts(query).getFirst();
    }

    /** All fires up to the end have an outcome: each trigger stands at its last fire before it, or later. */
    private static void awaitCursors(Instant end) {
        await("all cursors")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> one("""
                        SELECT count(*) FROM trigger_cursor WHERE cursor >= '%s'::timestamptz - interval '1 second'
                        """.formatted(end)).equals(Integer.toString(WORKFLOWS * TRIGGERS)));
    }

    private static void assertExactlyOnce(Instant end) {
        var expected = """
                WITH expected AS (
                    SELECT t.workflow_id, t.name, to_timestamp(s) AS fire
                    FROM trigger t CROSS JOIN LATERAL generate_series(
                        floor(extract(epoch FROM t.since))::bigint + 1, extract(epoch FROM '%s'::timestamptz)::bigint - 1) AS s
                    WHERE s %% split_part(t.name, '_', 2)::int = split_part(t.name, '_', 3)::int
                )
                """.formatted(end);
        assertThat(Integer.parseInt(one(expected + "SELECT count(*) FROM expected")))
                .as("fires that there should be")
                .isGreaterThan(WORKFLOWS * TRIGGERS * (SECONDS / 2 - 1));
        assertThat(POSTGRES.texts(expected + """
                SELECT e.name || ' ' || e.fire FROM expected e
                LEFT JOIN fire f ON f.workflow_id = e.workflow_id AND f.trigger = e.name AND f.fire = e.fire
                WHERE f.fire IS NULL
                """)).as("missing").isEmpty();
        assertThat(POSTGRES.texts("""
                SELECT trigger || ' ' || fire || ' ' || outcome || ' ' || reason FROM fire
                WHERE outcome <> 'started' OR extract(epoch FROM fire)::bigint %% split_part(trigger, '_', 2)::int
                    <> split_part(trigger, '_', 3)::int
                """.replace("%%", "%")))
                .as("not started, or no fire at all")
                .isEmpty();
        assertThat(POSTGRES.texts("""
                SELECT workflow || ' ' || trigger || ' ' || nominal_time FROM run
                GROUP BY workflow, trigger, nominal_time HAVING count(*) > 1
                """)).as("twice").isEmpty();
        assertThat(POSTGRES.texts("""
                SELECT f.trigger || ' ' || f.fire FROM fire f
                LEFT JOIN run r ON r.id = f.run_id AND r.trigger = f.trigger AND r.nominal_time = f.fire
                WHERE r.id IS NULL
                """)).as("without its run").isEmpty();
        assertThat(one("SELECT count(*) FROM run WHERE id NOT IN (SELECT run_id FROM fire)"))
                .as("runs without a fire")
                .isEqualTo("0");
    }
}
