package dev.dagkeeper.config;

import dev.dagkeeper.alert.AlertSettings;
import dev.dagkeeper.cluster.ZooKeeperLogin;
import dev.dagkeeper.cluster.ZooKeeperSettings;
import dev.dagkeeper.embedded.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Puts one configuration together and collects what is wrong on the way. */
final class ConfigurationLoader {
    private static final String DATA_DIR_ENV = "DAGKEEPER_DATA_DIR";
    private static final String FILE_ENV = "DAGKEEPER_CONFIG";

    /** The level of the log, which is set up before there is a configuration. */
    private static final String LOG_ENV = "DAGKEEPER_LOG";

    private final Configuration.Flags flags;
    private final Map<String, String> environment;
    private final List<ConfigurationProblem> problems = new ArrayList<>();
    private final List<Configuration.Value> values = new ArrayList<>();
    private final Map<String, Source> sources = new HashMap<>();
    private Map<String, Key.Raw> fromFile = Map.of();

    ConfigurationLoader(Configuration.Flags flags, Map<String, String> environment) {
        this.flags = flags;
        this.environment = environment;
    }

    Configuration load() throws ConfigurationException {
        checkFlags();
        checkEnvironment();
        var directory = dataDirectory();
        var connections = readFile(directory);
        var clientServer = value(Keys.CLIENT_SERVER);
        var roles = value(Keys.ROLES);
        var listen = value(Keys.LISTEN);
        var drainTimeout = value(Keys.DRAIN_TIMEOUT);
        var before = problems.size();
        var zooKeeper = value(Keys.ZOOKEEPER);
        var zooKeeperLogin = zooKeeperLogin();
        var zooKeeperTls = zooKeeperTls();
        var postgres = value(Keys.POSTGRES);
        if (problems.size() == before) {
            checkStores(zooKeeper, postgres);
        }
        var name = value(Keys.WORKER_NAME);
        var slots = value(Keys.SLOTS);
        var queues = value(Keys.QUEUES);
        var offer = new WorkerOffer(value(Keys.CPU), value(Keys.MEMORY), value(Keys.LABELS), value(Keys.ZONE));
        var envPass = value(Keys.ENV_PASS);
        var grace = value(Keys.GRACE);
        var logLimit = value(Keys.LOG_LIMIT);
        var guard = value(Keys.GUARD);
        var secretsEnv = value(Keys.SECRETS_ENV);
        var secretsFiles = value(Keys.SECRETS_FILES);
        var alerts = alerts();
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        var stores = new StoreSettings(
                zooKeeper.map(servers -> new ZooKeeperSettings(servers, zooKeeperLogin, zooKeeperTls)), postgres);
        return new Configuration(
                directory,
                clientServer,
                new ServerSettings(roles, listen, drainTimeout),
                stores,
                new WorkerSettings(
                        name.orElseGet(ConfigurationLoader::machineName),
                        slots,
                        queues,
                        offer,
                        envPass,
                        grace,
                        logLimit,
                        guard),
                secrets(stores, secretsEnv, secretsFiles),
                connections,
                alerts,
                values);
    }

    /** Options of settings that are none would be silently without effect. */
    private void checkFlags() {
        for (var flag : flags.values().keySet()) {
            if (Keys.ALL.stream().noneMatch(key -> key.flag().equals(flag))) {
                throw new IllegalArgumentException(flag + " is no option of a setting");
            }
        }
    }

    /**
     * A variable that is nearly one of ours is a slip. Others that begin the same are let be: a step's own process sees
     * some, and may start this program.
     */
    private void checkEnvironment() {
        var known = new ArrayList<>(List.of(DATA_DIR_ENV, FILE_ENV, LOG_ENV));
        Keys.ALL.forEach(key -> known.add(key.env()));
        for (var name : environment.keySet()) {
            if (name.startsWith("DAGKEEPER_") && !known.contains(name)) {
                NearestName.of(name, known)
                        .ifPresent(nearest -> problems.add(new ConfigurationProblem(
                                new Source.Environment(name),
                                "unknown variable",
                                Optional.of("did you mean '" + nearest + "'?"))));
            }
        }
    }

    private DataDirectory dataDirectory() {
        var directory = flags.dataDirectory()
                .or(() -> variable(DATA_DIR_ENV).map(Path::of))
                .map(DataDirectory::new)
                .orElseGet(() -> DataDirectory.byDefault(environment));
        Source source = new Source.Default();
        if (flags.dataDirectory().isPresent()) {
            source = new Source.Flag("--data-dir");
        } else if (variable(DATA_DIR_ENV).isPresent()) {
            source = new Source.Environment(DATA_DIR_ENV);
        }
        values.add(new Configuration.Value("data-dir", directory.path().toString(), source));
        return directory;
    }

    /** The file that was named must be there; the one in the data directory may be. */
    private Connections readFile(DataDirectory directory) {
        var named = flags.file().or(() -> variable(FILE_ENV).map(Path::of));
        var path = named.orElse(directory.path().resolve(Configuration.FILE_NAME));
        if (!Files.isRegularFile(path)) {
            if (named.isPresent()) {
                problems.add(new ConfigurationProblem(
                        new Source.File(path, 0, 0), "there is no such configuration file", Optional.empty()));
            }
            return Connections.NONE;
        }
        var file = ConfigurationFile.read(path, problems);
        fromFile = file.values();
        return file.connections();
    }

