package dev.dagkeeper.cluster;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;

/**
 * A worker's membership: one session of one process. After a lost session the process joins again as another incarnation,
 * so that whatever was meant for the one before cannot be mistaken for its own.
 */
public record Incarnation(String id) {
    /**
     * Joins under a fresh id: first the inbox, then the membership that makes others use it. An earlier membership of the
     * same process ends with that: there is one when it is not known what became of an earlier try, or when its session is
     * not over yet, and nobody would take what is sent to it.
     *
     * @throws ZooKeeperUnavailableException when it is not known to have joined
     */
    public static Incarnation join(Coordination zooKeeper, WorkerInfo info, RandomGenerator random)
            throws InterruptedException {
        zooKeeper.ensureExists(Paths.WORKERS);
        zooKeeper.ensureExists(Paths.QUEUE);
        zooKeeper.ensureExists(Paths.LOCKS);
        var incarnation = new Incarnation(info.name() + "~" + randomHex(random));
        var inbox = Paths.inbox(incarnation.id());
        var member = Paths.worker(incarnation.id());
        var operations = new ArrayList<Op>();
        operations.add(zooKeeper.creation(inbox, new byte[0], CreateMode.PERSISTENT));
        operations.add(zooKeeper.creation(member, info.toJson(), CreateMode.EPHEMERAL));
        for (var earlier : incarnations(zooKeeper, info)) {
            operations.add(Op.delete(Paths.worker(earlier), -1));
        }
        var joined = zooKeeper.multi(operations);
        if (!(joined instanceof MultiResult.Done)) {
            throw new ZooKeeperUnavailableException("could not join as " + incarnation.id() + ": " + joined, null);
        }
        return incarnation;
    }

    /**
     * Announces something else about a worker that has joined, without waiting.
     *
     * @param answer told once; anything but {@link MultiResult.Done} leaves open what is announced
     */
    public static void announce(
            Coordination zooKeeper, String incarnation, WorkerInfo info, Consumer<MultiResult> answer) {
        zooKeeper.multi(List.of(Op.setData(Paths.worker(incarnation), info.toJson(), -1)), answer);
    }

    /** Those of the same process. */
    private static List<String> incarnations(Coordination zooKeeper, WorkerInfo info) {
        return zooKeeper.children(Paths.WORKERS).stream()
                .filter(name -> name.startsWith(info.name() + "~"))
                .filter(name -> zooKeeper
                        .read(Paths.worker(name))
                        .filter(node -> WorkerInfo.parse(node.data()).process().equals(info.process()))
                        .isPresent())
                .toList();
    }

    private static String randomHex(RandomGenerator random) {
        var bytes = new byte[6];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
