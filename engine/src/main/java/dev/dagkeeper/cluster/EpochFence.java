package dev.dagkeeper.cluster;

import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;

/**
 * The leader's fence in ZooKeeper: a node named after its epoch. Each multi() of a leader begins with a check that its node
 * is there. A new leader replaces the node of the one before, whose multi() is refused from then on; after a loss of all
 * ZooKeeper's data no old node is there either. (A version number of one fixed node would begin again at 0 then, and an old
 * leader's check could pass.)
 *
 * @param epoch as raised in Postgres, where epochs only grow
 */
public record EpochFence(long epoch) {
    private static final Set<Code> RACES = Set.of(Code.BADVERSION, Code.NONODE, Code.NODEEXISTS);

    /**
     * Puts the fence up, in one multi() that is conditional on the version of the directory: of two leaders in a race the
     * one with the lower epoch never gets its node in after the higher.
     *
     * @return empty when a higher epoch is already there: this leader has been deposed
     */
    public static Optional<EpochFence> raise(Coordination zooKeeper, long epoch) throws InterruptedException {
        var fence = new EpochFence(epoch);
        while (true) {
            zooKeeper.ensureExists(Paths.EPOCHS);
            var directory = zooKeeper.read(Paths.EPOCHS);
            if (directory.isEmpty()) {
                continue;
            }
            var operations = new ArrayList<Op>();
            operations.add(Op.setData(Paths.EPOCHS, new byte[0], directory.get().version()));
            for (var other : zooKeeper.children(Paths.EPOCHS)) {
                if (Long.parseLong(other) > epoch) {
                    return Optional.empty();
                }
                operations.add(Op.delete(Paths.EPOCHS + "/" + other, -1));
            }
            var info = new LeaderInfo(Protocol.SUPPORTED, zooKeeper.sessionId());
            operations.add(zooKeeper.creation(fence.path(), info.toJson(), CreateMode.PERSISTENT));
            switch (zooKeeper.multi(operations)) {
                case MultiResult.Done() -> {
                    return Optional.of(fence);
                }
                case MultiResult.Refused refused when RACES.contains(refused.cause()) -> {
                    // Another leader wrote in between: look again at who is higher.
                }
                case MultiResult other ->
                    throw new ZooKeeperUnavailableException(
                            "the fence of epoch " + epoch + " is not up: " + other, null);
            }
        }
    }

    /** To be the first operation of every multi() of this leader. */
    public Op check() {
        return Op.check(path(), -1);
    }

    private String path() {
        return Paths.EPOCHS + "/" + epoch;
    }
}
