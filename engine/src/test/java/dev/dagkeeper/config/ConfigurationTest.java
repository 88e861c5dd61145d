package dev.dagkeeper.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dagkeeper.alert.AlertSettings;
import dev.dagkeeper.alert.EmailSettings;
import dev.dagkeeper.alert.WebhookSettings;
import dev.dagkeeper.cluster.ZooKeeperLogin;
import dev.dagkeeper.cluster.ZooKeeperSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    @TempDir
    Path directory;

    @Test
    void defaults_are_an_engine_of_ones_own_on_this_machine_only() throws Exception {
        var configuration = load(Map.of(), Map.of());
        assertThat(configuration.dataDirectory().path()).isEqualTo(directory);
        assertThat(configuration.clientServer()).isEmpty();
        assertThat(configuration.server())
                .isEqualTo(new ServerSettings(
                        Set.of(Role.values()), new ListenAddress("127.0.0.1", 0), Duration.ofMinutes(5)));
        assertThat(configuration.stores().embedded()).isTrue();
        assertThat(configuration.worker())
                .isEqualTo(new WorkerSettings(
                        configuration.worker().name(),
                        16,
                        List.of("default"),
                        WorkerOffer.MACHINE,
                        NamePatterns.NONE,
                        Duration.ofSeconds(10),
                        10 << 20,
                        true));
        assertThat(configuration.connections()).isEqualTo(Connections.NONE);
        assertThat(configuration.secrets().allowsEnv("ANY")).isTrue();
    }

    @Test
    void flags_win_over_the_environment_and_that_over_the_file() throws Exception {
        write("worker: {slots: 1, queues: [one, big_memory], grace: 3s}");
        var configuration = load(
                Map.of("--slots", "3"),
                Map.of("DAGKEEPER_SLOTS", "2", "DAGKEEPER_QUEUES", "two, three", "DAGKEEPER_WORKER_GRACE", ""));
        assertThat(configuration.worker().slots()).isEqualTo(3);
        assertThat(configuration.worker().queues()).containsExactly("two", "three");
        assertThat(configuration.worker().grace()).isEqualTo(Duration.ofSeconds(3));
        assertThat(configuration.values())
                .contains(
                        new Configuration.Value("worker.slots", "3", new Source.Flag("--slots")),
                        new Configuration.Value(
                                "worker.queues", "two,three", new Source.Environment("DAGKEEPER_QUEUES")),
                        new Configuration.Value("worker.grace", "3s", new Source.File(file(), 1, 54)),
                        new Configuration.Value("worker.guard", "true", new Source.Default()))
                .extracting(Configuration.Value::key)
                .containsAll(Keys.ALL.stream().map(Key::path).toList());
    }

    @Test
    void the_variable_of_the_log_is_known() throws Exception {
        assertThat(load(Map.of(), Map.of("DAGKEEPER_LOG", "DEBUG")).worker().slots())
                .isEqualTo(16);
    }

    @Test
    void every_key_of_the_file_is_read() throws Exception {
        var trust = Files.createFile(directory.resolve("trust.pem"));
        write("""
                client: {server: "http://example:1"}
                server: {roles: [api], listen: "[::1]:80", drain-timeout: 30s}
                stores:
                  zookeeper: [a:1, b:2]
                  zookeeper-login: "me:p@ss:word"
                  zookeeper-auth: sasl
                  zookeeper-jaas-section: Other
                  zookeeper-trust: "TRUST"
                  zookeeper-key: "TRUST"
                  zookeeper-store-password: p@ss
                  postgres: "postgresql://u:p%40ss@h:5/d?sslmode=require"
                worker: {name: w-1, slots: 4, queues: fast, cpu: 3.5, memory: 24GiB, labels: [gpu=a100, disk=ssd], zone: north, env-pass: [JAVA_HOME, AWS_*], grace: 2m, log-limit: 64KiB, guard: false}
                secrets: {env: [API_*], files: [/run/secrets]}
                alerts:
                  webhook-url: "https://hooks.example/p@ss"
                  webhook-secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
                  email-server: smtps://mail.example:465
                  email-login: "me:p@ss"
                  email-from: dagkeeper@example.org
                  email-to: [a@example.org, b@example.org]
                connections:
                  dwh: {url: "jdbc:postgresql://h/d", user: me}
                """.replace("TRUST", trust.toString()));
        var configuration = load(Map.of(), Map.of());
        assertThat(configuration.clientServer()).contains(URI.create("http://example:1"));
        assertThat(configuration.server())
                .isEqualTo(new ServerSettings(Set.of(Role.API), new ListenAddress("::1", 80), Duration.ofSeconds(30)));
        assertThat(configuration.stores().zooKeeper())
                .contains(new ZooKeeperSettings(
                        "a:1,b:2",
                        new ZooKeeperLogin.SaslPassword(new ZooKeeperLogin.Credentials("me", "p@ss:word")),
                        Optional.of(new ZooKeeperSettings.Tls(trust, Optional.of(trust), "p@ss"))));
        assertThat(configuration.stores().postgres())
                .contains(new PostgresUrl(
                        "jdbc:postgresql://h:5/d?sslmode=require", Optional.of("u"), Optional.of("p@ss")));
        assertThat(configuration.worker())
                .isEqualTo(new WorkerSettings(
                        "w-1",
                        4,
                        List.of("fast"),
                        new WorkerOffer(
                                Optional.of(3.5),
                                Optional.of(24L << 30),
                                Map.of("gpu", "a100", "disk", "ssd"),
                                Optional.of("north")),
                        new NamePatterns(List.of("JAVA_HOME", "AWS_*")),
                        Duration.ofMinutes(2),
                        64 << 10,
                        false));
        assertThat(configuration.secrets())
                .isEqualTo(new SecretSettings.Listed(
                        new NamePatterns(List.of("API_*")), List.of(Path.of("/run/secrets"))));
        assertThat(configuration.alerts())
                .isEqualTo(new AlertSettings(
                        Optional.of(new WebhookSettings(
                                URI.create("https://hooks.example/p@ss"),
                                Optional.of(WebhookSettings.Secret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")))),
                        Optional.of(new EmailSettings(
                                URI.create("smtps://mail.example:465"),
                                "dagkeeper@example.org",
                                List.of("a@example.org", "b@example.org"),
                                Optional.of(new EmailSettings.Login("me", "p@ss"))))));
        assertThat(configuration.connections().find("dwh"))
                .contains(Map.of("url", "jdbc:postgresql://h/d", "user", "me"));
        assertThat(configuration.values())
                .filteredOn(value -> value.source() instanceof Source.Default)
                .as("given instead of a login only")
                .extracting(Configuration.Value::key)
                .containsExactly("stores.zookeeper-jaas");
        assertThat(configuration.toString()).doesNotContain("p@ss");
    }

    @Test
    void all_that_is_wrong_is_told_at_once_with_its_place_and_a_suggestion() throws Exception {
        write("""
                worker:
                  slot: 3
                  queues: [Fast]
                  grace: soon
                  guard: [true]
                wroker: {}
                secrets: everything
                connections: {dwh: {url: [a]}}
                worker: {}
                """);
        var problems = problems(Map.of("--listen", "80"), Map.of("DAGKEEPER_SLOT", "4"));
        assertThat(problems)
                .containsExactlyInAnyOrder(
                        "DAGKEEPER_SLOT: unknown variable (did you mean 'DAGKEEPER_SLOTS'?)",
                        file() + ":2:3: unknown key 'slot' (did you mean 'slots'?)",
                        file() + ":5:10: expected one value for worker.guard",
                        file() + ":6:1: unknown key 'wroker' (did you mean 'worker'?)",
                        file() + ":7:10: expected a map for secrets",
                        file() + ":8:26: expected one value for 'url'",
                        file() + ":9:1: 'worker' is there already, expected each key once",
                        "--listen: server.listen: expected HOST:PORT, such as 127.0.0.1:8080, found '80'",
                        file() + ":3:11: worker.queues: expected names of queues in snake_case, such as default or"
                                + " big_memory, found 'Fast'",
                        file() + ":4:10: worker.grace: expected a duration, such as 10s or 2m, found 'soon'");
    }

    @Test
    void an_unknown_key_that_resembles_none_is_told_what_there_is() throws Exception {
        write("worker: {colour: red}");
        assertThat(problems(Map.of(), Map.of()))
                .containsExactly(file() + ":1:10: unknown key 'colour' (known are name, slots, queues, cpu,"
                        + " memory, labels, zone, env-pass, grace, log-limit, guard)");
    }

    @Test
    void what_is_not_yaml_or_not_text_is_refused_with_its_place() throws Exception {
        write("worker: {slots: 3");
        assertThat(problems(Map.of(), Map.of())).singleElement().asString().startsWith(file() + ":1:18: not YAML: ");
        Files.write(file(), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThat(problems(Map.of(), Map.of())).singleElement().asString().contains("cannot be read as UTF-8 text");
        Files.writeString(file(), "#".repeat((1 << 20) + 1));
        assertThat(problems(Map.of(), Map.of())).singleElement().asString().contains("larger than 1 MiB");
    }

    @Test
    void a_file_that_is_named_must_be_there_and_is_read_instead_of_the_one_in_the_directory() throws Exception {
        write("worker: {slots: 1}");
        var named = directory.resolve("named.yaml");
        var flags = new Configuration.Flags(Map.of(), Optional.of(directory), Optional.of(named));
        assertThat(catchThrowableOfType(ConfigurationException.class, () -> Configuration.load(flags, Map.of())))
                .hasMessage(named + ": there is no such configuration file");
        Files.writeString(named, "worker: {slots: 2}");
        assertThat(Configuration.load(flags, Map.of()).worker().slots()).isEqualTo(2);
        var environment = Map.of("DAGKEEPER_CONFIG", named.toString(), "DAGKEEPER_DATA_DIR", directory.toString());
        assertThat(Configuration.load(Configuration.Flags.NONE, environment)
                        .worker()
                        .slots())
                .isEqualTo(2);
    }

    @Test
    void one_store_without_the_other_is_refused_and_its_password_never_shown() throws Exception {
        assertThat(problems(Map.of("--postgres", "postgresql://u:hush@h/d"), Map.of()))
                .containsExactly("--postgres: stores.postgres is given without stores.zookeeper, expected both or, for"
                        + " embedded stores, neither (add --zookeeper)");
        assertThat(problems(Map.of("--postgres", "mysql://u:hush@h/d", "--zookeeper", "h:1"), Map.of()))
                .singleElement()
                .asString()
                .doesNotContain("hush");
        var configuration = load(Map.of("--postgres", "postgresql://u:hush@h/d", "--zookeeper", "h:1"), Map.of());
        assertThat(configuration.values())
                .contains(new Configuration.Value("stores.postgres", "***", new Source.Flag("--postgres")));
        assertThat(configuration.toString()).doesNotContain("hush");
    }

    @Test
    void who_this_process_is_to_zookeeper_is_said_in_one_way() throws Exception {
        var jaas = Files.createFile(directory.resolve("jaas.conf")).toString();
        assertThat(zooKeeperLogin(Map.of())).isEqualTo(new ZooKeeperLogin.None());
        assertThat(zooKeeperLogin(Map.of("DAGKEEPER_ZOOKEEPER_LOGIN", "me:hush")))
                .isEqualTo(new ZooKeeperLogin.Digest(new ZooKeeperLogin.Credentials("me", "hush")));
        assertThat(zooKeeperLogin(Map.of("DAGKEEPER_ZOOKEEPER_AUTH", "sasl", "DAGKEEPER_ZOOKEEPER_JAAS", jaas)))
                .isEqualTo(new ZooKeeperLogin.SaslFile(Path.of(jaas), "Client"));
        assertThat(problems(Map.of(), Map.of("DAGKEEPER_ZOOKEEPER_AUTH", "sasl")))
                .containsExactly("DAGKEEPER_ZOOKEEPER_AUTH: stores.zookeeper-auth is sasl, expected one of"
                        + " stores.zookeeper-login and stores.zookeeper-jaas, found neither");
        assertThat(problems(Map.of(), Map.of("DAGKEEPER_ZOOKEEPER_JAAS", jaas)))
                .containsExactly("DAGKEEPER_ZOOKEEPER_JAAS: stores.zookeeper-jaas is given, expected"
                        + " stores.zookeeper-auth: sasl with it");
        assertThat(problems(Map.of(), Map.of("DAGKEEPER_ZOOKEEPER_AUTH", "none")))
                .containsExactly(
                        "DAGKEEPER_ZOOKEEPER_AUTH: stores.zookeeper-auth: expected digest or sasl, found 'none'");
        assertThat(problems(Map.of(), Map.of("DAGKEEPER_ZOOKEEPER_LOGIN", "hush")))
                .containsExactly("DAGKEEPER_ZOOKEEPER_LOGIN: stores.zookeeper-login: expected USER:PASSWORD");
    }

    private ZooKeeperLogin zooKeeperLogin(Map<String, String> environment) throws ConfigurationException {
        return load(Map.of("--postgres", "postgresql://h/d", "--zookeeper", "h:1"), environment)
                .stores()
                .zooKeeper()
                .orElseThrow()
                .login();
    }

    @Test
    void where_alerts_go_is_said_completely_or_not_at_all() throws Exception {
        assertThat(load(Map.of(), Map.of()).alerts()).isEqualTo(AlertSettings.NONE);
        assertThat(problems(Map.of(), Map.of("DAGKEEPER_ALERTS_WEBHOOK_SECRET", "whsec_" + "aGVsbG8x".repeat(4))))
                .containsExactly("DAGKEEPER_ALERTS_WEBHOOK_SECRET: alerts.webhook-secret is given without"
                        + " alerts.webhook-url, expected both");
        assertThat(problems(Map.of(), Map.of("DAGKEEPER_ALERTS_WEBHOOK_SECRET", "hush")))
                .singleElement()
                .asString()
                .startsWith("DAGKEEPER_ALERTS_WEBHOOK_SECRET: alerts.webhook-secret: expected whsec_")
                .doesNotContain("hush");
        assertThat(problems(Map.of(), Map.of("DAGKEEPER_ALERTS_EMAIL_SERVER", "smtp://mail:25")))
                .containsExactly("DAGKEEPER_ALERTS_EMAIL_SERVER: alerts by e-mail need alerts.email-server,"
                        + " alerts.email-from and alerts.email-to, expected all of them or none");
        assertThat(problems(Map.of(), Map.of("DAGKEEPER_ALERTS_EMAIL_SERVER", "mail")))
                .containsExactly("DAGKEEPER_ALERTS_EMAIL_SERVER: alerts.email-server: expected smtp://HOST:PORT or"
                        + " smtps://HOST:PORT, found 'mail'");
        assertThat(problems(Map.of(), Map.of("DAGKEEPER_ALERTS_EMAIL_TO", "all of us")))
                .containsExactly("DAGKEEPER_ALERTS_EMAIL_TO: alerts.email-to: expected an address such as"
                        + " team@example.org, found 'all of us'");
    }

    @Test
    void secrets_reach_nothing_on_a_cluster_unless_listed() throws Exception {
        var stores = Map.of("--postgres", "postgresql://h/d", "--zookeeper", "h:1");
        var secrets = load(stores, Map.of()).secrets();
        assertThat(secrets.allowsEnv("HOME")).isFalse();
        assertThat(secrets.resolveFile(Path.of("/proc/self/environ"))).isEmpty();
        assertThat(load(Map.of(), Map.of("DAGKEEPER_SECRETS_ENV", "A"))
                        .secrets()
                        .allowsEnv("B"))
                .isFalse();
    }

    @Test
    void a_link_out_of_an_allowed_directory_is_not_followed() throws Exception {
        var allowed = Files.createDirectory(directory.resolve("allowed"));
        var inside = Files.writeString(allowed.resolve("inside"), "a");
        var outside = Files.writeString(directory.resolve("outside"), "b");
        var link = Files.createSymbolicLink(allowed.resolve("link"), outside);
        var secrets = new SecretSettings.Listed(NamePatterns.NONE, List.of(allowed));
        assertThat(secrets.resolveFile(inside)).contains(inside.toRealPath());
        assertThat(secrets.resolveFile(link)).isEmpty();
        assertThat(secrets.resolveFile(allowed.resolve("../outside"))).isEmpty();
        assertThat(secrets.resolveFile(outside)).isEmpty();
        assertThat(secrets.resolveFile(allowed.resolve("missing"))).isEmpty();
    }

    @Test
    void processes_begin_with_the_usual_variables_and_those_passed_on() throws Exception {
        var worker = load(Map.of(), Map.of("DAGKEEPER_WORKER_ENV_PASS", "AWS_*,JAVA_HOME"))
                .worker();
        assertThat(worker.baseEnvironment(Map.of(
                        "PATH", "/bin", "AWS_REGION", "x", "JAVA_HOME", "/j", "JAVA_HOME2", "no", "SECRET", "no")))
                .isEqualTo(Map.of("PATH", "/bin", "AWS_REGION", "x", "JAVA_HOME", "/j"));
    }

    private Path file() {
        return directory.resolve(Configuration.FILE_NAME);
    }

    private void write(String text) throws IOException {
        Files.writeString(file(), text);
    }

    private Configuration load(Map<String, String> flags, Map<String, String> environment)
            throws ConfigurationException {
        return Configuration.load(
                new Configuration.Flags(flags, Optional.of(directory), Optional.empty()), environment);
    }

    private List<String> problems(Map<String, String> flags, Map<String, String> environment) {
        var exception = catchThrowableOfType(ConfigurationException.class, () -> load(flags, environment));
        return exception.problems().stream().map(ConfigurationProblem::toString).toList();
    }
}
