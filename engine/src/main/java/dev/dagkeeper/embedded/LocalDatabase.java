package dev.dagkeeper.embedded;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Map;

/**
 * A database for the workflows of an engine with embedded stores, beside the history and out of its reach: {@code sql}
 * steps use it by the connection {@link #NAME} without any configuration. Its role may do what it likes there and cannot
 * connect to the history. The password is another at each start.
 *
 * @param jdbcUrl its address
 * @param password of the role {@link #NAME}
 */
public record LocalDatabase(String jdbcUrl, String password) {
    /** The name of the connection, of the database and of its role. */
    public static final String NAME = "local";

    /**
     * Finds it in an embedded Postgres, or makes it.
     *
     * @throws SQLException when Postgres does not answer
     */
    public static LocalDatabase open(EmbeddedPostgres postgres) throws SQLException {
        var random = new byte[16];
        new SecureRandom().nextBytes(random);
        var password = HexFormat.of().formatHex(random);
        try (var connection = DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password())) {
            if (!exists(connection)) {
                create(connection);
            }
            execute(connection, "ALTER ROLE local PASSWORD '" + password + "'");
        }
        return new LocalDatabase("jdbc:postgresql://127.0.0.1:" + postgres.port() + "/" + NAME, password);
    }

    /** The database is made last, so where it is everything is. */
    private static boolean exists(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = 'local'")) {
            return row.next();
        }
    }

    private static void create(Connection connection) throws SQLException {
        execute(connection, "REVOKE CONNECT ON DATABASE postgres FROM PUBLIC");
        execute(connection, "DROP ROLE IF EXISTS local");
        execute(connection, "CREATE ROLE local LOGIN");
        execute(connection, "CREATE DATABASE local OWNER local");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The settings of the connection, as {@code dagkeeper.yaml} would have them. */
    public Map<String, String> connection() {
        return Map.of("url", jdbcUrl, "user", NAME, "password", password);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "LocalDatabase[" + jdbcUrl + "]";
    }
}
