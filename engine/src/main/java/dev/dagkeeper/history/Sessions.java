package dev.dagkeeper.history;

import dev.dagkeeper.history.DatabaseSettings.Role;
import java.time.Duration;
import java.util.Properties;

/** How each role's connections are set up, all of it sent while connecting: it costs no round trip. */
final class Sessions {
    private static final String EVERY_SESSION =
            " -c jit=off -c lock_timeout=10s -c idle_in_transaction_session_timeout=10s";

    /**
     * The master and the workers only look rows up by keys that come in arrays. Postgres guesses the length of the arrays,
     * and the sizes of tables that have just been created; a plan from such a guess that reads a whole table would
     * stay in use while the table grows. So the plans that suit only small tables are ruled out, and the others are kept.
     *
     * <p>One way is left to read a whole table: an index from end to end, once for each batch. Postgres considers it where
     * it could give an order that suits a join, or where a condition is that of a partial index. So a lookup is written
     * {@code s.run_id = ANY (ARRAY[w.run_id])}, of which no join can be made but one that looks up, and its other
     * conditions are none that an index would serve.
     */
    private static final String KEY_LOOKUPS_ONLY = " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off"
            + " -c enable_hashjoin=off -c enable_mergejoin=off";

    private Sessions() {}

    static Properties properties(DatabaseSettings settings) {
        var role = settings.role();
        var statementTimeout = role.statementTimeout();
        var properties = basics(settings);
        properties.setProperty("ApplicationName", role.applicationName());
        // A server that is gone without a word is noticed after this.
        properties.setProperty("socketTimeout", seconds(statementTimeout.plusSeconds(5)));
        properties.setProperty("prepareThreshold", "2");
        properties.setProperty("preparedStatementCacheQueries", "512");
        properties.setProperty("options", "-c statement_timeout=" + statementTimeout.toMillis() + options(role));
        return properties;
    }

    /** For work that may take its time, such as a migration, and for connections that only listen. */
    static Properties patient(DatabaseSettings settings, String applicationName) {
        var properties = basics(settings);
        properties.setProperty("ApplicationName", applicationName);
        return properties;
    }

    private static Properties basics(DatabaseSettings settings) {
        var properties = new Properties();
        properties.setProperty("user", settings.user());
        properties.setProperty("password", settings.password());
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", seconds(settings.connectTimeout()));
        properties.setProperty("loginTimeout", seconds(settings.connectTimeout()));
        return properties;
    }

    private static String options(Role role) {
        return switch (role) {
            case API -> EVERY_SESSION;
            case MASTER, WORKER -> EVERY_SESSION + KEY_LOOKUPS_ONLY;
        };
    }

    private static String seconds(Duration duration) {
        return Long.toString(Math.max(1, duration.toSeconds()));
    }
}
