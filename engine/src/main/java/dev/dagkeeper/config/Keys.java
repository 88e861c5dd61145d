package dev.dagkeeper.config;

import dev.dagkeeper.cluster.ZooKeeperLogin;
import dev.dagkeeper.workflow.Durations;
import dev.dagkeeper.workflow.Sizes;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Every setting there is. The page docs/configuration.md is held against this list by a test. */
final class Keys {
    static final Key<Optional<URI>> CLIENT_SERVER = new Key<>(
            "client.server",
            "--server",
            "DAGKEEPER_SERVER",
            "",
            Key.Kind.TEXT,
            "URL of the server to talk to, instead of the one that runs on the data directory",
            items -> one(items).map(Keys::httpUrl));
    static final Key<Set<Role>> ROLES = new Key<>(
            "server.roles",
            "--roles",
            "DAGKEEPER_ROLES",
            "api,master,worker",
            Key.Kind.LIST,
            "what a server process does: any of `api`, `master`, `worker`",
            Keys::roles);
    static final Key<ListenAddress> LISTEN = new Key<>(
            "server.listen",
            "--listen",
            "DAGKEEPER_LISTEN",
            "127.0.0.1:0",
            Key.Kind.TEXT,
            "HOST:PORT of the HTTP interface; port 0 takes a free one, which clients find by the data directory",
            items -> ListenAddress.parse(items.getFirst()));
    static final Key<Duration> DRAIN_TIMEOUT = new Key<>(
            "server.drain-timeout",
            "--drain-timeout",
            "DAGKEEPER_DRAIN_TIMEOUT",
            "5m",
            Key.Kind.TEXT,
            "how long a server that is told to end (SIGTERM) waits for the steps that run in it; what is left then is given"
                    + " back and runs again elsewhere",
            items -> duration(items.getFirst()));
    static final Key<Optional<String>> ZOOKEEPER = new Key<>(
            "stores.zookeeper",
            "--zookeeper",
            "DAGKEEPER_ZOOKEEPER",
            "",
            Key.Kind.LIST,
            "servers of a ZooKeeper ensemble, HOST:PORT each; embedded when absent",
            items -> items.isEmpty() ? Optional.empty() : Optional.of(String.join(",", items)));
    static final Key<Optional<ZooKeeperLogin.Credentials>> ZOOKEEPER_LOGIN = new Key<>(
            "stores.zookeeper-login",
            "",
            "DAGKEEPER_ZOOKEEPER_LOGIN",
            "",
            Key.Kind.SECRET,
            "`USER:PASSWORD` that every node in ZooKeeper belongs to, the same for all processes; without it whoever reaches"
                    + " the ensemble may change them",
            items -> one(items).map(ZooKeeperLogin.Credentials::parse));
    static final Key<ZooKeeperAuth> ZOOKEEPER_AUTH = new Key<>(
            "stores.zookeeper-auth",
            "",
            "DAGKEEPER_ZOOKEEPER_AUTH",
            "digest",
            Key.Kind.TEXT,
            "`digest`: ZooKeeper keeps no list of users; `sasl`: it does, and checks the login (DIGEST-MD5 or Kerberos)",
            items -> ZooKeeperAuth.parse(items.getFirst()));
    static final Key<Optional<Path>> ZOOKEEPER_JAAS = new Key<>(
            "stores.zookeeper-jaas",
            "",
            "DAGKEEPER_ZOOKEEPER_JAAS",
            "",
            Key.Kind.TEXT,
            "a JAAS file with the login, instead of `stores.zookeeper-login`; with `sasl` only, and needed for Kerberos",
            items -> one(items).map(Keys::file));
    static final Key<String> ZOOKEEPER_JAAS_SECTION = new Key<>(
            "stores.zookeeper-jaas-section",
            "",
            "DAGKEEPER_ZOOKEEPER_JAAS_SECTION",
            "Client",
            Key.Kind.TEXT,
            "the section of that file",
            List::getFirst);
    static final Key<Optional<Path>> ZOOKEEPER_TRUST = new Key<>(
            "stores.zookeeper-trust",
            "",
            "DAGKEEPER_ZOOKEEPER_TRUST",
            "",
            Key.Kind.TEXT,
            "certificates that sign the ensemble's, a file `.pem`, `.p12` or `.jks`; given, the connection is encrypted (TLS)",
            items -> one(items).map(Keys::file));
    static final Key<Optional<Path>> ZOOKEEPER_KEY = new Key<>(
            "stores.zookeeper-key",
            "",
            "DAGKEEPER_ZOOKEEPER_KEY",
            "",
            Key.Kind.TEXT,
            "this side's key and certificate, for an ensemble that asks for one; a file as above",
            items -> one(items).map(Keys::file));
    static final Key<String> ZOOKEEPER_STORE_PASSWORD = new Key<>(
            "stores.zookeeper-store-password",
            "",
            "DAGKEEPER_ZOOKEEPER_STORE_PASSWORD",
            "",
            Key.Kind.SECRET,
            "the password of these two files",
            List::getFirst);
    static final Key<Optional<PostgresUrl>> POSTGRES = new Key<>(
            "stores.postgres",
            "--postgres",
            "DAGKEEPER_POSTGRES",
            "",
            Key.Kind.SECRET,
            "`postgresql://USER:PASSWORD@HOST:PORT/DATABASE` of the history; embedded when absent",
            items -> one(items).map(PostgresUrl::parse));
    static final Key<Optional<String>> WORKER_NAME = new Key<>(
            "worker.name",
            "",
            "DAGKEEPER_WORKER_NAME",
            "",
            Key.Kind.TEXT,
            "the worker's name in results and lists; the machine's name when absent",
            items -> one(items).map(Keys::workerName));
    static final Key<Integer> SLOTS = new Key<>(
            "worker.slots",
            "--slots",
            "DAGKEEPER_SLOTS",
            "16",
            Key.Kind.TEXT,
            "how many steps a worker runs at a time, 1 to 10000",
            items -> integer(items.getFirst(), 1, 10_000));
    static final Key<List<String>> QUEUES = new Key<>(
            "worker.queues",
            "--queues",
            "DAGKEEPER_QUEUES",
            "default",
            Key.Kind.LIST,
            "the queues whose steps a worker takes",
            Keys::queues);
    static final Key<Optional<Double>> CPU = new Key<>(
            "worker.cpu",
            "",
            "DAGKEEPER_WORKER_CPU",
            "",
            Key.Kind.TEXT,
            "cores that steps may ask of a worker by `resources.cpu`, decimals allowed; those of the machine when absent",
            items -> one(items).map(Keys::cores));
    static final Key<Optional<Long>> MEMORY = new Key<>(
            "worker.memory",
            "",
            "DAGKEEPER_WORKER_MEMORY",
            "",
            Key.Kind.TEXT,
            "memory that steps may ask of a worker by `resources.memory`, such as 24GiB; that of the machine when absent",
            items -> one(items).map(Keys::bytes));
    static final Key<Map<String, String>> LABELS = new Key<>(
            "worker.labels",
            "",
            "DAGKEEPER_WORKER_LABELS",
            "",
            Key.Kind.LIST,
            "what the worker is known by, `NAME=VALUE` each, for steps that ask for it by `placement.labels`",
            Keys::labels);
    static final Key<Optional<String>> ZONE = new Key<>(
            "worker.zone",
            "",
            "DAGKEEPER_WORKER_ZONE",
            "",
            Key.Kind.TEXT,
            "where the worker stands: a rack, a site; for steps with `placement.zone` or `spread: zone`",
            items -> one(items).map(Keys::placeName));
    static final Key<NamePatterns> ENV_PASS = new Key<>(
            "worker.env-pass",
            "",
            "DAGKEEPER_WORKER_ENV_PASS",
            "",
            Key.Kind.LIST,
            "variables of the worker's environment that every process of a step sees, besides PATH, HOME, USER, LANG, TZ"
                    + " and TMPDIR; a `*` at the end stands for any rest",
            NamePatterns::new);
    static final Key<Duration> GRACE = new Key<>(
            "worker.grace",
            "",
            "DAGKEEPER_WORKER_GRACE",
            "10s",
            Key.Kind.TEXT,
            "how long a process that is told to end may take before it is killed",
            items -> duration(items.getFirst()));
    static final Key<Integer> LOG_LIMIT = new Key<>(
            "worker.log-limit",
            "",
            "DAGKEEPER_WORKER_LOG_LIMIT",
            "10MiB",
            Key.Kind.TEXT,
            "how much log of one attempt is kept, 1KiB to 1GiB",
            items -> logLimit(items.getFirst()));
    static final Key<Boolean> GUARD = new Key<>(
            "worker.guard",
            "",
            "DAGKEEPER_WORKER_GUARD",
            "true",
            Key.Kind.TEXT,
            "whether a guard process ends what a worker started when the worker itself is killed",
            items -> bool(items.getFirst()));
    static final Key<NamePatterns> SECRETS_ENV = new Key<>(
            "secrets.env",
            "",
            "DAGKEEPER_SECRETS_ENV",
            "",
            Key.Kind.LIST,
            "variables that secrets `from: env` may come from; a `*` at the end stands for any rest",
            NamePatterns::new);
    static final Key<List<Path>> SECRETS_FILES = new Key<>(
            "secrets.files",
            "",
            "DAGKEEPER_SECRETS_FILES",
            "",
            Key.Kind.LIST,
            "files, or directories with all in them, that secrets `from: file` may come from; absolute paths",
            Keys::absolutePaths);

