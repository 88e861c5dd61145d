package dev.dagkeeper.queue;

import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
import dev.dagkeeper.run.StepKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.zookeeper.KeeperException.Code;

/**
 * All items and locks as they are in ZooKeeper, read in the one order from which absence may be concluded: sync, then the
 * queue, then the locks. A step moves from the queue to the locks and never back, so one that is in neither was in neither.
 *
 * @param items by step
 * @param locks by step
 */
public record QueueView(Map<StepKey, Outbox.Sending> items, Map<StepKey, Lock> locks) {
    /** Reads everything, pipelined. */
    public static QueueView read(ZooKeeperConnection zooKeeper) throws InterruptedException {
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

    private static Map<StepKey, Lock> readLocks(ZooKeeperConnection zooKeeper) throws InterruptedException {
        var listings = new HashMap<String, CompletableFuture<List<String>>>();
        for (int shard = 0; shard < Paths.LOCK_SHARDS; shard++) {
            var path = Paths.lockShard(shard);
            var listing = new CompletableFuture<List<String>>();
            zooKeeper
                    .handle()
                    .getChildren(
                            path,
                            false,
                            (int rc, String p, Object ctx, List<String> names) ->
                                    complete(listing, rc, names, List.of()),
                            null);
            listings.put(path, listing);
        }
        var reads = new ArrayList<CompletableFuture<List<Lock>>>();
        for (var entry : listings.entrySet()) {
            for (var name : await(entry.getValue())) {
                reads.add(readLock(zooKeeper, entry.getKey() + "/" + name));
            }
        }
        var locks = new HashMap<StepKey, Lock>();
        for (var read : reads) {
            for (var lock : await(read)) {
                locks.put(lock.key(), lock);
            }
        }
        return locks;
    }

    private static CompletableFuture<List<Lock>> readLock(ZooKeeperConnection zooKeeper, String path) {
        var read = new CompletableFuture<List<Lock>>();
        zooKeeper
                .handle()
                .getData(
                        path,
                        false,
                        (rc, p, ctx, data, stat) -> complete(
                                read,
                                rc,
                                rc == Code.OK.intValue()
                                        ? List.of(Lock.parse(
                                                path, new String(data, java.nio.charset.StandardCharsets.UTF_8)))
                                        : List.of(),
                                List.of()),
                        null);
        return read;
    }

    private static <T> void complete(CompletableFuture<T> future, int rc, T value, T absent) {
        var code = Code.get(rc);
        if (code == Code.OK) {
            future.complete(value);
        } else if (code == Code.NONODE) {
            future.complete(absent);
        } else {
            future.completeExceptionally(
                    new ZooKeeperUnavailableException("the queue could not be read: " + code, null));
        }
    }

    private static <T> T await(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ZooKeeperUnavailableException unavailable) {
                throw unavailable;
            }
            throw new IllegalStateException(e);
        }
    }
}
