package dev.dagkeeper.executors.sql;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The statements of one attempt on a connection of its own. {@link #call} runs them on one thread; {@link #cancel} and
 * {@link #abort} may come from another.
 */
final class SqlSession implements Callable<SqlSession.Outcome> {
    private static final Logger LOG = LoggerFactory.getLogger(SqlSession.class);
    private static final Set<String> NOT_PROPERTIES = Set.of("url");
    private static final long MOST_BYTES = 16L * 1024 * 1024;

    private final SqlSettings settings;
    private final OutputStream log;
    private volatile @Nullable Connection connection;
    private volatile @Nullable PreparedStatement current;
    private volatile boolean cancelled;

    SqlSession(SqlSettings settings, OutputStream log) {
        this.settings = settings;
        this.log = log;
    }

    /** What the statements gave: the rows of the last that gives rows, else the count of the last. */
    record Outcome(ArrayNode rows, long count) {}

    @Override
    public Outcome call() throws SQLException, IOException {
        try (var opened = DriverManager.getConnection(url(), properties())) {
            connection = opened;
            opened.setAutoCommit(!settings.transaction());
            var outcome = new Outcome(JsonNodeFactory.instance.arrayNode(), 0);
            int number = 0;
            for (var statement : settings.statements()) {
                checkCancelled();
                number++;
                outcome = merge(outcome, execute(opened, statement, number));
            }
            checkCancelled();
            if (settings.transaction()) {
                opened.commit();
            }
            return outcome;
        }
    }

    /** Asks the database to end the statement that runs; {@link #call} then throws. Nothing is committed afterwards. */
    void cancel() {
        cancelled = true;
        var statement = current;
        if (statement != null) {
            try {
                statement.cancel();
            } catch (SQLException failed) {
                LOG.debug("cannot cancel a statement", failed);
            }
        }
    }

    /** Hangs up. */
    void abort() {
        var opened = connection;
        if (opened != null) {
            try {
                opened.abort(Runnable::run);
            } catch (SQLException failed) {
                LOG.debug("cannot abort a connection", failed);
            }
        }
    }

    private void checkCancelled() throws SQLException {
        if (cancelled) {
            throw new SQLException("told to end", "57014");
        }
    }

    private Outcome execute(Connection opened, SqlSettings.Bound bound, int number) throws SQLException, IOException {
        try (var statement = opened.prepareStatement(bound.text().jdbc())) {
            current = statement;
            for (int at = 0; at < bound.values().size(); at++) {
                JdbcValues.bind(statement, at + 1, bound.values().get(at));
            }
            if (settings.timeout().isPresent()) {
                statement.setQueryTimeout(wholeSeconds(settings.timeout().get()));
            }
            // One row more tells that there are more.
            statement.setMaxRows(settings.maxRows() + 1);
            checkCancelled();
            if (!statement.execute()) {
                long changed = Math.max(0, statement.getLargeUpdateCount());
                say("statement %d: %,d rows changed".formatted(number, changed));
                return new Outcome(JsonNodeFactory.instance.arrayNode(), changed);
            }
            try (var rows = statement.getResultSet()) {
                var kept = read(rows, number);
                return new Outcome(kept, kept.size());
            }
        } finally {
            current = null;
        }
    }

    private ArrayNode read(ResultSet rows, int number) throws SQLException, IOException {
        var kept = JsonNodeFactory.instance.arrayNode();
        long bytes = 0;
        while (rows.next()) {
            if (kept.size() == settings.maxRows()) {
                say("[dagkeeper] statement %d gives more than %,d rows; the rest is left out (with.max-rows)"
                        .formatted(number, settings.maxRows()));
                break;
            }
            var row = JdbcValues.row(rows);
            bytes += row.toString().length();
            if (bytes > MOST_BYTES) {
                throw new SQLException("the rows have more than %,d bytes; select less".formatted(MOST_BYTES), "54000");
            }
            kept.add(row);
        }
        say("statement %d: %,d rows".formatted(number, kept.size()));
        return kept;
    }

    private static Outcome merge(Outcome before, Outcome now) {
        return now.rows().isEmpty() && !before.rows().isEmpty() ? before : now;
    }

    private String url() throws SQLException {
        var url = settings.connection().get("url");
        if (url == null) {
            throw new SQLException("the connection has no url; add it in dagkeeper.yaml", "08001");
        }
        return url;
    }

    private Properties properties() {
        var properties = new Properties();
        // So a text can be bound to a column of any type, as a literal can.
        properties.setProperty("stringtype", "unspecified");
        properties.setProperty("ApplicationName", "dagkeeper sql step");
        settings.connection().forEach((key, value) -> {
            if (!NOT_PROPERTIES.contains(key)) {
                properties.setProperty(key, value);
            }
        });
        return properties;
    }

    private static int wholeSeconds(Duration timeout) {
        return (int) Math.min(Integer.MAX_VALUE, timeout.plusMillis(999).toSeconds());
    }

    private void say(String text) throws IOException {
        log.write((text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