    static final List<Key<?>> ALL = Stream.concat(
                    Stream.<Key<?>>of(
                            CLIENT_SERVER,
                            ROLES,
                            LISTEN,
                            DRAIN_TIMEOUT,
                            ZOOKEEPER,
                            ZOOKEEPER_LOGIN,
                            ZOOKEEPER_AUTH,
                            ZOOKEEPER_JAAS,
                            ZOOKEEPER_JAAS_SECTION,
                            ZOOKEEPER_TRUST,
                            ZOOKEEPER_KEY,
                            ZOOKEEPER_STORE_PASSWORD,
                            POSTGRES,
                            WORKER_NAME,
                            SLOTS,
                            QUEUES,
                            CPU,
                            MEMORY,
                            LABELS,
                            ZONE,
                            ENV_PASS,
                            GRACE,
                            LOG_LIMIT,
                            GUARD,
                            SECRETS_ENV,
                            SECRETS_FILES),
                    AlertKeys.ALL.stream())
            .toList();

    /** The section of free names, which only the file has. */
    static final String CONNECTIONS = "connections";

    private Keys() {}

    private static Optional<String> one(List<String> items) {
        return items.getFirst().isEmpty() ? Optional.empty() : Optional.of(items.getFirst());
    }

    private static Path file(String text) {
        var path = Path.of(text);
        if (!Files.isReadable(path)) {
            throw new IllegalArgumentException("expected a file that can be read");
        }
        return path;
    }

