package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.history.TestPostgres;
import java.time.Duration;
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
        var load = new FireLoad(POSTGRES::texts);
        var masters = new ArrayList<TestNode>();
        for (int i = 1; i <= 3; i++) {
            masters.add(cluster.master("m" + i));
        }
        cluster.worker("w1", 50);
        cluster.worker("w2", 50);
        for (int w = 0; w < FireLoad.WORKFLOWS; w++) {
            cluster.deploy(FireLoad.workflow(w), FireLoad.triggers(random), "a: {uses: noop}\n");
        }
        try (var watched = new CursorWatch(POSTGRES::texts)) {
            int kills = killLeaders(masters, random);
            var end = cluster.database().now().truncatedTo(ChronoUnit.SECONDS);
            load.awaitOutcomes(end);
            System.out.printf("seed %d: %d leaders killed in %d s, %s%n", SEED, kills, SECONDS, load.figures());
            load.assertExactlyOnce(end, SECONDS);
            assertThat(watched.samples()).isPositive();
            assertThat(watched.wentBack()).as("cursors that went back").isEmpty();
            assertThat(kills).isEqualTo(KILLS);
        } catch (Throwable e) {
            throw new AssertionError("with -Dschedules.seed=" + SEED + ": " + e.getMessage(), e);
        } finally {
            for (int w = 0; w < FireLoad.WORKFLOWS; w++) {
                cluster.undeploy(FireLoad.workflow(w));
            }
        }
    }

    private static int killLeaders(List<TestNode> masters, Random random) throws Exception {
        long slice = SECONDS * 1_000L / KILLS;
        int kills = 0;
        for (int i = 0; i < KILLS; i++) {
            long began = System.nanoTime();
            long moment = random.nextLong(slice * 3 / 4);
            FireLoad.pass(moment);
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
            FireLoad.pass(left);
        }
        return kills;
    }
}
