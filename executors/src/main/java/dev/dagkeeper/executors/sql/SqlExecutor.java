package dev.dagkeeper.executors.sql;

import dev.dagkeeper.executor.Executor;
import dev.dagkeeper.executor.Result;
import dev.dagkeeper.executor.SchemaResource;
import dev.dagkeeper.executor.StepContext;
import dev.dagkeeper.executor.StepRequest;
import dev.dagkeeper.executor.StepType;
import dev.dagkeeper.executors.sql.SqlSession.Outcome;
import dev.dagkeeper.workflow.ValueType;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;

/** Runs statements on a named connection, values bound. Thread-safe; a connection of its own for every attempt. */
public final class SqlExecutor implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(SqlExecutor.class);
    /** SQLSTATE classes where the same statement may well succeed later: connection, rollback, resources, operator. */
    private static final Set<String> PASSING = Set.of("08", "40", "53", "57", "58");

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String CANCELED = "57014";
    /** For the answer to a cancel when the grace is shorter than a round trip. */
    private static final long LEAST_GRACE_MILLIS = 1_000;

    private final StepType type = new StepType(
            "sql",
            Optional.empty(),
            SchemaResource.read(SqlExecutor.class, "with.json"),
            false,
            Map.of("rows", new ValueType.ListOf(ValueType.Simple.JSON), "row_count", ValueType.Simple.INT));

    @Override
    public StepType type() {
        return type;
    }

    @Override
    public Result run(StepRequest step, StepContext context) throws InterruptedException {
        SqlSession session;
        try {
            session = new SqlSession(SqlSettings.read(step.with(), context.connections()), context.log());
        } catch (SettingsException wrong) {
            return failed("settings", String.valueOf(wrong.getMessage()), false);
        }
        // On a thread of its own: an interrupt of a virtual thread would close the socket under the statement, which
        // then goes on in the database.
        var task = new FutureTask<>(session);
        Thread.ofVirtual().name("sql " + step.key()).start(task);
        try {
            return succeeded(task.get());
        } catch (InterruptedException told) {
            end(session, task, context);
            throw told;
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof SQLException cause) {
                return failed(cause);
            }
            throw new IllegalStateException("running the statements broke", failure.getCause());
        }
    }

    private static void end(SqlSession session, FutureTask<Outcome> task, StepContext context) {
        session.cancel();
        try {
            task.get(Math.max(LEAST_GRACE_MILLIS, context.grace().toMillis()), TimeUnit.MILLISECONDS);
        } catch (ExecutionException ended) {
            LOG.debug("the statement ended", ended);
        } catch (TimeoutException | InterruptedException hasty) {
            LOG.debug("the statement does not end; hanging up", hasty);
        }
        session.abort();
    }

    private static Result succeeded(Outcome outcome) {
        return new Result.Succeeded(
                Map.of("rows", outcome.rows(), "row_count", JsonNodeFactory.instance.numberNode(outcome.count())));
    }

    private static Result failed(SQLException failure) {
        var state = Optional.ofNullable(failure.getSQLState()).orElse("");
        boolean retryable =
                state.equals(LOCK_NOT_AVAILABLE) || (state.length() == 5 && PASSING.contains(state.substring(0, 2)));
        var kind = state.equals(CANCELED) ? "timeout" : state.startsWith("08") ? "connect" : "sql";
        var code = state.isEmpty() ? "" : " (SQLSTATE " + state + ")";
        return failed(kind, String.valueOf(failure.getMessage()) + code, retryable);
    }

    private static Result failed(String kind, String message, boolean retryable) {
        return new Result.Failed(kind, message, Optional.empty(), retryable);
    }
}