    static URI httpUrl(String text) {
        var expected = "expected the URL of a server, such as http://127.0.0.1:8080";
        if (!text.matches("https?://[^\\s/]+.*")) {
            throw new IllegalArgumentException(expected);
        }
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(expected, e);
        }
    }

    private static Set<Role> roles(List<String> items) {
        var roles = EnumSet.noneOf(Role.class);
        for (var item : items) {
            roles.add(List.of(Role.values()).stream()
                    .filter(role -> role.text().equals(item))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("expected any of api, master, worker")));
        }
        if (roles.isEmpty()) {
            throw new IllegalArgumentException("expected at least one of api, master, worker");
        }
        return roles;
    }

    private static String workerName(String text) {
        if (!text.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")) {
            throw new IllegalArgumentException("expected letters, digits, '.', '_', '-', at most 128");
        }
        return text;
    }

    private static List<String> queues(List<String> items) {
        if (items.isEmpty() || !items.stream().allMatch(q -> q.matches("[a-z][a-z0-9_]{0,127}"))) {
            throw new IllegalArgumentException("expected names of queues in snake_case, such as default or big_memory");
        }
        return items;
    }

    private static double cores(String text) {
        if (text.matches("[0-9]{1,6}(\\.[0-9]{1,3})?")) {
            return Double.parseDouble(text);
        }
        throw new IllegalArgumentException("expected a number of cores, such as 4 or 0.5");
    }

    private static long bytes(String text) {
        return Sizes.parseBytes(text)
                .orElseThrow(() -> new IllegalArgumentException("expected a size, such as 512MiB or 24GiB"));
    }

    private static Map<String, String> labels(List<String> items) {
        var labels = new TreeMap<String, String>();
        for (var item : items) {
            var equals = item.indexOf('=');
            if (equals < 1
                    || labels.putIfAbsent(placeName(item.substring(0, equals)), item.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("expected NAME=VALUE, each name once, such as gpu=a100");
            }
        }
        return labels;
    }

    private static String placeName(String text) {
        if (!text.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")) {
            throw new IllegalArgumentException("expected a name of letters, digits, '_', '.', '-', at most 64");
        }
        return text;
    }

    private static Duration duration(String text) {
        return Durations.parse(text)
                .orElseThrow(() -> new IllegalArgumentException("expected a duration, such as 10s or 2m"));
    }

    private static int integer(String text, int min, int max) {
        if (text.matches("[0-9]{1,9}")) {
            var value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        }
        throw new IllegalArgumentException("expected a whole number from " + min + " to " + max);
    }

    private static int logLimit(String text) {
        var bytes = Sizes.parseBytes(text).orElse(-1);
        if (bytes < 1 << 10 || bytes > 1 << 30) {
            throw new IllegalArgumentException("expected a size from 1KiB to 1GiB, such as 10MiB");
        }
        return Math.toIntExact(bytes);
    }

    private static boolean bool(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("expected true or false");
        };
    }

    private static List<Path> absolutePaths(List<String> items) {
        var paths = items.stream().map(Path::of).toList();
        if (!paths.stream().allMatch(Path::isAbsolute)) {
            throw new IllegalArgumentException("expected absolute paths");
        }
        return paths;
    }
}
