package dev.dagkeeper.simulation;

import java.util.LinkedHashMap;
import java.util.Map;

/** Of the candidates whose sessions are alive the first leads; it is told, and may hear it late. */
final class Election {
    private final Map<Long, LeaderNode> candidates = new LinkedHashMap<>();

    void join(World world, long session, LeaderNode node) {
        candidates.put(session, node);
        changed(world);
    }

    void changed(World world) {
        candidates.keySet().removeIf(session -> !world.zooKeeper.isAlive(session));
        candidates.entrySet().stream().findFirst().ifPresent(first -> {
            long session = first.getKey();
            first.getValue().tell(() -> first.getValue().elected(session));
        });
    }
}
