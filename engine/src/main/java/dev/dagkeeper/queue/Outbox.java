package dev.dagkeeper.queue;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.EpochFence;
import dev.dagkeeper.cluster.MultiResult;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;

/** The leader's side of the queue. Every multi() begins with the check of the epoch's fence. Thread-safe. */
public final class Outbox {
    /** Items in one multi(): large enough to share the disk's sync, small enough to be far from the packet limit. */
    private static final int BATCH = 50;

    private final Coordination zooKeeper;
    private final EpochFence fence;

    public Outbox(Coordination zooKeeper, EpochFence fence) {
        this.zooKeeper = zooKeeper;
        this.fence = fence;
    }

    /** An item and the worker it is for. */
    public record Sending(Item item, String incarnation) {}

    /** What became of sent items that are not simply in their inboxes. */
    public sealed interface Failure {
        /** The fence is down: another leads. */
        record Deposed() implements Failure {}

        /** These are certainly not in an inbox: their worker is gone. */
        record Undeliverable(List<Item> items) implements Failure {}

        /** Nobody knows; to be looked up. */
        record Unknown(List<Item> items) implements Failure {}
    }

    /** Puts items into inboxes, pipelined. Only what does not go well is told, on the client's event thread. */
    public void send(List<Sending> sendings, Consumer<Failure> onFailure) {
        for (int from = 0; from < sendings.size(); from += BATCH) {
            var batch = List.copyOf(sendings.subList(from, Math.min(from + BATCH, sendings.size())));
            sendBatch(batch, onFailure);
        }
    }

    private void sendBatch(List<Sending> batch, Consumer<Failure> onFailure) {
        var operations = new ArrayList<Op>(batch.size() + 1);
        operations.add(fence.check());
        for (var sending : batch) {
            operations.add(create(sending.item().path(sending.incarnation())));
        }
        zooKeeper.multi(operations, result -> {
            switch (result) {
                case MultiResult.Done() -> {}
                case MultiResult.Unknown _ ->
                    onFailure.accept(new Failure.Unknown(
                            batch.stream().map(Sending::item).toList()));
                case MultiResult.Refused refused -> afterRefusal(batch, refused, onFailure);
            }
        });
    }

    private void afterRefusal(List<Sending> batch, MultiResult.Refused refused, Consumer<Failure> onFailure) {
        int failed = refused.failedAt() - 1;
        if (failed < 0) {
            onFailure.accept(new Failure.Deposed());
            return;
        }
        if (refused.cause() != Code.NODEEXISTS) {
            onFailure.accept(new Failure.Undeliverable(List.of(batch.get(failed).item())));
        }
        var others = new ArrayList<>(batch);
        others.remove(failed);
        if (!others.isEmpty()) {
            sendBatch(List.copyOf(others), onFailure);
        }
    }

    /**
     * Takes items back. Exactly one of this and the worker's claim wins for each.
     *
     * @return those that are certainly back
     */
    public Set<Item> withdraw(List<Sending> sendings) throws InterruptedException {
        var answers = zooKeeper.multis(sendings.stream()
                .map(sending -> List.of(fence.check(), Op.delete(sending.item().path(sending.incarnation()), -1)))
                .toList());
        var back = new LinkedHashSet<Item>();
        for (int i = 0; i < answers.size(); i++) {
            if (answers.get(i) instanceof MultiResult.Done) {
                back.add(sendings.get(i).item());
            }
        }
        return back;
    }

    /** Asks a worker to end a step. Lost notes are sent again by whoever still wants the step ended. */
    public void stop(StopNote note, String incarnation) {
        zooKeeper.multi(List.of(fence.check(), create(note.path(incarnation))), _ -> {});
    }

    /** Removes a node that is not to be there, unless it is gone already. */
    public void remove(String path) {
        zooKeeper.multi(List.of(fence.check(), Op.delete(path, -1)), _ -> {});
    }

    /** Makes the directories that items and locks lie in. */
    public void prepare() throws InterruptedException {
        zooKeeper.ensureExists(Paths.WORKERS);
        zooKeeper.ensureExists(Paths.QUEUE);
        zooKeeper.ensureExists(Paths.LOCKS);
        zooKeeper.ensureExists(Paths.BELLS);
        var there = new HashSet<>(zooKeeper.children(Paths.LOCKS));
        var operations = new ArrayList<Op>();
        for (int shard = 0; shard < Paths.LOCK_SHARDS; shard++) {
            var path = Paths.lockShard(shard);
            if (!there.contains(path.substring(path.lastIndexOf('/') + 1))) {
                operations.add(create(path));
            }
        }
        if (!operations.isEmpty() && !(zooKeeper.multi(operations) instanceof MultiResult.Done)) {
            throw new ZooKeeperUnavailableException("the directories of the locks could not be made", null);
        }
    }

    /** Removes the inbox of a worker that is gone, which must be empty. */
    public void removeInbox(String incarnation) {
        remove(Paths.inbox(incarnation));
    }

    private Op create(String path) {
        return zooKeeper.creation(path, new byte[0], CreateMode.PERSISTENT);
    }
}
