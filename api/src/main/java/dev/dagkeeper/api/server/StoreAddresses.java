package dev.dagkeeper.api.server;

import dev.dagkeeper.cluster.ZooKeeperLogin;
import dev.dagkeeper.cluster.ZooKeeperSettings;
import dev.dagkeeper.embedded.EmbeddedPostgres;
import dev.dagkeeper.embedded.EmbeddedStores;
import dev.dagkeeper.embedded.LocalDatabase;
import java.util.Optional;

/**
 * Where the stores are.
 *
 * @param zooKeeper absent for a process that only answers questions
 * @param embedded whether ZooKeeper lives and dies with this process
 * @param local the database for workflows that comes with embedded stores
 */
record StoreAddresses(
        Optional<ZooKeeperSettings> zooKeeper,
        String jdbcUrl,
        String user,
        String password,
        boolean embedded,
        Optional<LocalDatabase> local) {
    /** Those of embedded stores, with a login to ZooKeeper that nobody else on this machine knows. */
    static StoreAddresses of(EmbeddedStores stores, LocalDatabase local) {
        var login = new ZooKeeperLogin.Digest(new ZooKeeperLogin.Credentials("dagkeeper", RandomText.make()));
        var zooKeeper = new ZooKeeperSettings(stores.zooKeeper().connectString(), login, Optional.empty());
        return of(Optional.of(zooKeeper), stores.postgres(), Optional.of(local));
    }

    /** That of an embedded Postgres alone. */
    static StoreAddresses of(EmbeddedPostgres postgres) {
        return of(Optional.empty(), postgres, Optional.empty());
    }

    private static StoreAddresses of(
            Optional<ZooKeeperSettings> zooKeeper, EmbeddedPostgres postgres, Optional<LocalDatabase> local) {
        return new StoreAddresses(zooKeeper, postgres.jdbcUrl(), postgres.user(), postgres.password(), true, local);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "StoreAddresses[" + zooKeeper.map(ZooKeeperSettings::servers).orElse("no ZooKeeper") + ", " + jdbcUrl
                + "]";
    }
}
