package dev.dagkeeper.history;

import java.time.Instant;

/**
 * One role's way to Postgres: a pool of connections and the stores that use it. Thread-safe. Close it last: its stores do
 * not work without it.
 */
public final class Database implements AutoCloseable {
    private final DatabaseSettings settings;
    private final Pool pool;
    private final EventFeed feed;

    private Database(DatabaseSettings settings, Pool pool) {
        this.settings = settings;
        this.pool = pool;
        this.feed = new EventFeed(settings);
    }

    /**
     * Opens a database whose schema is the one of this program.
     *
     * @throws StoreException within about 5 s when it cannot be reached, refuses the user, or has another schema; the
     *     message says what to do
     */
    public static Database open(DatabaseSettings settings) {
        return opened(settings, Schema::requireCurrent);
    }

    /**
     * Opens a database and creates or upgrades its schema where that is needed; several processes may do so at once.
     *
     * @throws StoreException as {@link #open}, and when the schema is of a newer program
     */
    public static Database openAndMigrate(DatabaseSettings settings) {
        return opened(settings, Schema::migrate);
    }

    private static Database opened(DatabaseSettings settings, java.util.function.Consumer<Schema> prepare) {
        var pool = Pool.open(settings);
        try {
            prepare.accept(new Schema(settings, pool));
            return new Database(settings, pool);
        } catch (StoreException e) {
            pool.close();
            throw e;
        }
    }

    /** Creates the partitions for the runs of this month and the two after it. To be called at least once a month. */
    public void createPartitions() {
        new Schema(settings, pool).createPartitions();
    }

    /**
     * Drops the partitions with the runs of whole months that ended before a moment and have no unfinished run, and
     * forgets what else is kept only for them. Each month is a short transaction that gives up rather than make others wait.
     */
    public Retention.Outcome dropHistory(Instant before) {
        return new Retention(pool).drop(before);
    }

    /** The database's clock, read now. */
    public Instant now() {
        return pool.with(
                "read the clock",
                handle -> handle.createQuery("SELECT clock_timestamp()")
                        .map((row, context) -> Columns.time(row, "clock_timestamp"))
                        .one());
    }

    /** What the whole server has done so far. */
    public Activity activity() {
        return Activity.read(pool);
    }

    /** For the leader. */
    public LeaderStore leader() {
        return new PostgresLeaderStore(pool, this::now);
    }

    /** For workers. */
    public WorkerStore worker() {
        return new PostgresWorkerStore(pool, this::now);
    }

    /** Alerts, for who sends them and for the api. */
    public AlertStore alerts() {
        return new PostgresAlertStore(pool);
    }

    /** Runs, for the api. */
    public RunStore runs() {
        return new PostgresRunStore(pool);
    }

    /** Workflows and their revisions. */
    public WorkflowStore workflows() {
        return new PostgresWorkflowStore(pool);
    }

    /** Triggers and what came of their fires. */
    public ScheduleStore schedules() {
        return new PostgresScheduleStore(pool);
    }

    /** Fires that are gone through once more. */
    public BackfillStore backfills() {
        return new PostgresBackfillStore(pool);
    }

    /** Datasets and their updates. */
    public DatasetStore datasets() {
        return new PostgresDatasetStore(pool);
    }

    /** Contents of files. */
    public FileStore files() {
        return new PostgresFileStore(pool);
    }

    /** The history of runs. */
    public EventStore events() {
        return new PostgresEventStore(pool, feed);
    }

    /** Logs of attempts. */
    public LogStore logs() {
        return new PostgresLogStore(pool);
    }

    /** Everything that is stored, for whoever checks that it fits together. */
    public InspectionStore inspection() {
        return new PostgresInspectionStore(pool, this::now);
    }

    /** What operators ask for. */
    public CommandStore commands() {
        return new PostgresCommandStore(pool);
    }

    /** Versions of the live settings. */
    public SettingsStore settings() {
        return new PostgresSettingsStore(pool);
    }

    /** Which workers are drained. */
    public DrainStore drains() {
        return new PostgresDrainStore(pool);
    }

    /** Closes all connections; work that is under way fails. */
    @Override
    public void close() {
        feed.close();
        pool.close();
    }

    @Override
    public String toString() {
        return "Database[" + settings + "]";
    }
}
