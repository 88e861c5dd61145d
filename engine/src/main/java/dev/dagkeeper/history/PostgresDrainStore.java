package dev.dagkeeper.history;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;

final class PostgresDrainStore implements DrainStore {
    private final Pool pool;

    PostgresDrainStore(Pool pool) {
        this.pool = pool;
    }

    @Override
    public Drain drain(String worker, String by) {
        return pool.with(
                "drain worker " + worker,
                // The update changes nothing; it is there to return the row.
                handle -> handle.createQuery("""
                        INSERT INTO worker_drain AS d (worker, asked_by) VALUES (:worker, :by)
                        ON CONFLICT (worker) DO UPDATE SET asked_by = d.asked_by
                        RETURNING worker, asked_by, since
                        """)
                        .bind("worker", worker)
                        .bind("by", Text.storable(by))
                        .map((row, context) -> stored(row))
                        .one());
    }

    @Override
    public List<Drain> resume(String worker) {
        return pool.with(
                "resume worker " + worker,
                handle -> handle.createQuery("""
                        DELETE FROM worker_drain WHERE worker = :worker OR starts_with(worker, :worker || '~')
                        RETURNING worker, asked_by, since
                        """)
                        .bind("worker", worker)
                        .map((row, context) -> stored(row))
                        .list());
    }

    @Override
    public List<Drain> forgetGone(Collection<String> living, Instant before) {
        return pool.with(
                "forget drains of workers that are gone",
                handle -> handle.createQuery("""
                        DELETE FROM worker_drain
                        WHERE worker ~ '~[0-9a-f]{12}$' AND since < :before AND worker <> ALL (:living)
                        RETURNING worker, asked_by, since
                        """)
                        .bind("before", before.atOffset(ZoneOffset.UTC))
                        .bind("living", SqlArray.texts(living, name -> name))
                        .map((row, context) -> stored(row))
                        .list());
    }

    @Override
    public List<Drain> list() {
        return pool.with(
                "list drained workers",
                handle -> handle.createQuery("SELECT worker, asked_by, since FROM worker_drain ORDER BY worker")
                        .map((row, context) -> stored(row))
                        .list());
    }

    private static Drain stored(ResultSet row) throws SQLException {
        return new Drain(row.getString("worker"), row.getString("asked_by"), Columns.time(row, "since"));
    }
}
