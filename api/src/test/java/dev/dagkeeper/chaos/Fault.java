package dev.dagkeeper.chaos;

import java.util.Locale;

/** Everything that is done to a cluster. Sessions are 2 s for masters and apis, 6 s for workers. */
enum Fault {
    LEADER_KILLED(stage -> stage.kill(stage.leader())),
    LEADER_PAUSED(stage -> stage.pause(stage.leader(), 300, 1_200)),
    LEADER_PAUSED_PAST_ITS_SESSION(stage -> stage.pause(stage.leader(), 3_000, 5_000)),
    LEADER_CUT_OFF(stage -> stage.cut(stage.leader(), 3_000, 6_000)),
    WORKER_KILLED(stage -> stage.kill(stage.worker())),
    WORKER_PAUSED(stage -> stage.pause(stage.worker(), 500, 2_000)),
    WORKER_PAUSED_PAST_ITS_SESSION(stage -> stage.pause(stage.worker(), 7_500, 9_500)),
    WORKER_CUT_OFF(stage -> stage.cut(stage.worker(), 7_500, 9_500)),
    WORKER_DISK_FULL(stage -> {
        var disk = stage.disk().orElseThrow();
        disk.fill();
        try {
            stage.last(3_000, 5_000);
        } finally {
            disk.free();
        }
        return "worker-1";
    }),
    API_KILLED(stage -> stage.kill(stage.api())),
    API_PAUSED(stage -> stage.pause(stage.api(), 300, 1_200)),
    API_PAUSED_PAST_ITS_SESSION(stage -> stage.pause(stage.api(), 3_000, 6_000)),
    API_CUT_OFF(stage -> stage.cut(stage.api(), 3_000, 6_000)),
    ZOOKEEPER_MEMBER_KILLED(stage -> stage.kill(stage.zooKeeperMember())),
    ZOOKEEPER_MEMBER_PAUSED(stage -> stage.pause(stage.zooKeeperMember(), 500, 6_000)),
    ZOOKEEPER_MEMBER_CUT_OFF(stage -> stage.cut(stage.zooKeeperMember(), 3_000, 6_000)),
    ZOOKEEPER_LEADER_KILLED(stage -> stage.kill(stage.zooKeeperLeader())),
    ZOOKEEPER_LEADER_PAUSED(stage -> stage.pause(stage.zooKeeperLeader(), 2_000, 6_000)),
    ZOOKEEPER_WIPED(stage -> {
        stage.stores().lock();
        try {
            stage.cluster().zooKeeper().wipe();
            stage.last(100, 3_000);
            stage.cluster().zooKeeper().start();
            stage.awaitZooKeeper();
        } finally {
            stage.stores().unlock();
        }
        return "ensemble";
    }),
    POSTGRES_CONNECTIONS_ENDED(stage -> {
        stage.stores().lock();
        try {
            return stage.cluster().postgres().terminateBackends() + " connections";
        } finally {
            stage.stores().unlock();
        }
    }),
    POSTGRES_CRASHED(stage -> {
        stage.stores().lock();
        try {
            stage.cluster().postgres().crash();
            stage.last(100, 3_000);
            stage.cluster().postgres().startAgain();
        } finally {
            stage.stores().unlock();
        }
        return "postgres";
    });

    @SuppressWarnings("ImmutableEnumChecker") // they are lambdas that hold nothing
    private final Deed deed;

    Fault(Deed deed) {
        this.deed = deed;
    }

    /** Does it and, where it does not heal by itself, undoes it; says to whom. */
    String happen(Stage stage) throws Exception {
        return deed.happen(stage);
    }

    /**
     * Whether claims of a worker are lost. Three such losses in a row by workers that do not come back make a step fail,
     * as they should; the nemesis leaves time between them.
     */
    boolean losesClaims() {
        return this == WORKER_KILLED || this == WORKER_PAUSED_PAST_ITS_SESSION || this == WORKER_CUT_OFF;
    }

    /** In words. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private interface Deed {
        String happen(Stage stage) throws Exception;
    }
}
