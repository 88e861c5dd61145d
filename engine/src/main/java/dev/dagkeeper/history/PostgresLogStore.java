package dev.dagkeeper.history;

import dev.dagkeeper.history.WorkerStore.LogChunk;
import java.util.HashMap;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** In each query the keys are chosen first; bytes are read only of the chunks that are shown. */
final class PostgresLogStore implements LogStore {
    private static final int MAX_CHUNKS = 1000;
    private static final int MAX_LINES = 10_000;

    /** Enough for most tails; only when it is not the larger budget is read. */
    private static final int SMALL_TAIL_BYTES = 64 << 10;

    private static final int MAX_TAIL_BYTES = 4 << 20;

    private final Pool pool;

    PostgresLogStore(Pool pool) {
        this.pool = pool;
    }

    @Override
    public List<LogChunk> read(LogSelection selection, LogPosition position, int limit) {
        if (limit < 1 || limit > MAX_CHUNKS) {
            throw new IllegalArgumentException("expected a limit of 1 to " + MAX_CHUNKS + ", found " + limit);
        }
        var seen = List.copyOf(position.seen().entrySet());
        // Within a claim the numbers rule, even where a worker's clock was put back.
        return pool.with(
                "read logs of run " + selection.run(),
                handle -> query(handle, """
                        SELECT %s
                        FROM (
                            SELECT * FROM (
                                SELECT l.run_id, l.step, l.index, l.claim, l.seq,
                                    max(l.at) OVER (PARTITION BY l.step, l.index, l.claim ORDER BY l.seq) AS logged_at
                                FROM log_chunk l
                                LEFT JOIN unnest(:seen_steps, :seen_indexes, :seen_claims, :seen_seqs)
                                    AS seen (step, index, claim, seq)
                                    ON seen.step = l.step AND seen.index = l.index AND seen.claim = l.claim
                                WHERE %s AND l.seq > coalesce(seen.seq, -1)
                            ) AS unseen
                            ORDER BY logged_at, step, index, claim, seq
                            LIMIT :limit
                        ) AS page
                        JOIN log_chunk l USING (run_id, step, index, claim, seq)
                        ORDER BY page.logged_at, l.step, l.index, l.claim, l.seq
                        """, selection)
                        .bind(
                                "seen_steps",
                                SqlArray.integers(seen, entry -> entry.getKey().step()))
                        .bind(
                                "seen_indexes",
                                SqlArray.integers(seen, entry -> entry.getKey().index()))
                        .bind(
                                "seen_claims",
                                SqlArray.integers(seen, entry -> entry.getKey().claim()))
                        .bind("seen_seqs", SqlArray.integers(seen, entry -> entry.getValue()))
                        .bind("limit", limit)
                        .map((row, context) -> LogChunks.read(row))
                        .list());
    }

    @Override
    public List<LogChunk> tail(LogSelection selection, int lines) {
        if (lines < 1 || lines > MAX_LINES) {
            throw new IllegalArgumentException("expected 1 to " + MAX_LINES + " lines, found " + lines);
        }
        return pool.with("read the end of the logs of run " + selection.run(), handle -> {
            var chunks = newestFirst(handle, selection, SMALL_TAIL_BYTES);
            var tail = LogTail.of(chunks, lines);
            if (tail.isPresent() || size(chunks) < SMALL_TAIL_BYTES) {
                return tail.orElse(chunks.reversed());
            }
            var more = newestFirst(handle, selection, MAX_TAIL_BYTES);
            return LogTail.of(more, lines).orElse(more.reversed());
        });
    }

    @Override
    public LogPosition end(LogSelection selection) {
        return pool.with(
                "read the size of the logs of run " + selection.run(),
                handle -> new LogPosition(query(handle, """
                        SELECT l.step, l.index, l.claim, max(l.seq) AS seq
                        FROM log_chunk l
                        WHERE %2$s
                        GROUP BY l.step, l.index, l.claim
                        """, selection)
                        .reduceRows(new HashMap<LogStream, Integer>(), (seen, row) -> {
                            seen.put(
                                    new LogStream(
                                            row.getColumn("step", Integer.class),
                                            row.getColumn("index", Integer.class),
                                            row.getColumn("claim", Integer.class)),
                                    row.getColumn("seq", Integer.class));
                            return seen;
                        })));
    }

    private static List<LogChunk> newestFirst(Handle handle, LogSelection selection, int bytes) {
        return query(handle, """
                        SELECT %s
                        FROM (
                            SELECT l.run_id, l.step, l.index, l.claim, l.seq,
                                sum(octet_length(l.bytes)) OVER (
                                    ORDER BY l.at DESC, l.step DESC, l.index DESC, l.claim DESC, l.seq DESC
                                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_behind
                            FROM log_chunk l
                            WHERE %s
                        ) AS page
                        JOIN log_chunk l USING (run_id, step, index, claim, seq)
                        WHERE coalesce(page.bytes_behind, 0) < :bytes
                        ORDER BY l.at DESC, l.step DESC, l.index DESC, l.claim DESC, l.seq DESC
                        """, selection)
                .bind("bytes", bytes)
                .map((row, context) -> LogChunks.read(row))
                .list();
    }

    private static int size(List<LogChunk> chunks) {
        return chunks.stream().mapToInt(chunk -> chunk.bytes().length).sum();
    }

    /** A query over the chunks {@code l} of a selection; its first hole takes the columns, its second the condition. */
    private static Query query(Handle handle, String sql, LogSelection selection) {
        var condition = new StringBuilder("l.run_id = :run");
        selection
                .step()
                .ifPresent(step -> condition.append(
                        " AND l.step = (SELECT step FROM step WHERE run_id = :run AND step_id = :step LIMIT 1)"));
        selection.index().ifPresent(index -> condition.append(" AND l.index = :index"));
        selection.attempt().ifPresent(attempt -> condition.append(" AND l.attempt = :attempt"));
        var query = handle.createQuery(sql.formatted(LogChunks.SELECTED, condition))
                .bind("run", selection.run().value());
        selection.step().ifPresent(step -> query.bind("step", step));
        selection.index().ifPresent(index -> query.bind("index", index));
        selection.attempt().ifPresent(attempt -> query.bind("attempt", attempt));
        return query;
    }
}
