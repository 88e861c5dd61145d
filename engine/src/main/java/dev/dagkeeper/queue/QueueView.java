package dev.dagkeeper.queue;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.run.StepKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * All items and locks as they are in ZooKeeper, read in the one order from which absence may be concluded: sync, then the
 * queue, then the locks. A step moves from the queue to the locks and never back, so one that is in neither was in neither.
 *
 * @param items by step
 * @param locks by step
 */
public record QueueView(Map<StepKey, Outbox.Sending> items, Map<StepKey, Lock> locks) {
    /** Reads everything, pipelined. */
    public static QueueView read(Coordination zooKeeper) throws InterruptedException {
        zooKeeper.sync();
        var items = new HashMap<StepKey, Outbox.Sending>();
        for (var incarnation : zooKeeper.children(Paths.QUEUE)) {
            for (var name : zooKeeper.children(Paths.inbox(incarnation))) {
                if (!StopNote.isNote(name)) {
                    var item = Item.parse(name);
                    items.merge(
                            item.key(),
                            new Outbox.Sending(item, incarnation),
                            (a, b) -> a.item().claim() >= b.item().claim() ? a : b);
                }
            }
        }
        return new QueueView(items, readLocks(zooKeeper));
    }

    private static Map<StepKey, Lock> readLocks(Coordination zooKeeper) throws InterruptedException {
        var shards =
                IntStream.range(0, Paths.LOCK_SHARDS).mapToObj(Paths::lockShard).toList();
        var paths = new ArrayList<String>();
        zooKeeper.children(shards).forEach((shard, names) -> names.forEach(name -> paths.add(shard + "/" + name)));
        var locks = new HashMap<StepKey, Lock>();
        zooKeeper.read(paths).forEach((path, node) -> {
            var lock = Lock.parse(path, node.data());
            locks.put(lock.key(), lock);
        });
        return locks;
    }
}
