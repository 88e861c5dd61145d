package dev.dagkeeper.doctor;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.Election;
import dev.dagkeeper.cluster.Paths;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What lies in ZooKeeper, as it lies there, read or not.
 *
 * @param members incarnations that are alive
 * @param inboxes names by incarnation
 * @param locks data by path
 * @param epochs names of the leaders' fences
 * @param leader who leads
 */
public record LiveNodes(
        Set<String> members,
        Map<String, List<String>> inboxes,
        Map<String, String> locks,
        List<String> epochs,
        Optional<String> leader) {
    /** Reads everything, in the order from which absence may be concluded: the queue, then the locks. */
    public static LiveNodes read(Coordination zooKeeper) throws InterruptedException {
        zooKeeper.sync();
        var inboxes = new LinkedHashMap<String, List<String>>();
        below(zooKeeper, Paths.QUEUE)
                .forEach((path, names) -> inboxes.put(path.substring(Paths.QUEUE.length() + 1), names));
        var paths = new ArrayList<String>();
        below(zooKeeper, Paths.LOCKS).forEach((shard, names) -> names.forEach(name -> paths.add(shard + "/" + name)));
        var locks = new LinkedHashMap<String, String>();
        zooKeeper.read(paths).forEach((path, node) -> locks.put(path, node.data()));
        return new LiveNodes(
                new HashSet<>(zooKeeper.children(Paths.WORKERS)),
                inboxes,
                locks,
                List.copyOf(zooKeeper.children(Paths.EPOCHS)),
                Election.leader(zooKeeper));
    }

    private static Map<String, List<String>> below(Coordination zooKeeper, String path) throws InterruptedException {
        return zooKeeper.children(
                zooKeeper.children(path).stream().map(name -> path + "/" + name).toList());
    }
}
