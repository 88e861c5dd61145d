package dev.dagkeeper.cluster;

import java.util.ArrayList;
import java.util.List;

/** Reads who is alive. */
public final class Members {
    private Members() {}

    /** The workers that are alive now, in order of their names. */
    public static List<Member> list(Coordination zooKeeper) {
        var members = new ArrayList<Member>();
        for (var incarnation : zooKeeper.children(Paths.WORKERS)) {
            zooKeeper
                    .read(Paths.worker(incarnation))
                    .ifPresent(node -> members.add(new Member(incarnation, WorkerInfo.parse(node.data()))));
        }
        members.sort(java.util.Comparator.comparing(Member::incarnation));
        return members;
    }
}
