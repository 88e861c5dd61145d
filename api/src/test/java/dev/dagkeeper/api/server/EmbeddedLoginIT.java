package dev.dagkeeper.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.cluster.ZooKeeperLogin;
import dev.dagkeeper.cluster.ZooKeeperSettings;
import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
import dev.dagkeeper.config.Configuration;
import dev.dagkeeper.config.Role;
import dev.dagkeeper.embedded.DataDirectory;
import dev.dagkeeper.embedded.EmbeddedStores;
import dev.dagkeeper.embedded.LocalDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The embedded ZooKeeper listens on the machine, so that its other users reach it: they find everything closed. */
@Timeout(120)
class EmbeddedLoginIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void whoever_else_connects_may_neither_read_nor_change_nor_add_anything() throws Exception {
        try (var lock = new DataDirectory(directory).lock();
                var stores = EmbeddedStores.start(lock)) {
            var addresses = StoreAddresses.of(stores, LocalDatabase.open(stores.postgres()));
            var configuration = Configuration.load(
                    new Configuration.Flags(Map.of(), Optional.of(directory), Optional.empty()), Map.of());
            try (var engine = Engine.start(
                            configuration,
                            EnumSet.allOf(Role.class),
                            addresses,
                            Map.of(),
                            RandomText.make(),
                            refusal -> {});
                    var owner = ZooKeeperConnection.open(addresses.zooKeeper().orElseThrow(), PATIENCE, "owner");
                    var other = ZooKeeperConnection.open(
                            ZooKeeperSettings.open(stores.zooKeeper().connectString()), PATIENCE, "other")) {
                assertThat(engine.uri()).isPresent();
                assertThat(owner.awaitConnected(PATIENCE)).isTrue();
                assertThat(other.awaitConnected(PATIENCE)).isTrue();
                var paths = ZKUtil.listSubTreeBFS(owner.handle(), "/");
                assertThat(paths).contains(Paths.ROOT, Paths.WORKERS);
                var zooKeeper = other.handle();
                for (var path : paths) {
                    refused(() -> zooKeeper.create(
                            (path + "/x").replace("//", "/"),
                            new byte[0],
                            ZooDefs.Ids.OPEN_ACL_UNSAFE,
                            CreateMode.PERSISTENT));
                    refused(() -> zooKeeper.setACL(path, ZooDefs.Ids.OPEN_ACL_UNSAFE, -1));
                    if (!path.equals("/zookeeper/config")) {
                        refused(() -> zooKeeper.getData(path, false, null));
                        refused(() -> zooKeeper.getChildren(path, false));
                    }
                    refused(() -> zooKeeper.setData(path, new byte[0], -1));
                }
                refused(() -> zooKeeper.delete(Paths.ROOT, -1));
            }
        }
    }

    @Test
    void nodes_that_another_was_quick_enough_to_make_are_not_used() throws Exception {
        try (var lock = new DataDirectory(directory).lock();
                var stores = EmbeddedStores.start(lock)) {
            var servers = stores.zooKeeper().connectString();
            try (var other = ZooKeeperConnection.open(ZooKeeperSettings.open(servers), PATIENCE, "other");
                    var owner = ZooKeeperConnection.open(
                            new ZooKeeperSettings(
                                    servers,
                                    new ZooKeeperLogin.Digest(new ZooKeeperLogin.Credentials("dagkeeper", "random")),
                                    Optional.empty()),
                            PATIENCE,
                            "owner")) {
                assertThat(other.awaitConnected(PATIENCE)).isTrue();
                var zooKeeper = other.handle();
                zooKeeper.addAuthInfo("digest", "other:own".getBytes(StandardCharsets.UTF_8));
                for (var theirs : List.of(
                        ZooDefs.Ids.OPEN_ACL_UNSAFE,
                        Arrays.asList(
                                ZooDefs.Ids.CREATOR_ALL_ACL.getFirst(),
                                new ACL(ZooDefs.Perms.READ, ZooDefs.Ids.ANYONE_ID_UNSAFE)))) {
                    zooKeeper.create(Paths.ROOT, new byte[0], theirs, CreateMode.PERSISTENT);
                    assertThatThrownBy(() -> owner.awaitUsable(PATIENCE))
                            .isInstanceOf(ZooKeeperUnavailableException.class)
                            .hasMessageContaining(Paths.ROOT);
                    zooKeeper.delete(Paths.ROOT, -1);
                }
                owner.awaitUsable(PATIENCE);
            }
        }
    }

    private static void refused(ThrowingCallable attempt) {
        assertThatThrownBy(attempt).isInstanceOf(KeeperException.NoAuthException.class);
    }
}
