package dev.dagkeeper.history;

import dev.dagkeeper.history.RunWrites.CommandOutcome;
import dev.dagkeeper.run.RunId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

final class PostgresCommandStore implements CommandStore {
    private final Pool pool;

    PostgresCommandStore(Pool pool) {
        this.pool = pool;
    }

    @Override
    public long add(RunId run, String kind, String by) {
        return pool.with(
                "store a command for run " + run,
                handle -> handle.createQuery("""
                        INSERT INTO command (run_id, kind, asked_by) VALUES (:run, :kind, :by) RETURNING id
                        """)
                        .bind("run", run.value())
                        .bind("kind", kind)
                        .bind("by", Text.storable(by))
                        .mapTo(Long.class)
                        .one());
    }

    @Override
    public Optional<StoredCommand> find(long id) {
        return pool.with(
                "read command " + id,
                handle -> handle.createQuery("""
                        SELECT id, run_id, kind, asked_by, created_at, applied, reason, decided_at
                        FROM command WHERE id = :id
                        """)
                        .bind("id", id)
                        .map((row, context) -> stored(row))
                        .findOne());
    }

    private static StoredCommand stored(ResultSet row) throws SQLException {
        var id = row.getLong("id");
        var reason = Columns.optionalText(row, "reason").orElse("");
        return new StoredCommand(
                id,
                Columns.runId(row, "run_id"),
                row.getString("kind"),
                row.getString("asked_by"),
                Columns.time(row, "created_at"),
                Columns.optionalBoolean(row, "applied").map(applied -> new CommandOutcome(id, applied, reason)),
                Columns.optionalTime(row, "decided_at"));
    }
}
