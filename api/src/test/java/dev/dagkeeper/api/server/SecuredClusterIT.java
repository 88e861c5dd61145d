package dev.dagkeeper.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.api.cli.HostException;
import dev.dagkeeper.api.cli.HostOptions;
import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.RunRequest;
import dev.dagkeeper.api.client.SourceFile;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.cluster.ZooKeeperLogin;
import dev.dagkeeper.cluster.ZooKeeperSettings;
import dev.dagkeeper.embedded.EmbeddedPostgres;
import dev.dagkeeper.run.RunState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** An engine over stores in the open: TLS to both, every node in ZooKeeper behind a login. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecuredClusterIT {
    private static final String LOGIN = "dagkeeper:correct horse";

    private final List<AutoCloseable> closing = new ArrayList<>();
    private final LocalEngineHost host = new LocalEngineHost();
    private Certificates certificates;
    private SecuredZooKeeper zooKeeper;
    private EmbeddedPostgres postgres;
    private DagkeeperClient client;

    @TempDir
    static Path directory;

    @BeforeAll
    void start() throws Exception {
        certificates = Certificates.create(directory.resolve("certificates"));
        zooKeeper = SecuredZooKeeper.start(directory.resolve("zookeeper"), certificates);
        closing.add(zooKeeper);
        postgres = EmbeddedPostgres.start(directory.resolve("postgres"));
        closing.add(postgres);
        certificates.encrypt(postgres);
        closing.add(host);
        var address = host.start(options(configured("data", LOGIN, certificates.certificate(), postgres.password())));
        client = new DagkeeperClient(address);
    }

    @AfterAll
    void stop() throws Exception {
        for (var open : closing.reversed()) {
            open.close();
        }
    }

    @Test
    void runs_with_every_node_behind_the_login_and_every_connection_encrypted() throws Exception {
        var go = directory.resolve("go");
        var workflow = """
                version: 1
                name: waiting
                steps:
                  wait: {uses: shell, run: 'until [ -e "%s" ]; do sleep 0.1; done'}
                  after: {uses: noop, needs: [wait]}
                """.formatted(go);
        var run = client.submit(new RunRequest(
                        new RunRequest.Source(new SourceFile("waiting.yaml", workflow, Map.of())),
                        JsonMapper.shared().createObjectNode(),
                        Optional.empty(),
                        OptionalInt.empty(),
                        "waiting"))
                .id();
        try (var connection = ZooKeeperConnection.open(settings(LOGIN), Duration.ofSeconds(10), "test")) {
            assertThat(connection.awaitConnected(Duration.ofSeconds(30))).isTrue();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> owners(connection).keySet().stream()
                            .anyMatch(path -> path.matches(Paths.LOCKS + "/../.+")));
            assertThat(owners(connection)).allSatisfy((path, acl) -> {
                assertThat(acl).hasSize(1);
                assertThat(acl.getFirst().getPerms()).isEqualTo(ZooDefs.Perms.ALL);
                assertThat(acl.getFirst().getId().getScheme()).isEqualTo("digest");
                assertThat(acl.getFirst().getId().getId()).startsWith("dagkeeper:");
            });
        }
        assertThat(unencrypted()).isEmpty();
        Files.createFile(go);
        assertThat(client.awaitFinal(run, Duration.ofSeconds(60)).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void another_login_is_refused_with_one_clear_error() throws Exception {
        assertThatThrownBy(() -> attempt(
                        configured("other", "dagkeeper:wrong", certificates.certificate(), postgres.password())))
                .isInstanceOfSatisfying(HostException.class, refused -> {
                    assertThat(refused.kind()).isEqualTo(HostException.Kind.UNAVAILABLE);
                    assertThat(refused)
                            .hasMessageContaining("stores.zookeeper-login")
                            .hasMessageNotContaining("wrong");
                });
    }

    @Test
    void another_password_of_postgres_is_refused_with_one_clear_error() throws Exception {
        assertThatThrownBy(() -> attempt(configured("other", LOGIN, certificates.certificate(), "wrong")))
                .isInstanceOfSatisfying(HostException.class, refused -> {
                    assertThat(refused.kind()).isEqualTo(HostException.Kind.UNAVAILABLE);
                    assertThat(refused).hasMessageContaining("check the user and the password");
                });
    }

    @Test
    void certificates_that_nobody_trusts_are_refused() throws Exception {
        var others = Certificates.create(directory.resolve("others"));
        assertThatThrownBy(() -> attempt(configured("other", LOGIN, others.certificate(), postgres.password())))
                .isInstanceOfSatisfying(HostException.class, refused -> {
                    assertThat(refused.kind()).isEqualTo(HostException.Kind.UNAVAILABLE);
                    assertThat(refused).hasMessageContaining("Postgres").hasMessageContaining("certif");
                });
    }

    private void attempt(Path data) throws Exception {
        try (var other = new LocalEngineHost()) {
            other.start(options(data));
        }
    }

    private Path configured(String name, String login, Path trust, String postgresPassword) throws Exception {
        var data = Files.createDirectories(directory.resolve(name));
        Files.writeString(data.resolve("dagkeeper.yaml"), """
                stores:
                  zookeeper: ["%s"]
                  zookeeper-login: "%s"
                  zookeeper-trust: "%s"
                  postgres: "postgresql://%s:%s@127.0.0.1:%d/postgres?sslmode=verify-full&sslrootcert=%s"
                """.formatted(
                        zooKeeper.address(), login, trust, postgres.user(), postgresPassword, postgres.port(), trust));
        return data;
    }

    private static HostOptions options(Path data) {
        return HostOptions.of(data, HostOptions.Lifetime.SERVER).withListen("127.0.0.1:0");
    }

    private ZooKeeperSettings settings(String login) {
        return new ZooKeeperSettings(
                zooKeeper.address(),
                new ZooKeeperLogin.Digest(ZooKeeperLogin.Credentials.parse(login)),
                Optional.of(new ZooKeeperSettings.Tls(certificates.certificate(), Optional.empty(), "")));
    }

    /** Every node of ours with who may use it. */
    static Map<String, List<ACL>> owners(ZooKeeperConnection connection) throws Exception {
        var found = new TreeMap<String, List<ACL>>();
        for (var path : ZKUtil.listSubTreeBFS(connection.handle(), Paths.ROOT)) {
            try {
                found.put(path, connection.handle().getACL(path, new Stat()));
            } catch (KeeperException.NoNodeException e) {
                LoggerFactory.getLogger(SecuredClusterIT.class).debug("deleted meanwhile path={}", path);
            }
        }
        return found;
    }

    private List<String> unencrypted() throws SQLException {
        var found = new ArrayList<String>();
        try (var connection = DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        SELECT application_name FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                        WHERE NOT ssl AND application_name LIKE 'dagkeeper%'
                        """)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }
}
