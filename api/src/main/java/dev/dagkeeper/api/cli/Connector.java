package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.ServerAddress;
import dev.dagkeeper.embedded.DataDirectory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.LogManager;

/** Finds the engine to talk to, or hosts one. */
final class Connector {
    /** How long an engine that holds the data directory may take to say where it answers. */
    private static final Duration START = Duration.ofSeconds(30);

    private static final long LOOK_MILLIS = 50;

    private final Environment environment;
    private final ServerOptions options;

    Connector(Environment environment, ServerOptions options) {
        this.environment = environment;
        this.options = options;
    }

    /** The server that is configured or found. */
    Optional<Connection> find() throws IOException {
        var configured = Optional.ofNullable(options.server).or(() -> environment.variable("DAGKEEPER_SERVER"));
        if (configured.isPresent()) {
            return Optional.of(connection(configured(configured.get())));
        }
        return announced().map(Connector::connection);
    }

    /** The server that is configured or found; there must be one, since the command changes something. */
    Connection required() throws IOException {
        return find().orElseThrow(
                        () -> new Failure(
                                ExitCode.UNREACHABLE,
                                "no server is running on " + dataDirectory(),
                                "Start one with 'dagkeeper server', name one with --server, or use 'dagkeeper run', which needs none."));
    }

    /** For commands that only ask: the server, or the history of the data directory opened for the moment. */
    Connection toAsk() throws IOException, HostException, InterruptedException {
        var found = find();
        if (found.isPresent()) {
            return found.get();
        }
        try {
            return host(HostOptions.forQuestion(dataDirectory()));
        } catch (HostException e) {
            if (e.kind() != HostException.Kind.NO_HISTORY) {
                throw e;
            }
            throw new Failure(
                    ExitCode.NOT_FOUND,
                    "there is no history in " + dataDirectory() + ": nothing has run there yet",
                    "Run something with 'dagkeeper run FILE', or name another place with --data-dir or --server.");
        }
    }

    /** For {@code run}: the server, or an engine of one's own. */
    Connection toRun(OptionalInt slots) throws IOException, HostException, InterruptedException {
        var found = find();
        return found.isPresent() ? found.get() : host(HostOptions.forRun(dataDirectory(), slots));
    }

    /** Hosts an engine, or becomes the client of the one that came first. */
    private Connection host(HostOptions what) throws IOException, HostException, InterruptedException {
        var host = newHost();
        try {
            var address = host.start(what);
            return new Connection(new DagkeeperClient(address), host);
        } catch (HostException e) {
            host.close();
            if (e.kind() != HostException.Kind.IN_USE) {
                throw e;
            }
            return connection(awaitAnnounced(e));
        }
    }

    /** The engine that this distribution hosts. */
    static EngineHost newHost() {
        // The HTTP server greets in java.util.logging; everything else logs through slf4j.
        LogManager.getLogManager().getLogger("").setLevel(Level.WARNING);
        return ServiceLoader.load(EngineHost.class)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no engine host is on the class path"));
    }

    Path dataDirectory() {
        return Optional.ofNullable(options.dataDirectory)
                .map(environment::resolve)
                .orElseGet(environment::defaultDataDirectory);
    }

    private ServerAddress awaitAnnounced(HostException inUse) throws IOException, HostException, InterruptedException {
        var deadline = System.nanoTime() + START.toNanos();
        var never = new CountDownLatch(1);
        while (System.nanoTime() < deadline) {
            var announced = announced();
            if (announced.isPresent()) {
                return announced.get();
            }
            // There is nothing to be told by: the other process leaves a file.
            if (never.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                break;
            }
        }
        throw inUse;
    }

    private Optional<ServerAddress> announced() throws IOException {
        return new DataDirectory(dataDirectory())
                .find()
                .map(found -> new ServerAddress(found.url(), Optional.of(found.token())));
    }

    /** A named server may be the local one, whose token lies in the data directory. */
    private ServerAddress configured(String url) throws IOException {
        ServerAddress address;
        try {
            address = new ServerAddress(URI.create(url), environment.variable("DAGKEEPER_TOKEN"));
        } catch (IllegalArgumentException e) {
            throw new Failure(ExitCode.USAGE, "--server: " + e.getMessage());
        }
        if (address.token().isPresent()) {
            return address;
        }
        return announced()
                .filter(local -> sameServer(local.url(), address.url()))
                .orElse(address);
    }

    private static boolean sameServer(URI one, URI other) {
        return one.getPort() == other.getPort() && isLocal(one.getHost()) && isLocal(other.getHost());
    }

    private static boolean isLocal(String host) {
        return host.equals("127.0.0.1") || host.equals("localhost") || host.equals("[::1]");
    }

    private static Connection connection(ServerAddress address) {
        return new Connection(new DagkeeperClient(address), null);
    }
}
