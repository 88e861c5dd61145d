package dev.dagkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dagkeeper.cluster.ZooKeeperLogin.Credentials;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.security.auth.login.Configuration;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Logins that the ensemble checks. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class SaslLoginIT {
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ZooKeeperLogin RIGHT =
            new ZooKeeperLogin.SaslPassword(new Credentials(SaslZooKeeper.USER, SaslZooKeeper.PASSWORD));

    @TempDir
    static Path directory;

    private SaslZooKeeper zooKeeper;

    @BeforeAll
    void start() throws Exception {
        zooKeeper = SaslZooKeeper.start(directory.resolve("zookeeper"));
        use(RIGHT);
    }

    @AfterAll
    void stop() {
        zooKeeper.close();
    }

    @Test
    void every_way_to_make_a_node_makes_it_the_users_own() throws Exception {
        try (var connection = open(RIGHT)) {
            connection.awaitUsable(PATIENCE);
            connection.ensureExists(Paths.ROOT + "/made");
            assertThat(connection.multis(List.of(
                            List.of(connection.creation(Paths.ROOT + "/one", new byte[0], CreateMode.EPHEMERAL)))))
                    .containsExactly(new MultiResult.Done());
            var curators =
                    connection.curator().create().withMode(CreateMode.EPHEMERAL).forPath(Paths.ROOT + "/curators");
            for (var path : List.of(Paths.ROOT, Paths.ROOT + "/made", Paths.ROOT + "/one", curators)) {
                assertThat(connection.handle().getACL(path, new Stat()))
                        .containsExactly(new ACL(ZooDefs.Perms.ALL, new Id("sasl", SaslZooKeeper.USER)));
            }
        }
    }

    @Test
    void a_file_says_the_same_with_the_right_section_and_is_told_by_name_with_a_wrong_one() throws Exception {
        var file = jaas("""
                Keeper { org.apache.zookeeper.server.auth.DigestLoginModule required username="%s" password="%s"; };
                """.formatted(SaslZooKeeper.USER, SaslZooKeeper.PASSWORD));
        use(new ZooKeeperLogin.SaslFile(file, "Keeper"));
        assertThat(refusal(new ZooKeeperLogin.SaslFile(file, "Client")))
                .contains("no section Client in " + file)
                .contains("stores.zookeeper-jaas-section");
    }

    @Test
    void a_wrong_password_is_told_at_once_and_not_repeated() {
        var began = System.nanoTime();
        assertThat(refusal(new ZooKeeperLogin.SaslPassword(new Credentials(SaslZooKeeper.USER, "mistaken"))))
                .contains(zooKeeper.connectString())
                .contains("refuses the login by SASL")
                .contains("stores.zookeeper-login")
                .doesNotContain("mistaken");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(PATIENCE);
    }

    @Test
    void no_login_and_one_of_another_kind_are_told_whose_the_nodes_are() {
        assertThat(refusal(new ZooKeeperLogin.None()))
                .contains("refuses access to " + Paths.ROOT)
                .contains("made with a login and there is none here");
        assertThat(refusal(new ZooKeeperLogin.Digest(new Credentials(SaslZooKeeper.USER, SaslZooKeeper.PASSWORD))))
                .contains("made with another login");
    }

    @Test
    void a_file_that_is_none_and_a_ticket_that_is_not_to_be_had_are_told_with_the_file() throws Exception {
        var none = jaas("Client {");
        assertThat(refusal(new ZooKeeperLogin.SaslFile(none, "Client"))).contains("cannot be read from " + none);
        var kerberos = jaas("""
                Client {
                  com.sun.security.auth.module.Krb5LoginModule required
                  useKeyTab=true keyTab="%s" doNotPrompt=true principal="keeper@EXAMPLE.ORG";
                };
                """.formatted(directory.resolve("missing.keytab")));
        assertThat(refusal(new ZooKeeperLogin.SaslFile(kerberos, "Client")))
                .contains("the login to ZooKeeper cannot be made")
                .contains(kerberos.toString());
    }

    @Test
    void sections_of_others_stay_as_they_were() {
        assertThat(Configuration.getConfiguration().getAppConfigurationEntry("Server"))
                .isNotNull();
        assertThat(Configuration.getConfiguration().getAppConfigurationEntry("Client"))
                .isNull();
    }

    private void use(ZooKeeperLogin login) throws InterruptedException {
        try (var connection = open(login)) {
            connection.awaitUsable(PATIENCE);
        }
    }

    private String refusal(ZooKeeperLogin login) {
        return String.valueOf(catchThrowableOfType(ZooKeeperUnavailableException.class, () -> use(login))
                .getMessage());
    }

    private ZooKeeperConnection open(ZooKeeperLogin login) {
        return ZooKeeperConnection.open(
                new ZooKeeperSettings(zooKeeper.connectString(), login, Optional.empty()), SESSION, "test");
    }

    private static Path jaas(String text) throws Exception {
        return Files.writeString(Files.createTempFile(directory, "client", ".jaas"), text);
    }
}
