package dev.dagkeeper.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryNTimes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedZooKeeperIT {
    @RegisterExtension
    static final TestZooKeeper SHARED = new TestZooKeeper();

    @TempDir
    Path temporary;

    @Test
    void starts_empty_each_time_and_grants_the_session_timeouts_asked_for() throws Exception {
        try (var zooKeeper = EmbeddedZooKeeper.start(temporary);
                var client = client(zooKeeper.connectString(), 2_000)) {
            client.create().forPath("/here");
            assertThat(client.getZookeeperClient().getZooKeeper().getSessionTimeout())
                    .isEqualTo(2_000);
        }
        try (var zooKeeper = EmbeddedZooKeeper.start(temporary);
                var client = client(zooKeeper.connectString(), 6_000)) {
            assertThat(client.checkExists().forPath("/here")).isNull();
            assertThat(client.getZookeeperClient().getZooKeeper().getSessionTimeout())
                    .isEqualTo(6_000);
        }
    }

    @Test
    void deletes_only_what_a_server_wrote() throws Exception {
        Files.writeString(temporary.resolve("mine"), "keep");
        EmbeddedZooKeeper.start(temporary).close();
        EmbeddedZooKeeper.start(temporary).close();
        assertThat(temporary.resolve("mine")).hasContent("keep");
    }

    /** With a session that outlives the slowest restart, or it would be another one that comes back. */
    @Test
    void comes_back_at_the_same_address_with_its_data() throws Exception {
        try (var zooKeeper = RestartableZooKeeper.start(temporary);
                var client = client(zooKeeper.connectString(), 60_000)) {
            client.create().forPath("/here");
            var session = client.getZookeeperClient().getZooKeeper().getSessionId();
            zooKeeper.stop();
            zooKeeper.restart();
            assertThat(client.checkExists().forPath("/here")).isNotNull();
            assertThat(client.getZookeeperClient().getZooKeeper().getSessionId())
                    .isEqualTo(session);
        }
    }

    /**
     * The client has seen a later transaction than the server has now, so it is turned away until its session, and with it
     * what it has seen, is given up.
     */
    @Test
    void comes_back_at_the_same_address_without_its_data() throws Exception {
        try (var zooKeeper = RestartableZooKeeper.start(temporary);
                var client = client(zooKeeper.connectString(), 1_500)) {
            client.create().forPath("/here");
            zooKeeper.stop();
            zooKeeper.restartEmpty();
            assertThat(client.checkExists().forPath("/here")).isNull();
        }
    }

    @Test
    void answers_only_the_commands_that_measure_it() throws Exception {
        try (var zooKeeper = EmbeddedZooKeeper.start(temporary)) {
            assertThat(ask(zooKeeper, "mntr")).contains("zk_server_state\tstandalone");
            assertThat(ask(zooKeeper, "srvr")).contains("Mode: standalone");
            assertThat(ask(zooKeeper, "dump")).contains("not in the whitelist");
        }
    }

    @Test
    void a_test_class_has_a_root_of_its_own() throws Exception {
        try (var client = client(SHARED.connectString(), 6_000)) {
            assertThat(client.getChildren().forPath("/")).isEmpty();
        }
    }

    private static CuratorFramework client(String connectString, int sessionTimeoutMillis) throws InterruptedException {
        var client =
                CuratorFrameworkFactory.newClient(connectString, sessionTimeoutMillis, 2_000, new RetryNTimes(50, 100));
        client.start();
        client.blockUntilConnected();
        return client;
    }

    private static String ask(EmbeddedZooKeeper zooKeeper, String command) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), zooKeeper.port()), 2_000);
            socket.getOutputStream().write(command.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
