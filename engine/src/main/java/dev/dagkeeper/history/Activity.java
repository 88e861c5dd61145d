package dev.dagkeeper.history;

/**
 * What a Postgres server has done since it was set up, for everybody who uses it. Only differences mean something.
 *
 * @param writeTransactions transactions that wrote, or locked a row: those that were given a number
 * @param flushes how often the log was brought to the disk: by the sessions themselves, for commits that wait for it,
 *     where the server tells them apart (from 18 on), otherwise by any of its processes. Sessions tell theirs within a second
 */
public record Activity(long writeTransactions, long flushes) {
    private static final int TELLS_SESSIONS_APART = 180_000;

    static Activity read(Pool pool) {
        return pool.with("read what the server has done", handle -> {
            var version = handle.createQuery("SELECT current_setting('server_version_num')::int")
                    .mapTo(Integer.class)
                    .one();
            var flushes = version >= TELLS_SESSIONS_APART ? """
                            SELECT coalesce(sum(fsyncs), 0)::bigint FROM pg_stat_io
                            WHERE object = 'wal' AND backend_type = 'client backend'
                            """ : "SELECT wal_sync FROM pg_stat_wal";
            return handle.createQuery("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS transactions, ("
                            + flushes + ") AS flushes")
                    .map((row, context) -> new Activity(row.getLong("transactions"), row.getLong("flushes")))
                    .one();
        });
    }
}
