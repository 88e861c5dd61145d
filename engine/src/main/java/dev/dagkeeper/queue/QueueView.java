package dev.dagkeeper.queue;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.queue.Outbox.Sending;
import dev.dagkeeper.run.StepKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * All items and locks as they are in ZooKeeper, read in the one order from which absence may be concluded: sync, then the
 * queue, then the locks. A step moves from the queue to the locks and never back, so one that is in neither was in neither.
 *
 * @param items by step, one of each
 * @param seconds items of steps that have another, of the same claim or a later one
 * @param locks by step
 * @param unreadable paths of nodes that are none of ours
 */
public record QueueView(
        Map<StepKey, Sending> items, List<Sending> seconds, Map<StepKey, Lock> locks, List<String> unreadable) {
    /** Nothing is queued or locked. */
    public static final QueueView NOTHING = new QueueView(Map.of(), List.of(), Map.of(), List.of());

    /** Reads everything, pipelined. */
    public static QueueView read(Coordination zooKeeper) throws InterruptedException {
        zooKeeper.sync();
        var view = new QueueView(new HashMap<>(), new ArrayList<>(), new HashMap<>(), new ArrayList<>());
        var inboxes = zooKeeper.children(Paths.QUEUE).stream().map(Paths::inbox).toList();
        zooKeeper
                .children(inboxes)
                .forEach((inbox, names) -> names.stream()
                        .filter(name -> !StopNote.isNote(name))
                        .forEach(name -> view.addItem(inbox, name)));
        var shards =
                IntStream.range(0, Paths.LOCK_SHARDS).mapToObj(Paths::lockShard).toList();
        var paths = new ArrayList<String>();
        zooKeeper.children(shards).forEach((shard, names) -> names.forEach(name -> paths.add(shard + "/" + name)));
        zooKeeper.read(paths).forEach((path, node) -> view.addLock(path, node.data()));
        return view;
    }

    private void addItem(String inbox, String name) {
        var item = Item.find(name);
        if (item.isEmpty()) {
            unreadable.add(inbox + "/" + name);
            return;
        }
        var sending = new Sending(item.get(), inbox.substring(Paths.QUEUE.length() + 1));
        var other = items.putIfAbsent(item.get().key(), sending);
        if (other != null) {
            boolean later = item.get().claim() > other.item().claim();
            if (later) {
                items.put(item.get().key(), sending);
            }
            seconds.add(later ? other : sending);
        }
    }

    private void addLock(String path, String data) {
        try {
            var lock = Lock.parse(path, data);
            locks.put(lock.key(), lock);
        } catch (IllegalArgumentException e) {
            unreadable.add(path);
        }
    }
}
