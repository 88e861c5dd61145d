package dev.dagkeeper.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.history.FireWrites.FireChange;
import dev.dagkeeper.history.FireWrites.NewFire;
import dev.dagkeeper.history.FireWrites.TriggerProgress;
import dev.dagkeeper.history.RunWrites.CommandOutcome;
import dev.dagkeeper.history.RunWrites.LostAttempt;
import dev.dagkeeper.history.StoredTrigger.Progress;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.schedule.FireOutcome;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The master's and the workers' plans are made while tables are young, and stay in use while they grow: a plan that reads a
 * small table as a whole for each batch would make every run dearer than the one before. Postgres' own counters tell how many
 * rows and pages a batch touches with 1,000 active runs and with 10,000.
 */
class YoungTablesIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    /** More than the times after which the driver prepares a statement. */
    private static final int REPEATS = 4;

    /** When the first run was created, in milliseconds. */
    private static final long START = 1_794_000_000_000L;

    private static final int FIRST = 20;
    private static final int FEW = 1_000;
    private static final int MANY = 10_000;
    private static final int BATCH = 50;

    /** For pages that had no room left. */
    private static final double TOLERANCE = 1.2;

    /** What Postgres knew of the tables when the plans were made. */
    enum Youth {
        NOTHING_KNOWN(false, false),
        KNOWN_EMPTY(true, false),
        KNOWN_SMALL(false, true);

        private final boolean lookedAtEmpty;
        private final boolean lookedAtSmall;

        Youth(boolean lookedAtEmpty, boolean lookedAtSmall) {
            this.lookedAtEmpty = lookedAtEmpty;
            this.lookedAtSmall = lookedAtSmall;
        }
    }

    /** Rows read and pages touched. */
    private record Cost(long rows, long pages) {}

    @ParameterizedTest
    @EnumSource
    void a_batch_costs_the_same_with_ten_times_as_many_active_runs(Youth youth) throws SQLException {
        var url = POSTGRES.newDatabase("TEMPLATE dagkeeper_template");
        var api = POSTGRES.settings(url, Role.API);
        try (var tables = new Tables(DriverManager.getConnection(api.url(), api.user(), api.password()));
                var master = open(url, Role.MASTER);
                var worker = open(url, Role.WORKER)) {
            tables.prepare();
            if (youth.lookedAtEmpty) {
                tables.execute("VACUUM ANALYZE");
            }
            tables.growTo(FIRST);
            if (youth.lookedAtSmall) {
                tables.execute("VACUUM ANALYZE");
            }
            var work = work(
                    new PostgresLeaderStore(master, () -> Samples.NOW),
                    new PostgresWorkerStore(worker, () -> Samples.NOW));
            var first = new Batches(0);
            for (var i = 0; i < REPEATS; i++) {
                var batch = first.next(2);
                work.values().forEach(part -> part.accept(batch));
            }
            tables.growTo(FEW);
            var few = tables.costs(work, new Batches(FEW - BATCH).next(BATCH), List.of(master, worker));
            tables.growTo(MANY);
            var many = tables.costs(work, new Batches(MANY - BATCH).next(BATCH), List.of(master, worker));
            assertThat(dearer(few, many)).isEmpty();
        }
    }

    private static List<String> dearer(Map<String, Cost> few, Map<String, Cost> many) {
        var dearer = new ArrayList<String>();
        many.forEach((what, cost) -> {
            var before = few.get(what);
            if (before == null
                    || cost.rows() > before.rows() * TOLERANCE
                    || cost.pages() > before.pages() * TOLERANCE) {
                dearer.add("%s: %s with %,d active runs, %s with %,d".formatted(what, before, FEW, cost, MANY));
            }
        });
        return dearer;
    }

    /** One connection, so that its counters can be told to flush. */
    private static Pool open(String url, Role role) {
        var settings = POSTGRES.settings(url, role);
        return Pool.open(new DatabaseSettings(
                settings.url(), settings.user(), settings.password(), role, 1, settings.connectTimeout()));
    }

    /** The runs of {@link Tables}, by number. */
    private static final class Batches {
        private int next;

        Batches(int first) {
            next = first;
        }

        List<Integer> next(int size) {
            next += size;
            return IntStream.range(next - size, next).boxed().toList();
        }
    }

    private static RunId run(int number) {
        return new RunId(UUID.fromString(
                "%08x-%04x-7000-8000-%012x".formatted((START + number) >> 16, (START + number) & 0xffff, number)));
    }

    private static StepKey key(int run, int step) {
        return new StepKey(run(run), step, StepKey.WHOLE);
    }

    /** What a run goes through, from the fire that creates one to the last write about another, for the runs of a batch. */
    private static Map<String, Consumer<List<Integer>>> work(LeaderStore leader, WorkerStore worker) {
        var epoch = leader.raiseEpoch();
        var work = new LinkedHashMap<String, Consumer<List<Integer>>>();
        work.put("fires", runs -> write(leader, epoch, RunWrites.of(fires(runs))));
        work.put(
                "load",
                runs -> assertThat(leader.load(each(runs, YoungTablesIT::run))).hasSameSizeAs(runs));
        work.put(
                "begin runs",
                runs -> write(
                        leader,
                        epoch,
                        Samples.runs(each(runs, run -> Samples.run(run(run), RunState.RUNNING))
                                .toArray(RunWrites.RunWrite[]::new))));
        work.put("place steps", runs -> write(leader, epoch, steps(runs, 0, StepState.QUEUED, 1)));
        work.put("outcomes of fires", runs -> write(leader, epoch, RunWrites.of(outcomes(runs))));
        work.put(
                "extras",
                runs -> assertThat(worker.extras(each(runs, run -> key(run, 0))))
                        .hasSameSizeAs(runs));
        work.put("standing", runs -> assertThat(worker.standing(claims(runs))).hasSameSizeAs(runs));
        work.put(
                "record",
                runs -> assertThat(worker.record(each(runs, run -> Samples.succeeded(key(run, 0), 1))))
                        .hasSameSizeAs(runs));
        work.put(
                "record again",
                runs -> assertThat(worker.record(each(runs, run -> Samples.succeeded(key(run, 0), 1))))
                        .hasSameSizeAs(runs));
        work.put(
                "reports",
                runs -> assertThat(leader.reports(claims(runs), each(runs, run -> key(run, 0))))
                        .hasSameSizeAs(runs));
        work.put("lost", runs -> write(leader, epoch, lost(runs)));
        work.put("commands", runs -> write(leader, epoch, commands(runs)));
        work.put(
                "past",
                runs -> assertThat(leader.past(each(runs, YoungTablesIT::question)))
                        .hasSameSizeAs(runs));
        work.put(
                "triggers",
                runs -> assertThat(leader.triggers(runs.getFirst(), runs.size()))
                        .hasSameSizeAs(runs));
        work.put("end steps", runs -> write(leader, epoch, steps(runs, 0, StepState.SUCCEEDED, 1)));
        return work;
    }

    private static <T> List<T> each(List<Integer> runs, Function<Integer, T> row) {
        return runs.stream().map(row).toList();
    }

    private static Map<StepKey, Integer> claims(List<Integer> runs) {
        return runs.stream().collect(Collectors.toMap(run -> key(run, 0), _ -> 1));
    }

    private static void write(LeaderStore leader, long epoch, RunWrites writes) {
        assertThat(leader.write(epoch, writes)).isTrue();
    }

    private static RunWrites steps(List<Integer> runs, int step, StepState state, int claim) {
        return Samples.steps(each(runs, run -> Samples.step(key(run, step), state, claim))
                .toArray(RunWrites.StepWrite[]::new));
    }

    private static RunWrites lost(List<Integer> runs) {
        return new RunWrites(
                each(runs, run -> Samples.step(key(run, 1), StepState.BLOCKED, 2)),
                List.of(),
                each(runs, run -> new LostAttempt(key(run, 1), 1, 1, Optional.empty(), Samples.NOW, "lost")),
                List.of(),
                List.of(),
                List.of(),
                true);
    }

    private static RunWrites commands(List<Integer> runs) {
        return new RunWrites(
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                each(runs, run -> new CommandOutcome(run + 1, true, "")),
                true);
    }

    private static LeaderStore.PastQuestion question(int run) {
        return new LeaderStore.PastQuestion("default", "w" + run, "t", Samples.NOW, "step_0");
    }

    private static FireWrites fires(List<Integer> runs) {
        return new FireWrites(
                each(
                        runs,
                        run -> new NewFire(
                                run + 1,
                                "u",
                                Samples.NOW,
                                FireOutcome.STARTED,
                                "",
                                Optional.of(Samples.run(2)),
                                Samples.NOW)),
                each(runs, run -> new TriggerProgress(run + 1, new Progress(Samples.NOW, 0, Optional.empty(), ""))),
                List.of());
    }

    private static FireWrites outcomes(List<Integer> runs) {
        return new FireWrites(
                List.of(),
                List.of(),
                each(
                        runs,
                        run -> new FireChange(
                                "default", "w" + run, "t", Samples.NOW, FireOutcome.STARTED, "", Samples.NOW)));
    }

    /** The tables of a database, through a connection of their own. */
    private record Tables(Connection connection) implements AutoCloseable {
        private static final String ID =
                "(lpad(to_hex(%d + n), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid".formatted(START);

        /** Leaves them as they are known at the beginning, however long the test takes. */
        void prepare() throws SQLException {
            // Checks of foreign keys have plans too, and this session's are of no interest.
            execute("SET session_replication_role = replica");
            execute("SELECT create_month_partitions('2026-11-01')");
            execute("""
                    DO $$
                    DECLARE name text;
                    BEGIN
                        FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                        LOOP
                            EXECUTE format('ALTER TABLE %I SET (autovacuum_enabled = off)', name);
                        END LOOP;
                    END $$
                    """);
        }

        /** Every run has two steps, a workflow with a trigger and its fire, and a command that nobody has carried out. */
        void growTo(int runs) throws SQLException {
            var first = count("SELECT count(*) FROM workflow");
            execute("""
                    INSERT INTO workflow (namespace, name, deployed_revision)
                    SELECT 'default', 'w' || n, 1 FROM generate_series(%d, %d) AS n ORDER BY n
                    """.formatted(first, runs - 1));
            execute("""
                    INSERT INTO workflow_revision (workflow_id, number, hash, source)
                    SELECT id, 1, repeat('0', 64), '' FROM workflow WHERE id > %d ORDER BY id
                    """.formatted(first));
            execute("""
                    INSERT INTO trigger (workflow_id, name, revision_id, schedule, since)
                    SELECT workflow_id, 't', id, '{}', now() FROM workflow_revision WHERE workflow_id > %d ORDER BY workflow_id
                    """.formatted(first));
            execute("INSERT INTO trigger_cursor SELECT id, now() FROM trigger WHERE id > " + first);
            execute("""
                    INSERT INTO run (id, revision_id, namespace, workflow, revision, trigger, nominal_time, interval_start,
                        interval_end, priority, inputs, labels, created_at, series)
                    SELECT %s, n + 1, 'default', 'w' || n, 1, 't', '2026-11-01', now(), now(), 0, '{}', '{}', now(), 't'
                    FROM generate_series(%d, %d) AS n
                    """.formatted(ID, first, runs - 1));
            execute("""
                    INSERT INTO step (run_id, step, step_id)
                    SELECT %s, step, 'step_' || step FROM generate_series(%d, %d) AS n, generate_series(0, 1) AS step
                    """.formatted(ID, first, runs - 1));
            execute("""
                    INSERT INTO fire (workflow_id, trigger, fire, outcome, decided_at)
                    SELECT id, 't', '%s', 'queued', now() FROM workflow WHERE id > %d
                    """.formatted(Samples.NOW, first));
            execute("""
                    INSERT INTO command (run_id, kind, asked_by)
                    SELECT gen_random_uuid(), 'cancel', 'x' FROM generate_series(%d, %d)
                    """.formatted(first, runs - 1));
        }

        Map<String, Cost> costs(Map<String, Consumer<List<Integer>>> work, List<Integer> batch, List<Pool> sessions)
                throws SQLException {
            var costs = new LinkedHashMap<String, Cost>();
            for (var part : work.entrySet()) {
                var before = cost(sessions);
                part.getValue().accept(batch);
                var after = cost(sessions);
                costs.put(part.getKey(), new Cost(after.rows() - before.rows(), after.pages() - before.pages()));
            }
            return costs;
        }

        private Cost cost(List<Pool> sessions) throws SQLException {
            execute("SELECT pg_stat_force_next_flush()");
            for (var session : sessions) {
                session.with(
                        "flush its counters",
                        handle -> handle.createQuery("SELECT pg_stat_force_next_flush()::text")
                                .mapTo(String.class)
                                .findOne());
            }
            return new Cost(
                    count(
                            "SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables"),
                    count("""
                            SELECT sum(heap_blks_read + heap_blks_hit + coalesce(idx_blks_read, 0) + coalesce(idx_blks_hit, 0))
                            FROM pg_statio_user_tables
                            """));
        }

        private long count(String query) throws SQLException {
            try (var statement = connection.createStatement();
                    var rows = statement.executeQuery(query)) {
                rows.next();
                return rows.getLong(1);
            }
        }

        void execute(String sql) throws SQLException {
            try (var statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }
}