    /** The strongest that was said, or the default; what cannot be read is a problem. */
    private <T> T value(Key<T> key) {
        var raw = raw(key);
        sources.put(key.path(), raw.source());
        values.add(new Configuration.Value(key.path(), shown(key, raw), raw.source()));
        try {
            return key.read().apply(raw.items());
        } catch (IllegalArgumentException e) {
            var found = key.kind() == Key.Kind.SECRET ? "" : ", found '" + String.join(", ", raw.items()) + "'";
            problems.add(new ConfigurationProblem(
                    raw.source(), key.path() + ": " + e.getMessage() + found, Optional.empty()));
            return key.read().apply(key.byDefault().items());
        }
    }

    private Key.Raw raw(Key<?> key) {
        var flag = flags.values().get(key.flag());
        if (flag != null) {
            return new Key.Raw(key.items(flag), new Source.Flag(key.flag()));
        }
        return variable(key.env())
                .map(text -> new Key.Raw(key.items(text), new Source.Environment(key.env())))
                .orElseGet(() -> fromFile.getOrDefault(key.path(), key.byDefault()));
    }

    private static String shown(Key<?> key, Key.Raw raw) {
        var text = String.join(",", raw.items());
        return key.kind() == Key.Kind.SECRET && !text.isEmpty() ? "***" : text;
    }

    /** As usual, a variable that is set to nothing is not set. */
    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
    }

    private void checkStores(Optional<String> zooKeeper, Optional<PostgresUrl> postgres) {
        if (zooKeeper.isPresent() != postgres.isPresent()) {
            var given = zooKeeper.isPresent() ? Keys.ZOOKEEPER : Keys.POSTGRES;
            var missing = zooKeeper.isPresent() ? Keys.POSTGRES : Keys.ZOOKEEPER;
            problems.add(new ConfigurationProblem(
                    source(given),
                    given.path() + " is given without " + missing.path()
                            + ", expected both or, for embedded stores, neither",
                    Optional.of("add " + missing.flag())));
        }
    }

    private ZooKeeperLogin zooKeeperLogin() {
        var before = problems.size();
        var credentials = value(Keys.ZOOKEEPER_LOGIN);
        var auth = value(Keys.ZOOKEEPER_AUTH);
        var jaas = value(Keys.ZOOKEEPER_JAAS);
        var section = value(Keys.ZOOKEEPER_JAAS_SECTION);
        if (problems.size() > before) {
            return new ZooKeeperLogin.None();
        }
        try {
            return auth.login(credentials, jaas, section);
        } catch (IllegalArgumentException e) {
            var where = auth == ZooKeeperAuth.SASL ? Keys.ZOOKEEPER_AUTH : Keys.ZOOKEEPER_JAAS;
            problems.add(new ConfigurationProblem(source(where), String.valueOf(e.getMessage()), Optional.empty()));
            return new ZooKeeperLogin.None();
        }
    }

    private Optional<ZooKeeperSettings.Tls> zooKeeperTls() {
        var trust = value(Keys.ZOOKEEPER_TRUST);
        var key = value(Keys.ZOOKEEPER_KEY);
        var password = value(Keys.ZOOKEEPER_STORE_PASSWORD);
        if (trust.isEmpty() && key.isPresent()) {
            problems.add(new ConfigurationProblem(
                    source(Keys.ZOOKEEPER_KEY),
                    Keys.ZOOKEEPER_KEY.path() + " is given without " + Keys.ZOOKEEPER_TRUST.path()
                            + ", expected both for TLS with a client's certificate",
                    Optional.of("add " + Keys.ZOOKEEPER_TRUST.path())));
        }
        return trust.map(file -> new ZooKeeperSettings.Tls(file, key, password));
    }

    private AlertSettings alerts() {
        var before = problems.size();
        var url = value(AlertKeys.WEBHOOK_URL);
        var secret = value(AlertKeys.WEBHOOK_SECRET);
        var server = value(AlertKeys.EMAIL_SERVER);
        var login = value(AlertKeys.EMAIL_LOGIN);
        var from = value(AlertKeys.EMAIL_FROM);
        var to = value(AlertKeys.EMAIL_TO);
        if (problems.size() > before) {
            return AlertSettings.NONE;
        }
        return new AlertSettings(
                fitting(AlertKeys.WEBHOOK_SECRET, () -> AlertKeys.webhook(url, secret)),
                fitting(AlertKeys.EMAIL_SERVER, () -> AlertKeys.email(server, login, from, to)));
    }

    private <T> Optional<T> fitting(Key<?> place, Supplier<Optional<T>> settings) {
        try {
            return settings.get();
        } catch (IllegalArgumentException e) {
            problems.add(new ConfigurationProblem(source(place), String.valueOf(e.getMessage()), Optional.empty()));
            return Optional.empty();
        }
    }

    private SecretSettings secrets(StoreSettings stores, NamePatterns env, List<Path> files) {
        var silent = source(Keys.SECRETS_ENV) instanceof Source.Default
                && source(Keys.SECRETS_FILES) instanceof Source.Default;
        return stores.embedded() && silent ? new SecretSettings.Everything() : new SecretSettings.Listed(env, files);
    }

    private Source source(Key<?> key) {
        return sources.getOrDefault(key.path(), new Source.Default());
    }

    /** From the kernel: asking for the local host's name may wait for a name server. */
    private static String machineName() {
        try {
            var name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            return name.isEmpty() ? "localhost" : name;
        } catch (IOException e) {
            return "localhost";
        }
    }
}
