package dev.dagkeeper.history;

import static dev.dagkeeper.history.Samples.NOTHING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.history.LogStore.LogPosition;
import dev.dagkeeper.history.LogStore.LogSelection;
import dev.dagkeeper.history.ScheduleStore.FireFilter;
import dev.dagkeeper.history.ScheduleStore.TriggerFilter;
import dev.dagkeeper.history.ScheduleStore.TriggerName;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.schedule.FireOutcome;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Runs every query of the hot path and of the api on grown tables and reads Postgres' own counters: a sequential scan of
 * a grown partition fails the test. So it sees the plans that are really used, the prepared ones too.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QueryPlansIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    /** More than the five times after which Postgres may change to a plan that does not know the parameters. */
    private static final int REPEATS = 8;

    private Connection counters;
    private RunId run;
    private StepKey key;

    @BeforeAll
    void grow() throws SQLException {
        var settings = POSTGRES.settings(Role.API);
        counters = DriverManager.getConnection(settings.url(), settings.user(), settings.password());
        POSTGRES.execute("SELECT create_month_partitions('2026-11-01')");
        POSTGRES.execute("""
                INSERT INTO run (id, revision_id, namespace, workflow, revision, trigger, nominal_time, interval_start,
                    interval_end, priority, inputs, labels, created_at, state)
                SELECT (lpad(to_hex(1794000000000 + n * 1000), 12, '0') || '70008' || lpad(to_hex(n), 15, '0'))::uuid, 1,
                    'ns' || n % 20, 'workflow_' || n % 50, 1, '', now(), now(), now(), 0, '{}',
                    CASE WHEN n % 10 = 0 THEN jsonb_build_object('team', 't' || n % 100) ELSE '{}' END,
                    to_timestamp(1794000000 + n),
                    CASE WHEN n % 1000 = 0 THEN 'failed' WHEN n > 19990 THEN 'running' ELSE 'succeeded' END
                FROM generate_series(1, 20000) AS n
                """);
        POSTGRES.execute("""
                INSERT INTO step (run_id, step, step_id, state)
                SELECT id, n, 'step_' || n, CASE WHEN n = 7 THEN 'blocked' ELSE 'pending' END
                FROM run, generate_series(0, 9) AS n
                """);
        POSTGRES.execute("""
                INSERT INTO attempt (run_id, step, index, claim, attempt, result, ended_at)
                SELECT run_id, step, index, 1, 1, 'succeeded', now() FROM step
                """);
        POSTGRES.execute("""
                INSERT INTO event (run_id, seq, at, type, from_state, to_state, reason)
                SELECT run_id, step + 1, now(), 'step', '', '', '' FROM step
                """);
        POSTGRES.execute("""
                INSERT INTO log_chunk (run_id, step, index, claim, seq, attempt, at, bytes)
                SELECT run_id, step, index, 1, 0, 1, now(), 'x' FROM step
                """);
        POSTGRES.execute(
                "INSERT INTO command (run_id, kind, asked_by, applied) SELECT id, 'cancel', 'x', true FROM run");
        growTriggers();
        growDatasets();
        POSTGRES.execute("ANALYZE");
        try (var rows =
                counters.createStatement().executeQuery("SELECT id FROM run ORDER BY id OFFSET 19995 LIMIT 1")) {
            rows.next();
            run = new RunId(rows.getObject(1, UUID.class));
        }
        key = new StepKey(run, 3, StepKey.WHOLE);
    }

    /** 20,000 triggers of 5,000 workflows, and 20,000 fires of one of them. */
    private static void growTriggers() {
        POSTGRES.execute("""
                INSERT INTO workflow (namespace, name, deployed_revision)
                SELECT 'ns' || n % 20, 'workflow_' || n, 1 FROM generate_series(1, 5000) AS n
                """);
        POSTGRES.execute("""
                INSERT INTO workflow_revision (workflow_id, number, hash, source)
                SELECT id, 1, repeat('0', 64), 'source' FROM workflow
                """);
        POSTGRES.execute("""
                INSERT INTO trigger (workflow_id, name, revision_id, schedule, since)
                SELECT r.workflow_id, 'trigger_' || n, r.id, '{}', now() FROM workflow_revision r, generate_series(1, 4) AS n
                """);
        POSTGRES.execute("INSERT INTO trigger_cursor (trigger_id, cursor) SELECT id, now() FROM trigger");
        POSTGRES.execute("""
                INSERT INTO fire (workflow_id, trigger, fire, outcome, run_id, decided_at)
                SELECT w.id, 'trigger_1', now() - n * interval '1 minute',
                    CASE WHEN n % 100 = 0 THEN 'missed' ELSE 'started' END, r.id, now()
                FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM run) AS r,
                    (SELECT id FROM workflow WHERE name = 'workflow_1') AS w
                """);
    }

    /** 20,000 events of 500 datasets, each consumed, and links to them. */
    private static void growDatasets() {
        POSTGRES.execute("""
                INSERT INTO dataset_event (uri, at, recorded_at, namespace, workflow, run_id, step)
                SELECT 'mem://' || n % 500, now(), now(), 'ns0', 'w', id, 'a'
                FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM run) AS r
                """);
        POSTGRES.execute("""
                INSERT INTO dataset_use SELECT e.id, w.id, 'on', now(), e.run_id
                FROM dataset_event e, (SELECT id FROM workflow WHERE name = 'workflow_1' LIMIT 1) AS w
                """);
        POSTGRES.execute("""
                INSERT INTO dataset_link SELECT id, 'consumer', 'on', 'mem://' || id % 500 FROM workflow
                """);
    }

    @AfterAll
    void closeCounters() throws SQLException {
        counters.close();
    }

    @Test
    void a_scan_would_be_noticed() throws SQLException {
        try (var pool = open(Role.API)) {
            var before = scans(pool);
            pool.with(
                    "scan",
                    handle -> handle.createQuery("SELECT count(*) FROM step WHERE reason = 'x'")
                            .mapTo(Integer.class)
                            .one());
            assertThat(scans(pool)).isNotEqualTo(before);
        }
    }

    @Test
    void the_leader_scans_no_grown_table() throws SQLException {
        try (var pool = open(Role.MASTER)) {
            assertNoScan(pool, leaderQueries(new PostgresLeaderStore(pool, () -> Samples.NOW)));
        }
    }

    private Map<String, Runnable> leaderQueries(LeaderStore leader) {
        var epoch = leader.raiseEpoch();
        var seq = new java.util.concurrent.atomic.AtomicLong(100);
        var queries = new LinkedHashMap<String, Runnable>();
        queries.put("begunRuns", leader::begunRuns);
        queries.put("newRuns", leader::newRuns);
        queries.put("queuedRuns", leader::queuedRuns);
        queries.put("load", () -> assertThat(leader.load(List.of(run))).hasSize(1));
        queries.put("outputs", () -> leader.outputs(run, List.of(1, 2)));
        queries.put("reports", () -> leader.reports(Map.of(key, 1), List.of(key)));
        queries.put(
                "past",
                () -> leader.past(
                        List.of(new LeaderStore.PastQuestion("ns0", "workflow_0", "nightly", Samples.NOW, "step_4"))));
        queries.put("pendingCommands", leader::pendingCommands);
        queries.put(
                "write",
                () -> assertThat(leader.write(
                                epoch,
                                new RunWrites(
                                        List.of(Samples.step(key, StepState.QUEUED, 1)),
                                        List.of(),
                                        List.of(),
                                        List.of(Samples.run(run, RunState.RUNNING)),
                                        List.of(Samples.event(run, seq.incrementAndGet())),
                                        List.of(new RunWrites.CommandOutcome(3, true, "")),
                                        true)))
                        .isTrue());
        queries.put("empty write", () -> leader.write(epoch, NOTHING));
        queries.put("lost", () -> {
            var next = leader.load(List.of(run)).getFirst().steps().get(5);
            leader.write(
                    epoch,
                    new RunWrites(
                            List.of(Samples.step(next.key(), StepState.BLOCKED, next.claim() + 1)),
                            List.of(),
                            List.of(new RunWrites.LostAttempt(
                                    next.key(), next.claim(), 1, Optional.empty(), Samples.NOW, "lost")),
                            List.of(),
                            List.of(),
                            List.of(),
                            true));
        });
        var unseen = new DatasetWrites.Unseen(List.of("mem://1", "mem://2"), 0, 20_000, Instant.EPOCH);
        queries.put("last dataset event", leader::lastDatasetEvent);
        queries.put(
                "new dataset events",
                () -> assertThat(leader.datasetEvents(19_990, 5)).hasSize(5));
        queries.put(
                "unseen", () -> assertThat(leader.unseen(Map.of(1L, unseen))).hasSize(1));
        queries.put(
                "unseen events",
                () -> assertThat(leader.unseenEvents(unseen, 10)).hasSize(10));
        queries.put(
                "produce and consume",
                () -> leader.write(
                        epoch,
                        RunWrites.of(
                                FireWrites.NONE,
                                new DatasetWrites(
                                        List.of(new DatasetWrites.Produced(
                                                "mem://1", "ns0", "w", key, "step_3", Samples.NOW)),
                                        List.of(new DatasetWrites.Consumed(
                                                1, "trigger_1", Samples.NOW, Optional.empty(), unseen))))));
        // The attempt rows of claim 1 are there from growing; so lost begins at the second claim.
        leader.write(epoch, Samples.steps(Samples.step(new StepKey(run, 5, StepKey.WHOLE), StepState.BLOCKED, 2)));
        return queries;
    }

    @Test
    void workers_scan_no_grown_table() throws SQLException {
        try (var pool = open(Role.WORKER)) {
            var worker = new PostgresWorkerStore(pool, () -> Samples.NOW);
            var queries = new LinkedHashMap<String, Runnable>();
            queries.put("header", () -> worker.header(run));
            queries.put("extras", () -> worker.extras(List.of(key)));
            queries.put("upstreams", () -> worker.upstreams(run, List.of(0, 1)));
            queries.put("record", () -> worker.record(List.of(Samples.succeeded(key, 1))));
            queries.put("standing", () -> worker.standing(Map.of(key, 1)));
            queries.put("appendLogs", () -> worker.appendLogs(List.of(Samples.chunk(key, 1, 7, "x"))));
            assertNoScan(pool, queries);
        }
    }

    @Test
    void the_api_scans_no_grown_table() throws SQLException {
        try (var pool = open(Role.API);
                var feed = new EventFeed(POSTGRES.settings(Role.API))) {
            var queries = runQueries(new PostgresRunStore(pool));
            var events = new PostgresEventStore(pool, feed);
            queries.put("events", () -> events.read(run, 2, 10));
            var logs = new PostgresLogStore(pool);
            var step = new LogSelection(run, Optional.of("step_4"), Optional.of(-1), Optional.of(1));
            queries.put("logs of a run", () -> logs.read(LogSelection.of(run), LogPosition.START, 100));
            queries.put("logs of a step", () -> logs.read(step, LogPosition.START, 100));
            queries.put("tail", () -> logs.tail(step, 10));
            var inspection = new PostgresInspectionStore(pool, () -> Samples.NOW);
            queries.put("inspect", () -> {
                assertThat(inspection.scope(java.time.Instant.EPOCH, 20).ended())
                        .hasSize(20);
                assertThat(inspection.records(List.of(run))).hasSize(1);
                assertThat(inspection.placements(List.of(key)).asked()).hasSize(1);
                inspection.openCommands();
                inspection.given(_ -> true);
                inspection.grouped();
            });
            queries.put("command", () -> new PostgresCommandStore(pool).find(5));
            queries.putAll(scheduleQueries(new PostgresScheduleStore(pool), new PostgresWorkflowStore(pool)));
            queries.putAll(datasetQueries(new PostgresDatasetStore(pool)));
            assertNoScan(pool, queries);
        }
    }

    private Map<String, Runnable> datasetQueries(DatasetStore datasets) {
        var queries = new LinkedHashMap<String, Runnable>();
        for (var after : List.of(Optional.<String>empty(), Optional.of("mem://3"))) {
            queries.put(
                    "datasets " + after,
                    () -> assertThat(datasets.list(after, 20)).hasSize(20));
        }
        queries.put("dataset event", () -> assertThat(datasets.find(7)).isPresent());
        for (var uri : List.of(Optional.<String>empty(), Optional.of("mem://1"))) {
            for (var seenBy : List.of(Optional.<RunId>empty(), Optional.of(run))) {
                for (var before : List.of(Optional.<Long>empty(), Optional.of(19_000L))) {
                    var filter = new DatasetStore.EventFilter(uri, seenBy, before, 20);
                    queries.put("dataset events " + filter, () -> datasets.events(filter));
                }
            }
        }
        queries.put(
                "record",
                () -> datasets.record(new DatasetStore.NewEvent(
                        "mem://1",
                        Optional.empty(),
                        Optional.empty(),
                        "x",
                        Optional.of(new NewRun.Idempotency("k", "h")))));
        queries.put("waiting", () -> datasets.waiting(List.of(new TriggerName("ns1", "workflow_1", "trigger_1"))));
        return queries;
    }

    private static Map<String, Runnable> scheduleQueries(ScheduleStore schedules, WorkflowStore workflows) {
        var queries = new LinkedHashMap<String, Runnable>();
        var trigger = new TriggerName("ns1", "workflow_1", "trigger_1");
        var after = Optional.of(new TriggerName("ns1", "workflow_1", "trigger_2"));
        for (var namespace : List.of(Optional.<String>empty(), Optional.of("ns1"))) {
            for (var workflow : List.of(Optional.<String>empty(), Optional.of("workflow_1"))) {
                for (var page : List.of(Optional.<TriggerName>empty(), after)) {
                    var filter = new TriggerFilter(namespace, workflow, page, 20);
                    queries.put(
                            "triggers " + filter,
                            () -> assertThat(schedules.list(filter)).isNotEmpty());
                }
            }
        }
        queries.put("trigger", () -> assertThat(schedules.find(trigger)).isPresent());
        for (var outcomes : List.of(Set.<FireOutcome>of(), Set.of(FireOutcome.MISSED, FireOutcome.SKIPPED))) {
            for (var time : List.of(Optional.<Instant>empty(), Optional.of(Samples.NOW.plus(Duration.ofDays(3650))))) {
                var filter = new FireFilter(trigger, outcomes, Optional.empty(), time, 20);
                queries.put(
                        "fires " + filter,
                        () -> assertThat(schedules.fires(filter)).hasSize(20));
            }
        }
        queries.put("pause", () -> schedules.pause(trigger, "x"));
        queries.put("resume", () -> schedules.resume(trigger, "x"));
        var revision = new WorkflowStore.NewRevision("ns1", "workflow_21", "source", List.of());
        var changes = new java.util.concurrent.atomic.AtomicInteger();
        queries.put(
                "deploy",
                () -> workflows.deploy(
                        revision,
                        List.of(new WorkflowStore.NewTrigger(
                                "trigger_1", "{\"n\": " + changes.incrementAndGet() + "}"))));
        queries.put("undeploy", () -> workflows.undeploy("ns1", "workflow_41"));
        return queries;
    }

    private Map<String, Runnable> runQueries(RunStore runs) {
        var queries = new LinkedHashMap<String, Runnable>();
        queries.put("find", () -> runs.find(run));
        queries.put("steps", () -> runs.steps(run, Optional.of(key), 5));
        queries.put("step", () -> runs.step(run, "step_4"));
        queries.put("stepCounts", () -> runs.stepCounts(run));
        queries.put(
                "stepCounts of a page",
                () -> assertThat(runs.stepCounts(List.of(run), 10)).hasSize(1));
        queries.put("attempts", () -> runs.attempts(run, "step_4"));
        queries.put("activeRevisions", runs::activeRevisions);
        queries.put("live", () -> runs.live(List.of(key)));
        queries.put("waiting", () -> runs.waiting(List.of("x")));
        queries.put("ready", () -> assertThat(runs.ready()).isNotEmpty());
        queries.put("names", () -> assertThat(runs.names(List.of(key))).hasSize(1));
        for (var selector :
                List.of("@latest", "@failed", run.toString(), run.toString().substring(0, 20))) {
            queries.put("resolve " + selector, () -> runs.resolve(selector));
        }
        for (var filter : filters()) {
            queries.put("list " + filter, () -> assertThat(runs.list(filter)).isNotEmpty());
        }
        queries.put("create", () -> {
            var created = Samples.run(20);
            var keyed = new NewRun(
                    created.header(),
                    created.labels(),
                    created.steps(),
                    Optional.of(new NewRun.Idempotency(created.header().id().toString(), "hash")));
            runs.create(keyed);
            runs.create(keyed);
        });
        return queries;
    }

    private List<RunFilter> filters() {
        var filters = new ArrayList<RunFilter>();
        for (var states :
                List.of(Set.<RunState>of(), Set.of(RunState.FAILED), Set.of(RunState.SUCCEEDED, RunState.FAILED))) {
            for (var workflow : List.of(Optional.<String>empty(), Optional.of("workflow_0"))) {
                for (var namespace : List.of(Optional.<String>empty(), Optional.of("ns0"))) {
                    for (var labels : List.of(Map.<String, String>of(), Map.of("team", "t0"))) {
                        filters.add(new RunFilter(
                                states,
                                namespace,
                                workflow,
                                labels,
                                Optional.of(java.time.Instant.ofEpochSecond(1_794_000_500)),
                                Optional.of(run),
                                20));
                    }
                }
            }
        }
        return filters;
    }

    /** One connection, so that its counters can be told to flush. */
    private static Pool open(Role role) {
        var settings = POSTGRES.settings(role);
        return Pool.open(new DatabaseSettings(
                settings.url(), settings.user(), settings.password(), role, 1, settings.connectTimeout()));
    }

    private void assertNoScan(Pool pool, Map<String, Runnable> queries) throws SQLException {
        var scanned = new ArrayList<String>();
        for (var query : queries.entrySet()) {
            var before = scans(pool);
            for (var i = 0; i < REPEATS; i++) {
                query.getValue().run();
            }
            var after = scans(pool);
            after.forEach((table, scans) -> {
                if (!scans.equals(before.get(table))) {
                    scanned.add(query.getKey() + " scans " + table);
                }
            });
        }
        assertThat(scanned).isEmpty();
    }

    private Map<String, Long> scans(Pool pool) throws SQLException {
        pool.with(
                "flush its counters",
                handle -> handle.createQuery("SELECT pg_stat_force_next_flush()::text")
                        .mapTo(String.class)
                        .findOne());
        var scans = new LinkedHashMap<String, Long>();
        try (var statement = counters.createStatement();
                var rows = statement.executeQuery("""
                        SELECT relname, seq_scan FROM pg_stat_user_tables
                        WHERE relname ~ '^(run|step|attempt|event|log_chunk)_2026_11$'
                            OR relname IN ('command', 'trigger', 'trigger_cursor', 'fire', 'workflow', 'dataset_event', 'dataset_use', 'dataset_link')
                        """)) {
            while (rows.next()) {
                scans.put(rows.getString(1), rows.getLong(2));
            }
        }
        return scans;
    }
}
