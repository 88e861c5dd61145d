package dev.dagkeeper.history;

import dev.dagkeeper.history.WorkerStore.LogChunk;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.statement.SqlStatement;

/** Rows of {@code log_chunk}, both ways. */
final class LogChunks {
    static final String COLUMNS = "run_id, step, index, claim, seq, attempt, at, bytes";

    /** {@link #COLUMNS} of the rows {@code l}. */
    static final String SELECTED = "l.run_id, l.step, l.index, l.claim, l.seq, l.attempt, l.at, l.bytes";

    static final String PARAMETERS =
            ":log_runs, :log_steps, :log_indexes, :log_claims, :log_seqs, :log_attempts, :log_ats, :log_bytes";

    private LogChunks() {}

    static <S extends SqlStatement<S>> S bind(S statement, List<LogChunk> chunks) {
        var key = SqlArray.keys(chunks, LogChunk::key);
        return statement
                .bind("log_runs", key.get(0))
                .bind("log_steps", key.get(1))
                .bind("log_indexes", key.get(2))
                .bind("log_claims", SqlArray.integers(chunks, LogChunk::claim))
                .bind("log_seqs", SqlArray.integers(chunks, LogChunk::seq))
                .bind("log_attempts", SqlArray.integers(chunks, LogChunk::attempt))
                .bind("log_ats", SqlArray.times(chunks, LogChunk::at))
                .bind("log_bytes", SqlArray.bytes(chunks, LogChunk::bytes));
    }

    static LogChunk read(ResultSet row) throws SQLException {
        return new LogChunk(
                Columns.stepKey(row),
                row.getInt("claim"),
                row.getInt("attempt"),
                row.getInt("seq"),
                Columns.time(row, "at"),
                row.getBytes("bytes"));
    }
}
