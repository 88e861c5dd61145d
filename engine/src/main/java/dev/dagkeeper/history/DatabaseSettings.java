package dev.dagkeeper.history;

import java.time.Duration;

/**
 * Where Postgres is and how one role of one process uses it.
 *
 * @param url JDBC URL, {@code jdbc:postgresql://host:port/database}
 * @param role decides the session's timeouts and the name under which Postgres shows it
 * @param poolSize connections at most, at least 1
 * @param connectTimeout how long opening a connection may take before it counts as unreachable
 */
public record DatabaseSettings(
        String url, String user, String password, Role role, int poolSize, Duration connectTimeout) {
    /** Long enough for a busy server, short enough to be told at start what is wrong. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(4);

    public DatabaseSettings {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException(
                    "expected a URL jdbc:postgresql://HOST:PORT/DATABASE, found '" + place() + "'");
        }
        if (poolSize < 1) {
            throw new IllegalArgumentException("expected at least 1 connection, found " + poolSize);
        }
    }

    /** Settings with the role's own pool size. */
    public static DatabaseSettings of(String url, String user, String password, Role role) {
        return new DatabaseSettings(url, user, password, role, role.poolSize, CONNECT_TIMEOUT);
    }

    /** The address without its parameters, among which may be a password: for messages. */
    String place() {
        return url.replaceFirst("\\?.*", "");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "DatabaseSettings[" + place() + " as " + user + " for " + role + "]";
    }

    /** Who uses the connections. */
    public enum Role {
        /** People wait for its answers; its reads may be large. */
        API("dagkeeper-api", 6, Duration.ofSeconds(30)),
        /** Short transactions only; one that hangs must not outlive the leader's term for long. */
        MASTER("dagkeeper-master", 3, Duration.ofSeconds(10)),
        /** Key lookups and batched results. */
        WORKER("dagkeeper-worker", 4, Duration.ofSeconds(20));

        private final String applicationName;
        private final int poolSize;
        private final Duration statementTimeout;

        Role(String applicationName, int poolSize, Duration statementTimeout) {
            this.applicationName = applicationName;
            this.poolSize = poolSize;
            this.statementTimeout = statementTimeout;
        }

        String applicationName() {
            return applicationName;
        }

        Duration statementTimeout() {
            return statementTimeout;
        }
    }
}
