package dev.dagkeeper.api.server;

import dev.dagkeeper.api.http.RunBells;
import dev.dagkeeper.cluster.Bells;
import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.run.RunId;
import java.util.Optional;

/** Rings for the leader; silent where there is no ZooKeeper. Thread-safe. */
final class LeaderBells implements RunBells {
    private final Optional<Bells> bells;

    LeaderBells(Optional<ZooKeeperConnection> zooKeeper) {
        bells = zooKeeper.map(Bells::new);
    }

    @Override
    public void runCreated(RunId run) {
        bells.ifPresent(all -> all.ring(Bells.RUNS));
    }

    @Override
    public void triggersChanged() {
        bells.ifPresent(all -> all.ring(Bells.TRIGGERS));
    }

    @Override
    public void datasetUpdated() {
        bells.ifPresent(all -> all.ring(Bells.DATASETS));
    }

    @Override
    public void workersChanged() {
        bells.ifPresent(all -> all.ring(Bells.WORKERS));
    }

    @Override
    public void commandGiven(RunId run) {
        bells.ifPresent(all -> all.ring(Bells.COMMANDS));
    }
}
