package dev.dagkeeper.queue;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.MultiResult;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.run.StepKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;

/**
 * One incarnation's side of the queue: claims, locks, notes. Every multi() begins with the check that the incarnation is
 * still a member. Thread-safe.
 */
public final class Inbox {
    private final Coordination zooKeeper;
    private final String incarnation;

    public Inbox(Coordination zooKeeper, String incarnation) {
        this.zooKeeper = zooKeeper;
        this.incarnation = incarnation;
    }

    /** The incarnation whose inbox it is. */
    public String incarnation() {
        return incarnation;
    }

    /** Names of all that lies in it. */
    public List<String> list() {
        return zooKeeper.children(Paths.inbox(incarnation));
    }

    /** Deletes each item and creates its lock: all of them or none, so no item is ever lost in between. */
    public void claim(List<Item> items, Consumer<MultiResult> answer) {
        var operations = new ArrayList<Op>(2 * items.size() + 1);
        operations.add(membership());
        for (var item : items) {
            operations.add(Op.delete(item.path(incarnation), -1));
            operations.add(lock(item.key(), item.claim()));
        }
        zooKeeper.multi(operations, answer);
    }

    /** The place in the list of items of the one that made {@link #claim} fail; -1 when the membership did. */
    public static int refusedItem(MultiResult.Refused refused) {
        return refused.failedAt() == 0 ? -1 : (refused.failedAt() - 1) / 2;
    }

    /**
     * Takes the lock of a step that this process runs already: the node went with an earlier session, or is still there
     * from it, or everything in ZooKeeper went. Refused when another holds the lock under a later claim. To be used only
     * for a claim that Postgres shows as current.
     */
    public void relock(StepKey key, int claim, Consumer<MultiResult> answer) {
        var path = Lock.path(key);
        // After a loss of all data the directory may not be there yet: it is the leader who makes it, and it may come
        // later.
        zooKeeper.ensureExists(Lock.directory(key));
        var operations = new ArrayList<Op>(3);
        operations.add(membership());
        if (zooKeeper
                .read(path)
                .filter(node -> Lock.parse(path, node.data()).claim() == claim)
                .isPresent()) {
            operations.add(Op.delete(path, -1));
        }
        operations.add(lock(key, claim));
        zooKeeper.multi(operations, answer);
    }

    /** Gives locks back, all or none. */
    public void unlock(Collection<StepKey> keys, Consumer<MultiResult> answer) {
        var operations = new ArrayList<Op>(keys.size() + 1);
        operations.add(membership());
        for (var key : keys) {
            operations.add(Op.delete(Lock.path(key), -1));
        }
        zooKeeper.multi(operations, answer);
    }

    /** The claim of the lock of a step when this session holds it. */
    public Optional<Integer> heldClaim(StepKey key) {
        long session = zooKeeper.sessionId();
        var path = Lock.path(key);
        return zooKeeper
                .read(path)
                .filter(node -> node.owner() == session)
                .map(node -> Lock.parse(path, node.data()).claim());
    }

    /** Deletes a heeded note. */
    public void discard(StopNote note) {
        zooKeeper.multi(List.of(Op.delete(note.path(incarnation), -1)), _ -> {});
    }

    private Op membership() {
        return Op.check(Paths.worker(incarnation), -1);
    }

    private Op lock(StepKey key, int claim) {
        return zooKeeper.creation(Lock.path(key), new Lock(key, claim, incarnation).data(), CreateMode.EPHEMERAL);
    }
}
