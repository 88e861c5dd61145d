package dev.dagkeeper.api.server;

import dev.dagkeeper.api.cli.EngineHost;
import dev.dagkeeper.api.cli.HostException;
import dev.dagkeeper.api.cli.HostOptions;
import dev.dagkeeper.api.client.ServerAddress;
import dev.dagkeeper.api.http.HttpApi;
import dev.dagkeeper.api.http.ListenException;
import dev.dagkeeper.cluster.RefusedException;
import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
import dev.dagkeeper.config.Configuration;
import dev.dagkeeper.config.ConfigurationException;
import dev.dagkeeper.config.PostgresUrl;
import dev.dagkeeper.config.Role;
import dev.dagkeeper.embedded.DataDirectoryInUseException;
import dev.dagkeeper.embedded.DataDirectoryLock;
import dev.dagkeeper.embedded.EmbeddedPostgres;
import dev.dagkeeper.embedded.EmbeddedStoreException;
import dev.dagkeeper.embedded.EmbeddedStores;
import dev.dagkeeper.embedded.LocalDatabase;
import dev.dagkeeper.history.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hosts an engine in this process: the stores it needs, then its roles, then its address for others to find. */
public final class LocalEngineHost implements EngineHost {
    /** Between two looks whether a finished {@code run} still has clients or other runs to wait for. */
    private static final long IDLE_CHECK_MILLIS = 250;

    private static final Logger log = LoggerFactory.getLogger(LocalEngineHost.class);

    private final Closing closing = new Closing();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable Engine engine;
    private volatile Consumer<String> whenRefused = why -> log.error("{}", why);

    /** For {@link java.util.ServiceLoader}. */
    public LocalEngineHost() {}

    @Override
    public synchronized ServerAddress start(HostOptions options) throws HostException, InterruptedException {
        try {
            return open(options);
        } catch (HostException | InterruptedException | RuntimeException e) {
            closing.close();
            throw e;
        }
    }

    private ServerAddress open(HostOptions options) throws HostException, InterruptedException {
        var environment = System.getenv();
        try {
            var configuration = Configuration.load(flags(options), environment);
            if (options.roles().contains(HostOptions.Role.API)) {
                HttpApi.check(configuration.server().listen().host());
            }
            var postgresDirectory = configuration.dataDirectory().path().resolve("postgres");
            boolean embedded = configuration.stores().embedded();
            if (embedded && !options.create() && !Files.isDirectory(postgresDirectory)) {
                throw new HostException(
                        HostException.Kind.NO_HISTORY,
                        "there is no history in "
                                + configuration.dataDirectory().path());
            }
            var lock = closing.add(configuration.dataDirectory().lock());
            var stores = embedded ? embeddedStores(lock, options) : externalStores(configuration);
            var token = RandomText.make();
            var started = closing.add(Engine.start(
                    configuration, roles(options), stores, environment, token, why -> whenRefused.accept(why)));
            engine = started;
            var uri = started.uri();
            if (uri.isEmpty()) {
                return new ServerAddress(java.net.URI.create("http://127.0.0.1:0"), Optional.of(token));
            }
            if (options.lifetime() != HostOptions.Lifetime.QUESTION) {
                lock.announce(new dev.dagkeeper.embedded.ServerAddress(
                        uri.get(), token, ProcessHandle.current().pid()));
            }
            return new ServerAddress(uri.get(), Optional.of(token));
        } catch (ConfigurationException | ListenException e) {
            throw new HostException(HostException.Kind.USAGE, message(e), e);
        } catch (DataDirectoryInUseException e) {
            throw new HostException(HostException.Kind.IN_USE, message(e), e);
        } catch (EmbeddedStoreException | StoreException | ZooKeeperUnavailableException | RefusedException e) {
            throw new HostException(HostException.Kind.UNAVAILABLE, message(e), e);
        } catch (IOException | SQLException e) {
            throw new HostException(HostException.Kind.UNAVAILABLE, "the engine could not start: " + message(e), e);
        }
    }

    private StoreAddresses embeddedStores(DataDirectoryLock lock, HostOptions options)
            throws IOException, InterruptedException, SQLException {
        if (options.roles().equals(Set.of(HostOptions.Role.API))) {
            var postgres =
                    closing.add(EmbeddedPostgres.start(lock.directory().path().resolve("postgres")));
            return StoreAddresses.of(postgres);
        }
        var stores = closing.add(EmbeddedStores.start(lock));
        return StoreAddresses.of(stores, LocalDatabase.open(stores.postgres()));
    }

    private static StoreAddresses externalStores(Configuration configuration) {
        PostgresUrl postgres = configuration.stores().postgres().orElseThrow();
        return new StoreAddresses(
                configuration.stores().zooKeeper(),
                postgres.jdbcUrl(),
                postgres.user().orElse(System.getProperty("user.name")),
                postgres.password().orElse(""),
                false,
                Optional.empty());
    }

    private static Configuration.Flags flags(HostOptions options) {
        Map<String, String> values = new HashMap<>();
        options.zookeeper().ifPresent(value -> values.put("--zookeeper", value));
        options.postgres().ifPresent(value -> values.put("--postgres", value));
        options.listen().ifPresent(value -> values.put("--listen", value));
        options.drainTimeout().ifPresent(value -> values.put("--drain-timeout", value));
        options.slots().ifPresent(value -> values.put("--slots", Integer.toString(value)));
        if (!options.queues().isEmpty()) {
            values.put("--queues", String.join(",", options.queues()));
        }
        if (options.listen().isEmpty() && options.lifetime() != HostOptions.Lifetime.SERVER) {
            values.put("--listen", "127.0.0.1:0");
        }
        return new Configuration.Flags(values, Optional.of(options.dataDirectory()), Optional.empty());
    }

    private static Set<Role> roles(HostOptions options) {
        var roles = EnumSet.noneOf(Role.class);
        options.roles().forEach(role -> roles.add(Role.valueOf(role.name())));
        return roles;
    }

    private static String message(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    @Override
    public void whenRefused(Consumer<String> listener) {
        whenRefused = listener;
    }

    @Override
    public void awaitIdle() throws InterruptedException {
        var hosted = engine;
        while (hosted != null && !hosted.isIdle()) {
            if (closed.await(IDLE_CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    @Override
    public void drain() throws InterruptedException {
        var hosted = engine;
        if (hosted != null) {
            hosted.drain();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        closing.close();
    }
}
