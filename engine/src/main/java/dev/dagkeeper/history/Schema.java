package dev.dagkeeper.history;

import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tables: whether they are there, and how they come to be. */
final class Schema {
    /** The newest migration in {@code db/migration}; a test compares. */
    static final int VERSION = 15;

    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);

    /** Months whose partitions are made ahead, the current one included. */
    private static final int MONTHS = 3;

    private final DatabaseSettings settings;
    private final Pool pool;

    Schema(DatabaseSettings settings, Pool pool) {
        this.settings = settings;
        this.pool = pool;
    }

    void requireCurrent() {
        var found = version();
        if (found.isEmpty() || found.get() < VERSION) {
            throw new StoreException("the schema of " + settings.place() + " is "
                    + found.map(version -> "version " + version).orElse("not there yet")
                    + ", this program needs version " + VERSION
                    + "; start a server with the master role on it once, which creates and upgrades it");
        }
        refuseNewer(found.get());
    }

    /** Loading Flyway takes longer than all the rest of a start, so it is asked only when there is something to do. */
    void migrate() {
        var found = version();
        found.ifPresent(this::refuseNewer);
        if (found.isEmpty() || found.get() < VERSION) {
            runMigrations();
        }
        createPartitions();
    }

    void createPartitions() {
        pool.with("create partitions", handle -> {
            try (var query = handle.createQuery("""
                    SELECT create_month_partitions((date_trunc('month', now() AT TIME ZONE 'UTC')
                        + n * interval '1 month')::date) AS created
                    FROM generate_series(0, :months - 1) AS n
                    """)) {
                return query.bind("months", MONTHS).mapTo(Boolean.class).list();
            }
        });
    }

    private Optional<Integer> version() {
        return pool.with("read the schema's version", handle -> {
            var exists = handle.createQuery("SELECT to_regclass('flyway_schema_history') IS NOT NULL")
                    .mapTo(Boolean.class)
                    .one();
            if (!exists) {
                return Optional.empty();
            }
            return handle.createQuery("SELECT max(version::int) FROM flyway_schema_history WHERE success")
                    .mapTo(Integer.class)
                    .findOne();
        });
    }

    private void refuseNewer(int found) {
        if (found > VERSION) {
            throw new StoreException("the schema of " + settings.place() + " is version " + found
                    + " and was made by a newer dagkeeper; this one knows version " + VERSION
                    + "; use the newer program, or another database");
        }
    }

    private void runMigrations() {
        LOG.info("creating or upgrading the schema to version {} in {}", VERSION, settings.place());
        try {
            Flyway.configure(Schema.class.getClassLoader())
                    // Its own connections: a migration may take longer than a session of the pool allows.
                    .dataSource(settings.url(), settings.user(), settings.password())
                    .locations("classpath:db/migration")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw Failures.at("create or upgrade the schema in " + settings.place(), e);
        }
    }
}
