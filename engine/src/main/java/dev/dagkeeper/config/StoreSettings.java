package dev.dagkeeper.config;

import dev.dagkeeper.cluster.ZooKeeperSettings;
import java.util.Optional;

/**
 * The stores of a cluster; both absent for an engine of one's own with embedded ones.
 *
 * @param zooKeeper the ensemble and how it is reached
 * @param postgres the history
 */
public record StoreSettings(Optional<ZooKeeperSettings> zooKeeper, Optional<PostgresUrl> postgres) {
    /** Embedded stores. */
    public static final StoreSettings EMBEDDED = new StoreSettings(Optional.empty(), Optional.empty());

    public StoreSettings {
        if (zooKeeper.isPresent() != postgres.isPresent()) {
            throw new IllegalArgumentException("stores.zookeeper and stores.postgres are given together, or neither");
        }
    }

    /** Whether the engine brings its own stores. */
    public boolean embedded() {
        return postgres.isEmpty();
    }
}
