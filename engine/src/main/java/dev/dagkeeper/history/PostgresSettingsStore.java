package dev.dagkeeper.history;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.JsonNode;

final class PostgresSettingsStore implements SettingsStore {
    private final Pool pool;

    PostgresSettingsStore(Pool pool) {
        this.pool = pool;
    }

    @Override
    public SettingsVersion current() {
        return history(Optional.empty(), 1).getFirst();
    }

    @Override
    public Optional<SettingsVersion> find(long version) {
        return pool.with(
                "read version " + version + " of the settings",
                handle -> handle.createQuery("""
                        SELECT version, settings, changed_at, changed_by, note FROM config WHERE version = :version
                        """)
                        .bind("version", version)
                        .map((row, context) -> version(row))
                        .findOne());
    }

    @Override
    public List<SettingsVersion> history(Optional<Long> before, int most) {
        return pool.with("read the settings", handle -> history(handle, before, most));
    }

    static List<SettingsVersion> history(Handle handle, Optional<Long> before, int most) {
        return handle.createQuery("""
                        SELECT version, settings, changed_at, changed_by, note
                        FROM config WHERE version < :before ORDER BY version DESC LIMIT :most
                        """)
                .bind("before", before.orElse(Long.MAX_VALUE))
                .bind("most", most)
                .map((row, context) -> version(row))
                .list();
    }

    @Override
    public Optional<SettingsVersion> append(long replaced, Map<String, JsonNode> settings, String by, String note) {
        return pool.with(
                "store the settings",
                handle -> handle.createQuery("""
                        INSERT INTO config (version, settings, changed_by, note)
                        SELECT :replaced + 1, CAST(:settings AS json), :by, :note
                        WHERE (SELECT max(version) FROM config) = :replaced
                        ON CONFLICT (version) DO NOTHING
                        RETURNING version, settings, changed_at, changed_by, note
                        """)
                        .bind("replaced", replaced)
                        .bind("settings", Json.write(settings))
                        .bind("by", Text.storable(by))
                        .bind("note", Text.storable(note))
                        .map((row, context) -> version(row))
                        .findOne());
    }

    private static SettingsVersion version(ResultSet row) throws SQLException {
        return new SettingsVersion(
                row.getLong("version"),
                Json.readObject(row.getString("settings")),
                Columns.time(row, "changed_at"),
                row.getString("changed_by"),
                row.getString("note"));
    }
}
