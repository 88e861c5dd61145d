package dev.dagkeeper.chaos;

import dev.dagkeeper.Promised;
import dev.dagkeeper.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.awaitility.Awaitility;

/** A Postgres that forces every commit to the disk, keeps its port, and can be stopped as by a crash. Thread-safe. */
public final class DurablePostgres implements AutoCloseable {
    private final Path directory;
    private volatile EmbeddedPostgres server;

    private DurablePostgres(Path directory, EmbeddedPostgres server) {
        this.directory = directory;
        this.server = server;
    }

    static DurablePostgres start(Path directory) throws IOException, InterruptedException {
        return new DurablePostgres(directory, EmbeddedPostgres.start(directory));
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
    }

    /** For a process that reaches it at an address. */
    String url(String hostAndPort) {
        return "postgresql://%s:%s@%s/postgres".formatted(server.user(), server.password(), hostAndPort);
    }

    /** A connection past every cut. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(
                server.jdbcUrl() + "?connectTimeout=2&socketTimeout=20", server.user(), server.password());
    }

    /** An immediate shutdown: no checkpoint, every connection dropped; the next start recovers from the log. */
    public void crash() {
        ShellOut.run("kill", "-QUIT", Long.toString(server.pid()));
        Awaitility.await("Postgres to stop").atMost(Promised.EVENTUALLY).until(() -> !server.isRunning());
    }

    /** Starts it again where it was. */
    public void startAgain() throws IOException, InterruptedException {
        var port = server.port();
        server.close();
        server = EmbeddedPostgres.start(directory, port);
    }

    /** Ends every connection from the server's side; the number of them. */
    public int terminateBackends() throws SQLException {
        try (var connection = connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                        + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
