package dev.dagkeeper.history;

import dev.dagkeeper.history.DatabaseSettings.Role;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real Postgres for a test class: one server for the whole test JVM, in Docker when an engine answers and embedded
 * otherwise, and a fresh migrated database for each class.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final TestPostgres POSTGRES = new TestPostgres();
 * }</pre>
 */
public final class TestPostgres implements BeforeAllCallback, AfterAllCallback {
    private static final String TEMPLATE = "dagkeeper_template";

    private final Deque<Database> opened = new ArrayDeque<>();
    private PostgresServer server = PostgresServer.NONE;
    private String url = "";

    @Override
    public void beforeAll(ExtensionContext context) {
        server = OfThisJvm.SERVER;
        url = newDatabase("TEMPLATE " + TEMPLATE);
    }

    /** Not kept in JUnit's own store: where Maven runs tests in several JVMs, each class is a session with a store of its own. */
    private static final class OfThisJvm {
        static final PostgresServer SERVER = startWithTemplate();
    }

    private static PostgresServer startWithTemplate() {
        var started = PostgresServer.start();
        Runtime.getRuntime().addShutdownHook(new Thread(started::close, "test-postgres-stop"));
        execute(started, started.url(), "CREATE DATABASE " + TEMPLATE);
        var settings = DatabaseSettings.of(started.url(TEMPLATE), started.user(), started.password(), Role.MASTER);
        Database.openAndMigrate(settings).close();
        return started;
    }

    /** Another database on the same server; {@code how} ends the CREATE DATABASE statement. */
    String newDatabase(String how) {
        var name = "test_" + UUID.randomUUID().toString().replace("-", "");
        execute(server, server.url(), "CREATE DATABASE " + name + " " + how);
        return server.url(name);
    }

    /** Settings for this class's database. */
    public DatabaseSettings settings(Role role) {
        return settings(url, role);
    }

    DatabaseSettings settings(String otherUrl, Role role) {
        if (url.isEmpty()) {
            throw new IllegalStateException("TestPostgres is not registered as a static extension");
        }
        return DatabaseSettings.of(otherUrl, server.user(), server.password(), role);
    }

    /** This class's database, opened for a role; closed after the class. */
    public Database open(Role role) {
        var database = Database.open(settings(role));
        opened.push(database);
        return database;
    }

    /** Runs one statement in this class's database. */
    public void execute(String sql) {
        execute(server, url, sql);
    }

    /** The first column of what a query gives in this class's database. */
    public java.util.List<String> texts(String query) {
        try (var connection = DriverManager.getConnection(url, server.user(), server.password());
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            var texts = new java.util.ArrayList<String>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        } catch (SQLException e) {
            throw new IllegalStateException("cannot run: " + query, e);
        }
    }

    private static void execute(PostgresServer server, String url, String sql) {
        try (var connection = DriverManager.getConnection(url, server.user(), server.password());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot run: " + sql, e);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }
}
