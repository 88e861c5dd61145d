package dev.dagkeeper.history;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** The end of old history. */
public final class Retention {
    /** Whoever wants a row meanwhile waits as long at most. */
    private static final String LOCK_TIMEOUT = "100ms";

    /** SQLSTATE of a lock that was not to be had in time. */
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private static final int ROWS = 5_000;

    /**
     * Those whose run is gone. What is above a trigger's cursor, or a backfill has not done with, stays: there the row is all that
     * says that it has fired.
     */
    private static final String OLD_FIRES = """
            decided_at < :before AND fire < :before AND outcome <> 'queued'
            AND NOT EXISTS (SELECT FROM run WHERE run.id = fire.run_id)
            AND NOT EXISTS (
                SELECT FROM trigger t LEFT JOIN trigger_cursor c ON c.trigger_id = t.id
                WHERE t.workflow_id = fire.workflow_id AND t.name = fire.trigger AND coalesce(c.cursor < fire.fire, true))
            AND NOT EXISTS (
                SELECT FROM backfill b WHERE b.state = 'running' AND 'backfill:' || b.id = fire.trigger)
            """;

    private final Pool pool;

    Retention(Pool pool) {
        this.pool = pool;
    }

    /**
     * What came of it, by months.
     *
     * @param dropped are gone
     * @param unfinished have a run that has not ended, and stay until it has
     * @param busy were in use; to be tried again soon
     */
    public record Outcome(List<YearMonth> dropped, List<YearMonth> unfinished, List<YearMonth> busy) {
        public Outcome {
            dropped = List.copyOf(dropped);
            unfinished = List.copyOf(unfinished);
            busy = List.copyOf(busy);
        }
    }

    Outcome drop(Instant before) {
        var dropped = new ArrayList<YearMonth>();
        var unfinished = new ArrayList<YearMonth>();
        var busy = new ArrayList<YearMonth>();
        for (var month : monthsBefore(before)) {
            switch (drop(month)) {
                case "dropped" -> dropped.add(month);
                case "unfinished" -> unfinished.add(month);
                case "busy" -> busy.add(month);
                default -> {
                    // Another process was faster.
                }
            }
        }
        forget("idempotency_key", "created_at < :before", before);
        forget("command", "created_at < :before AND applied IS NOT NULL", before);
        forget(
                "run_deadline",
                "struck_at < :before AND NOT EXISTS (SELECT FROM run WHERE run.id = run_deadline.run_id)",
                before);
        forget("dataset_event", """
                recorded_at < :before
                    AND NOT EXISTS (SELECT FROM dataset_use u JOIN run ON run.id = u.run_id WHERE u.event_id = dataset_event.id)
                    AND NOT EXISTS (
                        SELECT FROM dataset_link l
                        JOIN trigger t ON t.workflow_id = l.workflow_id AND t.name = l.name AND t.removed_at IS NULL
                        LEFT JOIN trigger_cursor c ON c.trigger_id = t.id
                        WHERE l.uri = dataset_event.uri AND l.role = 'consumer'
                            AND dataset_event.id > coalesce(c.event_id, 0) AND dataset_event.recorded_at >= t.since)
                """, before);
        forget("alert", "created_at < :before", before);
        forget("fire", OLD_FIRES, before);
        forget(
                "backfill",
                "ended_at < :before AND NOT EXISTS (SELECT FROM fire f WHERE f.workflow_id = backfill.workflow_id"
                        + " AND f.trigger = 'backfill:' || backfill.id)",
                before);
        return new Outcome(dropped, unfinished, busy);
    }

    /** The months that have partitions and were over at the moment, oldest first. */
    private List<YearMonth> monthsBefore(Instant before) {
        return pool
                .with(
                        "list the months",
                        handle -> handle.createQuery("""
                                SELECT substr(c.relname, 5) AS month
                                FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
                                WHERE inhparent = 'run'::regclass AND c.relname ~ '^run_[0-9]{4}_[0-9]{2}$'
                                ORDER BY 1
                                """).mapTo(String.class).list())
                .stream()
                .map(month -> YearMonth.parse(month.replace('_', '-')))
                .filter(month -> !month.plusMonths(1)
                        .atDay(1)
                        .atStartOfDay()
                        .toInstant(ZoneOffset.UTC)
                        .isAfter(before))
                .toList();
    }

    private String drop(YearMonth month) {
        try {
            return pool.inTransaction("drop the history of " + month, handle -> {
                handle.execute("SET LOCAL lock_timeout = '" + LOCK_TIMEOUT + "'");
                return handle.createQuery("SELECT drop_month_partitions(:month)")
                        .bind("month", month.atDay(1))
                        .mapTo(String.class)
                        .one();
            });
        } catch (StoreException e) {
            if (Failures.state(e).filter(LOCK_NOT_AVAILABLE::equals).isPresent()) {
                return "busy";
            }
            throw e;
        }
    }

    /** Rows that are about runs of that time, a few at a time. */
    private void forget(String table, String condition, Instant before) {
        int gone;
        do {
            gone = pool.with(
                    "forget old rows of " + table,
                    handle -> handle.createUpdate("""
                            DELETE FROM <table> WHERE ctid = ANY (ARRAY(
                                SELECT ctid FROM <table> WHERE <condition> LIMIT :rows))
                            """.replace("<table>", table).replace("<condition>", condition))
                            .bind("before", before.atOffset(ZoneOffset.UTC))
                            .bind("rows", ROWS)
                            .execute());
        } while (gone == ROWS);
    }
}
