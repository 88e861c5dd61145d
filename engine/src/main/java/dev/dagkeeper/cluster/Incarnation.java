package dev.dagkeeper.cluster;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;

/**
 * A worker's membership: one session of one process. After a lost session the process joins again as another incarnation,
 * so that whatever was meant for the one before cannot be mistaken for its own.
 */
public record Incarnation(String id) {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Joins under a fresh id: first the inbox, then the membership that makes others use it. */
    public static Incarnation join(ZooKeeperConnection zooKeeper, WorkerInfo info) throws InterruptedException {
        zooKeeper.ensureExists(Paths.WORKERS);
        zooKeeper.ensureExists(Paths.QUEUE);
        zooKeeper.ensureExists(Paths.LOCKS);
        var incarnation = new Incarnation(info.name() + "~" + randomHex());
        var inbox = Paths.inbox(incarnation.id());
        var member = Paths.worker(incarnation.id());
        try {
            zooKeeper
                    .handle()
                    .multi(List.of(
                            zooKeeper.creation(inbox, new byte[0], CreateMode.PERSISTENT),
                            zooKeeper.creation(member, info.toJson(), CreateMode.EPHEMERAL)));
        } catch (KeeperException e) {
            throw new ZooKeeperUnavailableException("could not join as " + incarnation.id() + ": " + e.getMessage(), e);
        }
        return incarnation;
    }

    private static String randomHex() {
        var bytes = new byte[6];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
