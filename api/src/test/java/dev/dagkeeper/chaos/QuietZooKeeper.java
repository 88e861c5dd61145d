package dev.dagkeeper.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;

/** What must not be left in ZooKeeper when nothing runs. Reads it with ZooKeeper's own client. */
final class QuietZooKeeper {
    private static final String ROOT = "/dagkeeper";

    private QuietZooKeeper() {}

    /** Looks until nothing is left over, or the time is up; what is left over. */
    static List<String> leftovers(String connectString, int workers, long patienceSeconds) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(patienceSeconds);
        var zooKeeper = new ZooKeeper(connectString, 10_000, _ -> {});
        try {
            while (true) {
                var left = look(zooKeeper, workers);
                if (left.isEmpty() || System.nanoTime() > until) {
                    return left;
                }
                TimeUnit.MILLISECONDS.sleep(250);
            }
        } finally {
            zooKeeper.close();
        }
    }

    private static List<String> look(ZooKeeper zooKeeper, int workers) throws InterruptedException {
        var left = new ArrayList<String>();
        try {
            var members = zooKeeper.getChildren(ROOT + "/workers", false);
            if (members.size() != workers) {
                left.add("members " + members + ", expected " + workers);
            }
            for (var inbox : zooKeeper.getChildren(ROOT + "/queue", false)) {
                if (!members.contains(inbox)) {
                    left.add("the inbox of a worker that is gone: " + inbox);
                }
                for (var item : zooKeeper.getChildren(ROOT + "/queue/" + inbox, false)) {
                    left.add("the item " + inbox + "/" + item);
                }
            }
            for (var shard : zooKeeper.getChildren(ROOT + "/locks", false)) {
                for (var lock : zooKeeper.getChildren(ROOT + "/locks/" + shard, false)) {
                    left.add("the lock " + lock);
                }
            }
        } catch (KeeperException e) {
            left.add("ZooKeeper does not answer: " + e.getMessage());
        }
        return left;
    }
}
