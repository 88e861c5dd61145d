package dev.dagkeeper.history;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All writes of one decision round as one request to Postgres: BEGIN, the fence, one statement a kind of write, COMMIT.
 * The driver sends statements that stand together in one text without waiting for each other's answers, so a round costs
 * one round trip, and a process that stops in the middle leaves no open transaction behind.
 *
 * <p>When a statement fails, Postgres skips those behind it in the same request, the COMMIT too.
 */
final class LeaderTransaction {
    /** SQLSTATE of {@code fence()} for an epoch that is not current. */
    static final String EPOCH_IS_OVER = "DK001";

    private static final Logger LOG = LoggerFactory.getLogger(LeaderTransaction.class);

    private final long epoch;
    private final boolean durable;
    private final List<Part> parts;

    LeaderTransaction(long epoch, RunWrites writes) {
        this.epoch = epoch;
        this.durable = writes.durable();
        this.parts = LeaderStatements.of(writes);
    }

    void run(Connection connection) throws SQLException {
        var sql = parts.stream()
                .map(Part::sql)
                .collect(Collectors.joining(";\n", "BEGIN;\nSELECT fence(?, ?);\n", ";\nCOMMIT"));
        try (var statement = connection.prepareStatement(sql)) {
            statement.setLong(1, epoch);
            statement.setBoolean(2, durable);
            var position = 3;
            for (var part : parts) {
                for (var array : part.parameters()) {
                    array.bind(position++, statement, connection);
                }
            }
            statement.execute();
            checkCounts(statement);
        }
    }

    /**
     * Fewer rows than expected means that the leader took something for unfinished that is final in the database. The rows
     * are right as they are; that the leader was wrong is worth a warning.
     */
    private void checkCounts(java.sql.PreparedStatement statement) throws SQLException {
        statement.getMoreResults(); // from BEGIN to the fence
        for (var part : parts) {
            statement.getMoreResults();
            var count = statement.getUpdateCount();
            if (count != -1 && part.rows() != -1 && count != part.rows()) {
                LOG.warn(
                        "epoch {}: {} {} were to change, {} did: the others were final already",
                        epoch,
                        part.rows(),
                        part.what(),
                        count);
            }
        }
    }

    /** Ends what a failed round left open, so that the connection can be used again. */
    static void rollBack(Connection connection, Pool pool) {
        try (var statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            LOG.debug("cannot roll back, giving the connection up", e);
            pool.discard(connection);
        }
    }

    /**
     * One statement of the round.
     *
     * @param what kind of rows, for messages
     * @param rows how many it is to change; -1 when that is not known
     */
    record Part(String what, String sql, List<SqlArray> parameters, int rows) {
        static Part of(String what, int rows, String sql, List<SqlArray> key, SqlArray... others) {
            var parameters = new ArrayList<>(key);
            parameters.addAll(List.of(others));
            return new Part(what, sql.strip(), List.copyOf(parameters), rows);
        }
    }
}
