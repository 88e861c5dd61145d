package dev.dagkeeper.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.awaitility.Awaitility;

/** What faults happen to. Thread-safe. */
record Stage(ClusterProcesses cluster, Optional<FullDisk> disk, Random random, ReentrantLock stores) {
    /** How long a leader may take to show up before any master is taken for it. */
    private static final Duration LEADER_PATIENCE = Duration.ofSeconds(10);

    ClusterProcess leader() throws InterruptedException {
        long until = System.nanoTime() + LEADER_PATIENCE.toNanos();
        while (System.nanoTime() < until) {
            var leader = cluster.leader().filter(ClusterProcess::isAlive);
            if (leader.isPresent()) {
                return leader.get();
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return any(cluster.masters());
    }

    ClusterProcess worker() {
        return any(cluster.workers());
    }

    ClusterProcess api() {
        return any(cluster.apis());
    }

    /** A server that does not lead the ensemble. */
    ClusterProcess zooKeeperMember() {
        var leader = cluster.zooKeeper().leader();
        return any(cluster.zooKeeper().processes().stream()
                .filter(member -> leader.isEmpty() || member != leader.get())
                .toList());
    }

    ClusterProcess zooKeeperLeader() throws InterruptedException {
        long until = System.nanoTime() + LEADER_PATIENCE.toNanos();
        while (System.nanoTime() < until) {
            var leader = cluster.zooKeeper().leader();
            if (leader.isPresent()) {
                return leader.get();
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return any(cluster.zooKeeper().processes());
    }

    /** Returns when the ensemble serves. */
    void awaitZooKeeper() {
        Awaitility.await("ZooKeeper")
                .atMost(Duration.ofSeconds(60))
                .until(() -> cluster.zooKeeper().serves());
    }

    private ClusterProcess any(List<ClusterProcess> processes) {
        return processes.get(random.nextInt(processes.size()));
    }

    /** Lets time go by, from one bound to the other. */
    void last(int fromMillis, int toMillis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(fromMillis + random.nextInt(toMillis - fromMillis));
    }

    String kill(ClusterProcess victim) {
        victim.kill();
        return victim.name();
    }

    String pause(ClusterProcess victim, int fromMillis, int toMillis) throws InterruptedException {
        victim.pause();
        try {
            last(fromMillis, toMillis);
        } finally {
            victim.resume();
        }
        return victim.name();
    }

    String cut(ClusterProcess victim, int fromMillis, int toMillis) throws InterruptedException {
        cluster.cut(victim);
        try {
            last(fromMillis, toMillis);
        } finally {
            cluster.mend(victim);
        }
        return victim.name();
    }
}
