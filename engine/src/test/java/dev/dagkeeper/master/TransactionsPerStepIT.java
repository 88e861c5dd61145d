package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.embedded.RestartableZooKeeper;
import dev.dagkeeper.history.TestPostgres;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.Stat;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * How many transactions ZooKeeper commits for a step, by the server's own count: the number of each is one higher than that of
 * the one before. More workers must not mean more attempts at the same step.
 */
@Timeout(180)
class TransactionsPerStepIT {
    private static final int CHAINS = 4;
    private static final int STEPS = 60;
    private static final String CHAIN = chain();
    private static final int FAN_STEPS = 2000;
    private static final String FAN = fan();

    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    @Test
    void with_one_two_and_four_workers_a_step_costs_the_same_number_of_transactions(@TempDir Path directory)
            throws Exception {
        var perStep = new ArrayList<Double>();
        try (var server = RestartableZooKeeper.start(directory.resolve("zookeeper"))) {
            for (int workers : List.of(1, 2, 4)) {
                perStep.add(measure(server.connectString(), workers, directory.resolve("workers-" + workers)));
            }
        }
        System.out.println("ZooKeeper transactions per step with 1, 2 and 4 workers: " + perStep);
        assertThat(perStep.get(0)).isBetween(1.0, 3.2);
        assertThat(perStep.get(1)).isCloseTo(perStep.get(0), Percentage.withPercentage(5));
        assertThat(perStep.get(2)).isCloseTo(perStep.get(0), Percentage.withPercentage(5));
    }

    @Test
    void under_load_a_step_changes_the_same_nodes_whoever_runs_it_and_batches_only_save_transactions(
            @TempDir Path directory) throws Exception {
        try (var server = RestartableZooKeeper.start(directory.resolve("zookeeper"))) {
            for (int workers : List.of(1, 2, 4)) {
                var cost = underLoad(server.connectString(), workers, directory.resolve("workers-" + workers));
                System.out.printf("Under load with %d workers: %s%n", workers, cost);
                assertThat(cost.changesPerStep()).isCloseTo(4, Percentage.withPercentage(1));
                assertThat(cost.transactionsPerStep()).isLessThan(1.2);
            }
        }
    }

    /**
     * What a step cost.
     *
     * @param changesPerStep nodes created and deleted: 4 when nobody tries in vain, the item and the lock
     */
    private record Cost(double transactionsPerStep, double changesPerStep) {}

    private static Cost underLoad(String address, int workers, Path directory) throws Exception {
        var cluster = new TestCluster(address + "/" + UUID.randomUUID(), POSTGRES::settings, directory);
        try {
            cluster.master("m1");
            for (int i = 0; i < workers; i++) {
                cluster.worker("w" + i, 16);
            }
            run(cluster, 1);
            var changes = changes(cluster);
            var before = lastTransaction(cluster);
            assertThat(cluster.awaitEnd(cluster.submit(FAN)).state()).isEqualTo(RunState.SUCCEEDED);
            var after = lastTransaction(cluster);
            return new Cost(
                    (after - before - 2) / (double) FAN_STEPS, (changes(cluster) - changes) / (double) FAN_STEPS);
        } finally {
            cluster.disband();
        }
    }

    /** How often a child of an inbox or of a directory of locks came or went, by the versions that the server keeps. */
    private static long changes(TestCluster cluster) throws Exception {
        var zooKeeper = cluster.zooKeeper().handle();
        long changes = 0;
        for (var top : List.of(Paths.QUEUE, Paths.LOCKS)) {
            for (var directory : zooKeeper.getChildren(top, false)) {
                changes += zooKeeper.exists(top + "/" + directory, false).getCversion();
            }
        }
        return changes;
    }

    private static double measure(String address, int workers, Path directory) throws Exception {
        var cluster = new TestCluster(address + "/" + UUID.randomUUID(), POSTGRES::settings, directory);
        try {
            cluster.master("m1");
            for (int i = 0; i < workers; i++) {
                cluster.worker("w" + i, 16 / workers);
            }
            run(cluster, 1);
            var before = lastTransaction(cluster);
            run(cluster, CHAINS);
            var after = lastTransaction(cluster);
            return (after - before - 1 - CHAINS) / (double) (CHAINS * STEPS);
        } finally {
            cluster.disband();
        }
    }

    /** Chains one after the other, of steps one after the other: what could share a transaction is the same each time. */
    private static void run(TestCluster cluster, int chains) {
        for (int i = 0; i < chains; i++) {
            RunId run = cluster.submit(CHAIN);
            assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.SUCCEEDED);
        }
    }

    /** The number of a transaction of our own, made for it. */
    private static long lastTransaction(TestCluster cluster) throws Exception {
        var stat = new Stat();
        cluster.zooKeeper()
                .handle()
                .create("/" + UUID.randomUUID(), new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL, stat);
        return stat.getCzxid();
    }

    private static String fan() {
        var steps = new StringBuilder();
        for (int i = 0; i < FAN_STEPS; i++) {
            steps.append("s%d: {uses: noop}\n".formatted(i));
        }
        return steps.toString();
    }

    private static String chain() {
        var steps = new StringBuilder("s0: {uses: noop}\n");
        for (int i = 1; i < STEPS; i++) {
            steps.append("s%d: {uses: noop, needs: [s%d]}\n".formatted(i, i - 1));
        }
        return steps.toString();
    }
}
