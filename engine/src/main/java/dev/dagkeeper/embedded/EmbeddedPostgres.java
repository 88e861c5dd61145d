package dev.dagkeeper.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Postgres of our own, durable as any: what it acknowledged survives the death of every process and of the
 * machine. It listens on 127.0.0.1 only and asks for a random password.
 *
 * <p>It does not outlive the JVM that started it, not even when that is killed: within two seconds no process of it is
 * left. Thread-safe.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final int PORT_ATTEMPTS = 5;

    private final PostgresCluster cluster;
    private final Postmaster postmaster;

    private EmbeddedPostgres(PostgresCluster cluster, Postmaster postmaster) {
        this.cluster = cluster;
        this.postmaster = postmaster;
    }

    /** {@link #start(Path, int)} on a port that is free. */
    public static EmbeddedPostgres start(Path directory) throws IOException, InterruptedException {
        return start(directory, 0);
    }

    /**
     * Starts Postgres on a directory and returns when it accepts connections: a fraction of a second on a directory that
     * has one already, a few seconds where it is made first. Processes that a former owner left behind are stopped.
     *
     * @param directory where the data, the password and the log are kept; nobody else may use it meanwhile
     * @param port where to listen; 0 for any free one
     * @throws EmbeddedStoreException when it cannot run here; the message says why and what to do
     */
    public static EmbeddedPostgres start(Path directory, int port) throws IOException, InterruptedException {
        var began = System.nanoTime();
        var absolute = directory.toAbsolutePath().normalize();
        FileTrees.createPrivate(absolute.resolveSibling("."));
        var prefix = OrdinaryUser.prefix();
        var binaries = PostgresBinaries.find(absolute.resolveSibling("postgres-binaries"));
        var cluster = PostgresCluster.openOrCreate(absolute, binaries, prefix);
        StalePostgres.clear(cluster.data());
        for (var attempt = 1; ; attempt++) {
            var postmaster = Postmaster.start(cluster, binaries, prefix, port == 0 ? freePort() : port);
            if (awaitReady(postmaster)) {
                LOG.debug(
                        "Postgres ready port={} pid={} ms={}",
                        postmaster.port(),
                        postmaster.pid(),
                        (System.nanoTime() - began) / 1_000_000);
                return new EmbeddedPostgres(cluster, postmaster);
            }
            if (port != 0 || attempt == PORT_ATTEMPTS) {
                throw new EmbeddedStoreException("Postgres cannot listen on 127.0.0.1:" + postmaster.port()
                        + ": another process does; see " + cluster.log());
            }
        }
    }

    private static boolean awaitReady(Postmaster postmaster) throws IOException, InterruptedException {
        var ready = false;
        try {
            ready = postmaster.awaitReady();
            return ready;
        } finally {
            if (!ready) {
                postmaster.stop();
            }
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    /** The database's address for JDBC, without user and password. */
    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/postgres";
    }

    /** The only role; it may do everything. */
    public String user() {
        return PostgresCluster.USER;
    }

    /** The role's password: random, made with the directory. */
    public String password() {
        return cluster.password();
    }

    /** Where it listens on 127.0.0.1. */
    public int port() {
        return postmaster.port();
    }

    /** The process id of the postmaster. */
    public long pid() {
        return postmaster.pid();
    }

    /** Whether its first process lives; false after {@link #close()} or when somebody else ended it. */
    public boolean isRunning() {
        return postmaster.isRunning();
    }

    /** The file with its warnings and errors. */
    public Path log() {
        return cluster.log();
    }

    /** Disconnects every client, writes everything to its place and stops. Returns when it is gone; harmless twice. */
    @Override
    public void close() {
        postmaster.stop();
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "EmbeddedPostgres[" + jdbcUrl() + " in " + cluster.directory() + "]";
    }
}
