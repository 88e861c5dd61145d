package dev.dagkeeper.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.api.cli.ServerProcess;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.cluster.SaslZooKeeper;
import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.cluster.ZooKeeperLogin;
import dev.dagkeeper.cluster.ZooKeeperSettings;
import dev.dagkeeper.embedded.EmbeddedPostgres;
import dev.dagkeeper.history.Database;
import dev.dagkeeper.history.DatabaseSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real program against stores that refuse it or are not there: one message that says where, what was found and what to
 * do, and exit code 8.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class StoreErrorsIT {
    private static final int UNREACHABLE = 8;
    private static final String SECRET = "mistaken-password";

    @TempDir
    static Path directory;

    private final List<AutoCloseable> closing = new ArrayList<>();
    private Certificates trusted;
    private Certificates others;
    private SaslZooKeeper zooKeeper;
    private SecuredZooKeeper encrypted;
    private EmbeddedPostgres postgres;

    @BeforeAll
    void start() throws Exception {
        trusted = Certificates.create(directory.resolve("certificates"));
        others = Certificates.create(directory.resolve("others"));
        zooKeeper = SaslZooKeeper.start(directory.resolve("zookeeper"));
        closing.add(zooKeeper);
        encrypted = SecuredZooKeeper.start(directory.resolve("encrypted"), trusted);
        closing.add(encrypted);
        postgres = EmbeddedPostgres.start(directory.resolve("postgres"));
        closing.add(postgres);
        trusted.encrypt(postgres);
        Database.openAndMigrate(DatabaseSettings.of(
                        postgres.jdbcUrl(), postgres.user(), postgres.password(), DatabaseSettings.Role.API))
                .close();
        var owner = new ZooKeeperLogin.Digest(new ZooKeeperLogin.Credentials("dagkeeper", "right-password"));
        try (var connection = open(zooKeeper.connectString(), owner)) {
            connection.awaitUsable(Duration.ofSeconds(30));
        }
    }

    @AfterAll
    void stop() throws Exception {
        for (var open : closing.reversed()) {
            open.close();
        }
    }

    /** What is wrong in a start, and what its message must tell. */
    private record Wrong(String stores, List<String> told) {}

    @Test
    void each_is_told_in_one_message_with_exit_code_8() throws Exception {
        var absent = "127.0.0.1:" + unusedPort();
        var database = database(postgres.password(), "sslmode=disable");
        // Those first that take longest.
        var cases = new LinkedHashMap<String, Wrong>();
        cases.put(
                "untrusted",
                new Wrong(
                        zooKeeper(encrypted.address(), "zookeeper-trust: '" + others.certificate() + "'") + database,
                        List.of(encrypted.address(), "fails to agree on TLS", "stores.zookeeper-trust")));
        cases.put(
                "absent",
                new Wrong(
                        zooKeeper(absent, "zookeeper-auth: digest") + database,
                        List.of(absent, "Connection refused", "--zookeeper")));
        cases.put(
                "digest",
                new Wrong(
                        zooKeeper(zooKeeper.connectString(), "zookeeper-login: 'dagkeeper:" + SECRET + "'") + database,
                        List.of(zooKeeper.connectString(), "made with another login", "stores.zookeeper-login")));
        cases.put(
                "sasl",
                new Wrong(
                        zooKeeper(
                                        zooKeeper.connectString(),
                                        "zookeeper-auth: sasl\n  zookeeper-login: '" + SaslZooKeeper.USER + ":" + SECRET
                                                + "'")
                                + database,
                        List.of(zooKeeper.connectString(), "refuses the login by SASL", "stores.zookeeper-login")));
        var fine = zooKeeper(zooKeeper.connectString(), "zookeeper-login: 'dagkeeper:right-password'");
        cases.put(
                "password",
                new Wrong(
                        fine + database(SECRET, "sslmode=disable"),
                        List.of(
                                "127.0.0.1:" + postgres.port(),
                                "password authentication failed",
                                "check the user and the password")));
        cases.put(
                "untrusted-postgres",
                new Wrong(
                        fine + database(postgres.password(), "sslmode=verify-full&sslrootcert=" + others.certificate()),
                        List.of("127.0.0.1:" + postgres.port(), "certif", "sslrootcert")));
        cases.put(
                "absent-postgres",
                new Wrong(
                        fine + "  postgres: 'postgresql://u:" + SECRET + "@" + absent + "/d'\n",
                        List.of(absent, "refused", "check that the server runs")));

        // All at once: the patience with an absent ZooKeeper is most of the time.
        var running = new LinkedHashMap<Wrong, ServerProcess>();
        try {
            for (var wrong : cases.entrySet()) {
                running.put(
                        wrong.getValue(), start(wrong.getKey(), wrong.getValue().stores()));
            }
            for (var started : running.entrySet()) {
                assertTells(started.getValue(), started.getKey());
            }
        } finally {
            running.values().forEach(ServerProcess::close);
        }
    }

    /** So that what is refused above is refused for the password alone. */
    @Test
    void the_right_login_by_sasl_is_taken_and_owns_every_node() throws Exception {
        var login = new ZooKeeperLogin.SaslPassword(
                new ZooKeeperLogin.Credentials(SaslZooKeeper.USER, SaslZooKeeper.PASSWORD));
        try (var connection = open(zooKeeper.connectString(), login)) {
            connection.awaitConnected(Duration.ofSeconds(30));
            connection.handle().create("/sasl", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        }
        var jaas = Files.writeString(
                directory.resolve("client.jaas"), """
                Keeper { org.apache.zookeeper.server.auth.DigestLoginModule required username="%s" password="%s"; };
                """.formatted(SaslZooKeeper.USER, SaslZooKeeper.PASSWORD));
        var address = zooKeeper.connectString() + "/sasl";
        var settings = "zookeeper-auth: sasl\n  zookeeper-jaas-section: Keeper\n  zookeeper-jaas: '" + jaas + "'";
        try (var process = start(
                        "right", zooKeeper(address, settings) + database(postgres.password(), "sslmode=disable"));
                var connection = open(address, login)) {
            process.awaitSays("dagkeeper answers at");
            connection.awaitConnected(Duration.ofSeconds(30));
            var owners = SecuredClusterIT.owners(connection);
            assertThat(owners.keySet()).anyMatch(path -> path.startsWith(Paths.WORKERS + "/"));
            assertThat(owners)
                    .allSatisfy((path, acl) -> assertThat(acl)
                            .containsExactly(new ACL(ZooDefs.Perms.ALL, new Id("sasl", SaslZooKeeper.USER))));
            process.terminate();
            process.assertEndsWith(0);
        }
    }

    private static ZooKeeperConnection open(String servers, ZooKeeperLogin login) {
        return ZooKeeperConnection.open(
                new ZooKeeperSettings(servers, login, Optional.empty()), Duration.ofSeconds(10), "test");
    }

    private static void assertTells(ServerProcess process, Wrong wrong) throws InterruptedException {
        process.assertEndsWith(UNREACHABLE);
        assertThat(process.log().lines().filter(line -> !line.matches("\\S+Z INFO .*")))
                .singleElement(InstanceOfAssertFactories.STRING)
                .startsWith("dagkeeper: ")
                .contains(wrong.told())
                .doesNotContain(SECRET);
    }

    private static ServerProcess start(String name, String stores) throws IOException {
        var data = Files.createDirectories(directory.resolve(name));
        Files.writeString(data.resolve("dagkeeper.yaml"), stores);
        return ServerProcess.start(directory.resolve(name + ".log"), data);
    }

    private static String zooKeeper(String address, String settings) {
        return "stores:\n  zookeeper: ['" + address + "']\n  " + settings + "\n";
    }

    /** With more time to connect than usual, since the programs start all at once. */
    private String database(String password, String parameters) {
        return "  postgres: 'postgresql://%s:%s@127.0.0.1:%d/postgres?connectTimeout=60&loginTimeout=60&%s'\n"
                .formatted(postgres.user(), password, postgres.port(), parameters);
    }

    private static int unusedPort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
