package dev.dagkeeper.history;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections of one role. Every failure comes out as a {@link StoreException}. Thread-safe. */
final class Pool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pool.class);

    /** How long a caller waits for a connection; more means that Postgres does not keep up or is away. */
    private static final Duration BORROW_TIMEOUT = Duration.ofSeconds(5);

    private final HikariDataSource source;
    private final Jdbi jdbi;

    private Pool(HikariDataSource source) {
        this.source = source;
        this.jdbi = Jdbi.create(source);
    }

    /** Opens the pool with one connection, and tells at once when that is impossible. */
    static Pool open(DatabaseSettings settings) {
        var config = new HikariConfig();
        config.setPoolName(settings.role().applicationName());
        config.setJdbcUrl(settings.url());
        config.setDataSourceProperties(Sessions.properties(settings));
        config.setMaximumPoolSize(settings.poolSize());
        config.setMinimumIdle(1);
        config.setConnectionTimeout(BORROW_TIMEOUT.toMillis());
        config.setValidationTimeout(Duration.ofSeconds(2).toMillis());
        // One attempt, then the error: who starts must be told what is wrong and not wait for it to heal.
        config.setInitializationFailTimeout(1);
        try {
            return new Pool(new HikariDataSource(config));
        } catch (PoolInitializationException e) {
            throw Failures.atOpening(settings, e);
        }
    }

    /**
     * Works with one connection in autocommit mode: every statement is its own transaction.
     *
     * @param what for the message when it fails: "read run 1"
     */
    <T> T with(String what, Work<T> work) {
        try {
            return jdbi.withHandle(work::run);
        } catch (JdbiException e) {
            throw Failures.at(what, e);
        } catch (SQLException e) {
            throw Failures.at(what, e);
        }
    }

    /** Works in one transaction. */
    <T> T inTransaction(String what, Work<T> work) {
        try {
            return jdbi.inTransaction(work::run);
        } catch (JdbiException e) {
            throw Failures.at(what, e);
        } catch (SQLException e) {
            throw Failures.at(what, e);
        }
    }

    /** Takes a connection whose state is unknown out of the pool. */
    void discard(Connection connection) {
        LOG.debug("discarding a connection whose transaction failed");
        source.evictConnection(connection);
    }

    @Override
    public void close() {
        source.close();
    }

    /** What is done with a connection. */
    interface Work<T> {
        T run(Handle handle) throws SQLException;
    }
}
