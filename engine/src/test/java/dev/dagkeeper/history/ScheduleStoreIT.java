package dev.dagkeeper.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.history.ScheduleStore.FireFilter;
import dev.dagkeeper.history.ScheduleStore.FireView;
import dev.dagkeeper.history.ScheduleStore.TriggerFilter;
import dev.dagkeeper.history.ScheduleStore.TriggerName;
import dev.dagkeeper.history.ScheduleStore.TriggerView;
import dev.dagkeeper.history.WorkflowStore.NewRevision;
import dev.dagkeeper.history.WorkflowStore.NewTrigger;
import dev.dagkeeper.schedule.FireOutcome;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScheduleStoreIT {
    private static final NewTrigger NIGHTLY = trigger("nightly", "30 2 * * *");
    private static final NewTrigger HOURLY = trigger("hourly", "0 * * * *");

    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private Database api;
    private ScheduleStore schedules;

    @BeforeAll
    void open() {
        api = POSTGRES.open(Role.API);
        schedules = api.schedules();
    }

    private static NewTrigger trigger(String name, String cron) {
        return new NewTrigger(name, "{\"cron\": \"" + cron + "\", \"timezone\": \"UTC\"}");
    }

    private void deploy(String workflow, String source, NewTrigger... triggers) {
        api.workflows().deploy(new NewRevision("default", workflow, source, List.of()), List.of(triggers));
    }

    private static TriggerName name(String workflow, String trigger) {
        return new TriggerName("default", workflow, trigger);
    }

    private TriggerView find(String workflow, String trigger) {
        return schedules.find(name(workflow, trigger)).orElseThrow();
    }

    private Stream<String> listed(Optional<String> workflow) {
        return schedules.list(new TriggerFilter(Optional.empty(), workflow, Optional.empty(), 500)).stream()
                .map(trigger -> trigger.name().trigger());
    }

    private long change(String workflow, String trigger) {
        return Long.parseLong(POSTGRES.texts("""
                SELECT t.change FROM trigger t JOIN workflow w ON w.id = t.workflow_id
                WHERE w.name = '%s' AND t.name = '%s'
                """.formatted(workflow, trigger)).getFirst());
    }

    @Test
    void a_deploy_brings_its_triggers_and_takes_others_away() {
        deploy("brings", "a: 1", NIGHTLY, HOURLY);
        assertThat(listed(Optional.of("brings"))).containsExactly("hourly", "nightly");
        var nightly = find("brings", "nightly");
        assertThat(nightly.schedule()).isEqualTo(NIGHTLY.schedule());
        assertThat(nightly.revision()).isEqualTo(1);
        assertThat(nightly.cursor()).isEmpty();

        deploy("brings", "a: 2", NIGHTLY);

        assertThat(listed(Optional.of("brings"))).containsExactly("nightly");
        assertThat(find("brings", "hourly").removedAt()).isPresent();
        assertThat(find("brings", "nightly").revision()).isEqualTo(2);
    }

    @Test
    void only_another_schedule_counts_anew() {
        deploy("anew", "a: 1", NIGHTLY);
        var first = find("anew", "nightly");
        var change = change("anew", "nightly");

        deploy("anew", "a: 1", NIGHTLY);
        assertThat(find("anew", "nightly")).isEqualTo(first);
        assertThat(change("anew", "nightly")).isEqualTo(change);

        deploy("anew", "a: 2", NIGHTLY);
        assertThat(find("anew", "nightly").since()).isEqualTo(first.since());
        assertThat(change("anew", "nightly")).isGreaterThan(change);

        deploy("anew", "a: 3", trigger("nightly", "31 2 * * *"));
        assertThat(find("anew", "nightly").since()).isAfter(first.since());
    }

    @Test
    void a_revision_that_is_only_stored_touches_no_trigger() {
        deploy("stored", "a: 1", NIGHTLY);
        var before = find("stored", "nightly");

        api.workflows().store(new NewRevision("default", "stored", "a: 2", List.of()));

        assertThat(find("stored", "nightly")).isEqualTo(before);
    }

    @Test
    void a_trigger_that_comes_again_is_a_new_one() {
        deploy("again", "a: 1", NIGHTLY);
        var first = schedules.pause(name("again", "nightly"), "ada").orElseThrow();
        assertThat(api.workflows().undeploy("default", "again")).isTrue();
        assertThat(listed(Optional.of("again"))).isEmpty();
        assertThat(schedules.pause(name("again", "nightly"), "ada")).isEmpty();
        assertThat(schedules.resume(name("again", "nightly"), "ada")).isEmpty();
        assertThat(find("again", "nightly").removedAt()).isPresent();

        deploy("again", "a: 1", NIGHTLY);

        var second = find("again", "nightly");
        assertThat(second.since()).isAfter(first.since());
        assertThat(second.pausedAt()).isEmpty();
        assertThat(second.removedAt()).isEmpty();
    }

    @Test
    void a_pause_outlasts_a_deploy_and_is_begun_and_ended_once() {
        deploy("paused", "a: 1", NIGHTLY);
        var paused = schedules.pause(name("paused", "nightly"), "ada").orElseThrow();
        assertThat(paused.pausedAt()).isPresent();
        assertThat(paused.pausedBy()).isEqualTo("ada");
        assertThat(schedules.pause(name("paused", "nightly"), "bob")).contains(paused);

        deploy("paused", "a: 2", trigger("nightly", "0 4 * * *"));
        assertThat(find("paused", "nightly").pausedAt()).isEqualTo(paused.pausedAt());

        var change = change("paused", "nightly");
        var resumed = schedules.resume(name("paused", "nightly"), "bob").orElseThrow();
        assertThat(resumed.pausedAt()).isEmpty();
        assertThat(resumed.resumedAt()).isPresent();
        assertThat(resumed.pausedBy()).isEqualTo("ada");
        assertThat(resumed.resumedBy()).isEqualTo("bob");
        assertThat(change("paused", "nightly")).isGreaterThan(change);
        assertThat(schedules.resume(name("paused", "nightly"), "eve")).contains(resumed);
        assertThat(schedules.pause(name("paused", "absent"), "ada")).isEmpty();
    }

    @Test
    void a_trigger_that_paused_itself_is_resumed() {
        deploy("failing", "a: 1", NIGHTLY);
        POSTGRES.execute("""
                INSERT INTO trigger_cursor (trigger_id, cursor, failures, suspended_at, reason)
                SELECT t.id, now(), 3, now(), 'paused after 3 failed runs'
                FROM trigger t JOIN workflow w ON w.id = t.workflow_id WHERE w.name = 'failing'
                """);
        var suspended = find("failing", "nightly");
        assertThat(suspended.suspendedAt()).isPresent();
        assertThat(suspended.suspension()).isEqualTo("paused after 3 failed runs");
        assertThat(suspended.failures()).isEqualTo(3);

        assertThat(schedules
                        .resume(name("failing", "nightly"), "ada")
                        .orElseThrow()
                        .suspendedAt())
                .isEmpty();
    }

    @Test
    void triggers_are_listed_in_order_of_their_names_page_by_page() {
        for (var workflow : List.of("list_b", "list_a")) {
            deploy(workflow, "a: 1", NIGHTLY, HOURLY);
        }
        deploy("list_none", "a: 1");
        var all = listed(Optional.empty()).toList();
        var pages = Stream.<TriggerName>builder();
        Optional<TriggerName> after = Optional.empty();
        do {
            var page = schedules.list(new TriggerFilter(Optional.of("default"), Optional.empty(), after, 3));
            page.forEach(trigger -> pages.add(trigger.name()));
            after = page.size() < 3
                    ? Optional.empty()
                    : Optional.of(page.getLast().name());
        } while (after.isPresent());
        var names = pages.build().toList();

        assertThat(names).extracting(TriggerName::trigger).isEqualTo(all);
        assertThat(names)
                .containsSubsequence(
                        name("list_a", "hourly"),
                        name("list_a", "nightly"),
                        name("list_b", "hourly"),
                        name("list_b", "nightly"));
        assertThat(schedules.list(new TriggerFilter(Optional.of("other"), Optional.empty(), Optional.empty(), 10)))
                .isEmpty();
    }

    @Test
    void fires_are_listed_newest_first_with_what_became_of_their_runs() {
        deploy("fired", "a: 1", NIGHTLY);
        var run = Samples.run(77);
        api.runs().create(run);
        var id = run.header().id();
        POSTGRES.execute("""
                INSERT INTO fire (workflow_id, trigger, fire, outcome, reason, run_id, decided_at)
                SELECT w.id, 'nightly', fire::timestamptz, outcome, reason, run::uuid, now()
                FROM workflow w, (VALUES
                    ('2026-01-01T02:30:00Z', 'missed', 'too old', NULL),
                    ('2026-01-02T02:30:00Z', 'skipped', 'paused by ada', NULL),
                    ('2026-01-03T02:30:00Z', 'started', '', '%s'),
                    ('2026-01-04T02:30:00Z', 'queued', '', NULL)) AS f (fire, outcome, reason, run)
                WHERE w.name = 'fired'
                """.formatted(id));

        assertThat(fires(Set.of(), Optional.empty(), Optional.empty(), 10))
                .extracting(FireView::outcome)
                .containsExactly(FireOutcome.QUEUED, FireOutcome.STARTED, FireOutcome.SKIPPED, FireOutcome.MISSED);
        var started = fires(Set.of(FireOutcome.STARTED), Optional.empty(), Optional.empty(), 10);
        assertThat(started).extracting(FireView::run).containsExactly(Optional.of(id));
        assertThat(started).extracting(FireView::runState).containsExactly(Optional.of("queued"));
        assertThat(fires(Set.of(), day(2), day(4), 10))
                .extracting(FireView::outcome)
                .containsExactly(FireOutcome.STARTED, FireOutcome.SKIPPED);
        assertThat(fires(Set.of(), Optional.empty(), day(4), 1))
                .extracting(FireView::outcome)
                .containsExactly(FireOutcome.STARTED);
        assertThat(fires(Set.of(FireOutcome.SKIPPED, FireOutcome.MISSED), Optional.empty(), Optional.empty(), 10))
                .extracting(FireView::reason)
                .containsExactly("paused by ada", "too old");
    }

    @Test
    void few_fires_that_were_not_started_are_found_among_many() {
        deploy("many", "a: 1", trigger("rare", "* * * * *"));
        POSTGRES.execute("""
                INSERT INTO fire (workflow_id, trigger, fire, outcome, decided_at)
                SELECT id, 'rare', '2026-01-01Z'::timestamptz + n * interval '1 minute',
                    CASE WHEN n IN (7, 8) THEN 'missed' ELSE 'started' END, now()
                FROM workflow, generate_series(1, 50000) AS n WHERE name = 'many'
                """);
        POSTGRES.execute("ANALYZE fire");
        var rare = name("many", "rare");
        var outcomes = Set.of(FireOutcome.MISSED, FireOutcome.SKIPPED);
        var settings = POSTGRES.settings(Role.API);
        // One connection, whose counters can be told to flush.
        try (var pool = Pool.open(new DatabaseSettings(
                settings.url(), settings.user(), settings.password(), Role.API, 1, settings.connectTimeout()))) {
            var store = new PostgresScheduleStore(pool);
            long before = fetched(pool);
            assertThat(store.fires(new FireFilter(rare, outcomes, Optional.empty(), Optional.empty(), 100)))
                    .hasSize(2);
            assertThat(fetched(pool) - before).as("rows looked at").isBetween(1L, 100L);
        }
    }

    /** Rows of fires that were read so far, by whatever way. */
    private static long fetched(Pool pool) {
        pool.with(
                "flush its counters",
                handle -> handle.createQuery("SELECT pg_stat_force_next_flush()::text")
                        .mapTo(String.class)
                        .findOne());
        return Long.parseLong(POSTGRES.texts("""
                SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'fire'
                """).getFirst());
    }

    private static Optional<Instant> day(int day) {
        return Optional.of(Instant.parse("2026-01-0" + day + "T02:30:00Z"));
    }

    private List<FireView> fires(
            Set<FireOutcome> outcomes, Optional<Instant> from, Optional<Instant> until, int limit) {
        return schedules.fires(new FireFilter(name("fired", "nightly"), outcomes, from, until, limit));
    }
}
