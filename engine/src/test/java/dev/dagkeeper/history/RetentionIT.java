package dev.dagkeeper.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.Promised;
import dev.dagkeeper.history.DatabaseSettings.Role;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Months of history come to their end on a real Postgres. */
class RetentionIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private static final YearMonth OLD = YearMonth.of(2020, 3);
    private static final YearMonth OLDER = YearMonth.of(2020, 2);
    private static final Instant AFTER_BOTH = Instant.parse("2020-04-01T00:00:00Z");

    private final Database database = POSTGRES.open(Role.MASTER);

    @BeforeEach
    void two_old_months() {
        for (var month : List.of(OLDER, OLD)) {
            POSTGRES.execute("SELECT create_month_partitions('" + month.atDay(1) + "')");
            POSTGRES.execute("""
                    INSERT INTO run (id, revision_id, namespace, workflow, revision, trigger, nominal_time, interval_start,
                        interval_end, priority, inputs, labels, created_at, state)
                    SELECT first_run_id(at), 1, 'default', 'old', 1, '', at, at, at, 0, '{}', '{}', at, 'succeeded'
                    FROM (VALUES ('%s-10T00:00:00Z'::timestamptz)) AS t (at)
                    """.formatted(month));
            POSTGRES.execute(
                    "INSERT INTO step (run_id, step, step_id) SELECT id, 0, 'a' FROM run WHERE created_at < '%s'"
                                    .formatted(AFTER_BOTH)
                            + " ON CONFLICT DO NOTHING");
        }
    }

    @AfterEach
    void gone() {
        POSTGRES.execute("UPDATE run SET state = 'succeeded' WHERE created_at < '" + AFTER_BOTH + "'");
        database.dropHistory(AFTER_BOTH);
    }

    @Test
    void months_that_were_over_in_time_are_dropped_and_no_others() throws Exception {
        POSTGRES.execute("INSERT INTO idempotency_key VALUES ('old', 'h', gen_random_uuid(), '2020-01-01T00:00:00Z'),"
                + " ('new', 'h', gen_random_uuid(), now())");

        assertThat(database.dropHistory(AFTER_BOTH.minusMillis(1)).dropped()).containsExactly(OLDER);
        assertThat(count("run WHERE created_at < '2020-04-01'")).isEqualTo(1);
        assertThat(count("step WHERE run_id < first_run_id('2020-04-01Z')")).isEqualTo(1);
        assertThat(database.dropHistory(AFTER_BOTH).dropped()).containsExactly(OLD);

        assertThat(count("run WHERE created_at < '2020-04-01'")).isZero();
        assertThat(count("step WHERE run_id < first_run_id('2020-04-01Z')")).isZero();
        assertThat(count("idempotency_key")).isEqualTo(1);
        assertThat(count("pg_class WHERE relname LIKE '%\\_2020\\_0_'")).isZero();
        assertThat(database.dropHistory(AFTER_BOTH)).isEqualTo(new Retention.Outcome(List.of(), List.of(), List.of()));
    }

    @Test
    void a_month_with_an_unfinished_run_stays_until_it_has_ended() throws Exception {
        POSTGRES.execute("UPDATE run SET state = 'running' WHERE created_at < '2020-03-01'");

        var outcome = database.dropHistory(AFTER_BOTH);

        assertThat(outcome.unfinished()).containsExactly(OLDER);
        assertThat(outcome.dropped()).containsExactly(OLD);
        assertThat(count("run WHERE created_at < '2020-04-01'")).isEqualTo(1);
    }

    @Test
    void a_month_in_use_is_left_for_later_and_nobody_waits_for_it() throws Exception {
        var settings = POSTGRES.settings(Role.API);
        try (var reader = DriverManager.getConnection(settings.url(), settings.user(), settings.password())) {
            reader.setAutoCommit(false);
            reader.createStatement().execute("SELECT count(*) FROM run");
            var began = System.nanoTime();
            var outcome = database.dropHistory(AFTER_BOTH);
            assertThat(outcome.busy()).containsExactly(OLDER, OLD);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Promised.within(Duration.ofSeconds(3)));
            reader.rollback();
        }
        assertThat(database.dropHistory(AFTER_BOTH).dropped()).containsExactly(OLDER, OLD);
    }

    @Test
    void fires_go_with_their_runs_but_for_those_that_nothing_else_says_have_fired() throws Exception {
        POSTGRES.execute("INSERT INTO workflow (namespace, name) VALUES ('default', 'old')");
        POSTGRES.execute("""
                INSERT INTO workflow_revision (workflow_id, number, hash, source)
                SELECT id, 1, repeat('0', 64), '' FROM workflow WHERE name = 'old'
                """);
        POSTGRES.execute("""
                INSERT INTO trigger (workflow_id, name, revision_id, schedule, since)
                SELECT workflow_id, name, id, '{}', '2020-01-01Z'
                FROM workflow_revision, (VALUES ('kept'), ('new')) AS t (name)
                """);
        POSTGRES.execute("INSERT INTO trigger_cursor SELECT id, '2020-03-15Z' FROM trigger WHERE name = 'kept'");
        POSTGRES.execute("""
                INSERT INTO backfill (workflow_id, trigger, revision_id, schedule, range_from, range_until, fires, reprocess,
                    max_active, direction, inputs, priority, created_by, state, ended_at)
                SELECT workflow_id, 'kept', id, '{}', '2020-01-01Z', '2020-02-01Z', 1, 'all', 1, 'oldest-first', '{}', 0, 'ada',
                    state, CASE WHEN state = 'finished' THEN '2020-03-02Z'::timestamptz END
                FROM workflow_revision, (VALUES (1, 'finished'), (2, 'running')) AS b (number, state) ORDER BY b.number
                """);
        POSTGRES.execute("""
                INSERT INTO fire (workflow_id, trigger, fire, outcome, run_id, decided_at)
                SELECT workflow.id, f.trigger, f.fire, f.outcome, run.id, f.fire
                FROM workflow, (VALUES
                    ('kept', '2020-02-01Z'::timestamptz, 'missed', 0), ('kept', '2020-02-02Z', 'started', 2),
                    ('kept', '2020-03-15Z', 'skipped', 0), ('kept', '2020-03-15T00:00:01Z', 'started', 0),
                    ('kept', '2020-03-10Z', 'started', 3), ('new', '2020-02-01Z', 'started', 2),
                    ('taken_away', '2020-02-01Z', 'started', 2), ('backfill:1', '2020-02-01Z', 'started', 2),
                    ('backfill:2', '2020-02-01Z', 'started', 2), ('kept', '2020-02-03Z', 'queued', 0))
                    AS f (trigger, fire, outcome, month)
                    LEFT JOIN run ON extract(month FROM run.created_at AT TIME ZONE 'UTC') = f.month
                        AND run.created_at < '2020-04-01Z'
                """);
        POSTGRES.execute("UPDATE run SET state = 'running' WHERE created_at BETWEEN '2020-03-01' AND '2020-04-01'");

        database.dropHistory(AFTER_BOTH);

        assertThat(POSTGRES.texts(
                        "SELECT trigger || ' ' || (fire AT TIME ZONE 'UTC') FROM fire ORDER BY trigger, fire"))
                .as(
                        "a queued one, one with its run, one above the cursor, one of a trigger without, one of a backfill that goes on")
                .containsExactly(
                        "backfill:2 2020-02-01 00:00:00",
                        "kept 2020-02-03 00:00:00",
                        "kept 2020-03-10 00:00:00",
                        "kept 2020-03-15 00:00:01",
                        "new 2020-02-01 00:00:00");
        assertThat(count("backfill")).isEqualTo(1);
    }

    @Test
    void updates_go_when_no_trigger_waits_for_them_and_no_run_that_saw_them_is_kept() throws Exception {
        var name = "updated";
        database.workflows()
                .deploy(
                        new WorkflowStore.NewRevision("default", name, "x", List.of()),
                        List.of(new WorkflowStore.NewTrigger("on", "{\"all\":[\"mem://awaited\",\"mem://never\"]}")));
        POSTGRES.execute("UPDATE trigger SET since = '2019-01-01Z' WHERE name = 'on'");
        POSTGRES.execute("""
                INSERT INTO dataset_event (uri, at, recorded_at)
                SELECT uri, t, t FROM unnest(ARRAY['mem://awaited', 'mem://nobody', 'mem://seen', 'mem://seen_by_kept']) AS u (uri),
                    unnest(ARRAY['2020-02-01Z', '2020-03-31Z', '2020-05-01Z']::timestamptz[]) AS t
                """);
        POSTGRES.execute("""
                INSERT INTO dataset_use SELECT e.id, w.id, 'on', now(), r.id FROM dataset_event e, workflow w, run r
                WHERE w.name = 'updated' AND e.uri LIKE 'mem://seen%' AND r.workflow = 'old' AND r.created_at =
                    CASE e.uri WHEN 'mem://seen' THEN '2020-02-10Z'::timestamptz ELSE '2020-03-10Z' END
                """);
        POSTGRES.execute("UPDATE run SET state = 'running' WHERE created_at = '2020-03-10Z'");

        assertThat(database.dropHistory(AFTER_BOTH).dropped()).containsExactly(OLDER);

        assertThat(POSTGRES.texts("SELECT uri || ' ' || count(*) FROM dataset_event GROUP BY uri ORDER BY uri"))
                .containsExactly("mem://awaited 3", "mem://nobody 1", "mem://seen 1", "mem://seen_by_kept 3");
        assertThat(count("dataset_use WHERE trigger = 'on'")).isEqualTo(4);
        database.workflows().undeploy("default", name);
        database.dropHistory(AFTER_BOTH);
        assertThat(count("dataset_event WHERE uri = 'mem://awaited'"))
                .as("nobody waits for them any more")
                .isEqualTo(1);
        POSTGRES.execute("DELETE FROM dataset_event");
        POSTGRES.execute("DELETE FROM trigger WHERE name = 'on'");
        POSTGRES.execute(
                "DELETE FROM workflow_revision r USING workflow w WHERE w.id = r.workflow_id AND w.name = 'updated'");
        POSTGRES.execute("DELETE FROM workflow WHERE name = 'updated'");
    }

    private static long count(String what) throws Exception {
        var settings = POSTGRES.settings(Role.API);
        try (var connection = DriverManager.getConnection(settings.url(), settings.user(), settings.password());
                var rows = connection.createStatement().executeQuery("SELECT count(*) FROM " + what)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
