package dev.dagkeeper.history;

import dev.dagkeeper.history.RunWrites.EventWrite;
import dev.dagkeeper.run.RunId;
import java.util.List;

final class PostgresEventStore implements EventStore {
    private static final int MAX_LIMIT = 10_000;

    private final Pool pool;
    private final EventFeed feed;

    PostgresEventStore(Pool pool, EventFeed feed) {
        this.pool = pool;
        this.feed = feed;
    }

    @Override
    public List<EventWrite> read(RunId run, long after, int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("expected a limit of 1 to " + MAX_LIMIT + ", found " + limit);
        }
        return pool.with(
                "read events of run " + run,
                handle -> handle.createQuery("""
                        SELECT run_id, seq, at, step_id, index, attempt, type, from_state, to_state, reason, data
                        FROM event
                        WHERE run_id = :run AND seq > :after
                        ORDER BY seq
                        LIMIT :limit
                        """)
                        .bind("run", run.value())
                        .bind("after", after)
                        .bind("limit", limit)
                        .map((row, context) -> new EventWrite(
                                Columns.runId(row, "run_id"),
                                row.getLong("seq"),
                                Columns.time(row, "at"),
                                Columns.optionalText(row, "step_id"),
                                Columns.optionalInteger(row, "index"),
                                Columns.optionalInteger(row, "attempt"),
                                row.getString("type"),
                                row.getString("from_state"),
                                row.getString("to_state"),
                                row.getString("reason"),
                                Columns.optionalJson(row, "data")))
                        .list());
    }

    @Override
    public Subscription subscribe(Listener listener) {
        return feed.subscribe(listener);
    }
}
