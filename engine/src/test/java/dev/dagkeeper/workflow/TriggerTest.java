package dev.dagkeeper.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TriggerTest {
    private static Workflow workflow(String top) {
        return Compiling.accepted("version: 1\nname: w\n" + top + "\nsteps: {a: {uses: noop}}");
    }

    private static Schedule schedule(String trigger) {
        return workflow("triggers: {t: " + trigger + "}").triggers().getFirst().schedule();
    }

    private static Schedule.Span span(String from, String until) {
        return new Schedule.Span(Instant.parse(from), Instant.parse(until));
    }

    @Test
    void a_cron_trigger_is_bound_with_all_it_has() {
        var workflow = workflow("""
                inputs: {mode: {type: string}, n: {type: int, default: 1}, label: {type: string, required: false}}
                env: {MODE: "${{ inputs.mode }}", N: "${{ inputs.n }}"}
                triggers:
                  nightly:
                    cron: "30 2 * * *"
                    timezone: Europe/Stockholm
                    dst: {gap: skip, overlap: twice}
                    from: 2026-01-01
                    until: 2027-01-01T08:00
                    exclude:
                      - 2026-12-24
                      - 2026-06-01T02:30
                      - {from: 2026-07-01, until: 2026-08-01T00:00:00Z}
                    jitter: 60s
                    catchup: {mode: all, window: 3d, max-runs: 10, order: newest-first}
                    start-deadline: 10m
                    pause-on-failure: 3
                    inputs: {mode: full}
                """);
        var trigger = workflow.triggers().getFirst();
        assertThat(trigger.id()).isEqualTo("nightly");
        assertThat(trigger.inputs()).containsOnlyKeys("mode");
        assertThat(trigger.inputs().values().iterator().next().text(Scopes.EMPTY))
                .isEqualTo("full");
        assertThat(trigger.schedule())
                .isEqualTo(new Schedule(
                        new Schedule.When.Cron(
                                new CronExpression("30 2 * * *"),
                                ZoneId.of("Europe/Stockholm"),
                                Schedule.Gap.SKIP,
                                Schedule.Overlap.TWICE),
                        Optional.of(Instant.parse("2025-12-31T23:00:00Z")),
                        Optional.of(Instant.parse("2027-01-01T07:00:00Z")),
                        List.of(
                                span("2026-12-23T23:00:00Z", "2026-12-24T23:00:00Z"),
                                span("2026-06-01T00:30:00Z", "2026-06-01T00:30:00.001Z"),
                                span("2026-06-30T22:00:00Z", "2026-08-01T00:00:00Z")),
                        Duration.ofSeconds(60),
                        new Schedule.Catchup(
                                Schedule.Catchup.Mode.ALL,
                                Optional.of(Duration.ofDays(3)),
                                Optional.of(10),
                                Schedule.Catchup.Order.NEWEST_FIRST),
                        Optional.of(Duration.ofMinutes(10)),
                        Optional.of(3)));
    }

    @Test
    void what_is_left_out_has_its_default() {
        var cron = schedule("{cron: '@daily', timezone: UTC}");
        assertThat(cron)
                .isEqualTo(new Schedule(
                        new Schedule.When.Cron(
                                new CronExpression("@daily"),
                                ZoneId.of("UTC"),
                                Schedule.Gap.RUN_AFTER,
                                Schedule.Overlap.ONCE),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        Duration.ZERO,
                        Schedule.Catchup.DEFAULT,
                        Optional.empty(),
                        Optional.empty()));
        assertThat(schedule("{every: 15m}").when())
                .isEqualTo(new Schedule.When.Every(Duration.ofMinutes(15), Duration.ZERO));
        assertThat(workflow("concurrency: {max: 2}").concurrency())
                .contains(new Concurrency(Optional.empty(), 2, Concurrency.OnConflict.QUEUE));
        var plain = workflow("priority: 1");
        assertThat(plain.triggers()).isEmpty();
        assertThat(plain.concurrency()).isEmpty();
        assertThat(plain.deadlines()).isEmpty();
        assertThat(plain.steps().getFirst().dependsOnPast()).isFalse();
        assertThat(plain.steps().getFirst().produces()).isEmpty();
    }

    @Test
    void dates_and_times_without_an_offset_are_those_of_the_triggers_zone() {
        assertThat(schedule("{every: 15m, offset: 5m, from: 2026-06-01}").from())
                .contains(Instant.parse("2026-06-01T00:00:00Z"));
        assertThat(schedule("{every: 15m, timezone: Asia/Tokyo, from: 2026-06-01}")
                        .from())
                .contains(Instant.parse("2026-05-31T15:00:00Z"));
        assertThat(schedule("{at: [2026-06-02, 2026-06-01T12:00, '2026-06-01T12:00:00-04:00'], timezone: Asia/Tokyo}")
                        .when())
                .isEqualTo(new Schedule.When.At(List.of(
                        Instant.parse("2026-06-01T03:00:00Z"),
                        Instant.parse("2026-06-01T15:00:00Z"),
                        Instant.parse("2026-06-01T16:00:00Z"))));
        // 02:30 does not exist on that day, and comes twice on the other.
        assertThat(schedule("{at: [2026-03-29T02:30, 2026-10-25T02:30], timezone: Europe/Stockholm}")
                        .when())
                .isEqualTo(new Schedule.When.At(
                        List.of(Instant.parse("2026-03-29T01:00:00Z"), Instant.parse("2026-10-25T00:30:00Z"))));
        // Midnight does not exist in Sao Paulo on that day, and the whole day not in Samoa.
        assertThat(schedule("{every: 1h, timezone: America/Sao_Paulo, exclude: [2018-11-04]}")
                        .exclude())
                .containsExactly(span("2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"));
        assertThat(schedule("{every: 1h, timezone: Pacific/Apia, exclude: [2011-12-30]}")
                        .exclude())
                .isEmpty();
    }

    @Test
    void a_dataset_trigger_waits_for_all_or_any() {
        assertThat(schedule("{datasets: {all: ['s3://a/b', 's3://c/d']}, debounce: 30s, max-wait: 1h}")
                        .when())
                .isEqualTo(new Schedule.When.Datasets(
                        true,
                        List.of("s3://a/b", "s3://c/d"),
                        Duration.ofSeconds(30),
                        Optional.of(Duration.ofHours(1))));
        assertThat(schedule("{datasets: {any: ['s3://a/b']}}").when())
                .isEqualTo(new Schedule.When.Datasets(false, List.of("s3://a/b"), Duration.ZERO, Optional.empty()));
    }

    @Test
    void concurrency_deadlines_and_what_steps_say_of_the_past_and_of_datasets_are_bound() {
        var workflow = Compiling.accepted("""
                version: 1
                name: w
                inputs: {region: {type: string, default: eu}}
                concurrency: {group: "load-${{ inputs.region }}", max: 3, on-conflict: queue-latest}
                deadlines:
                  - {from: scheduled, within: 5m, do: alert}
                  - {from: started, within: 2h, do: cancel}
                steps:
                  a: {uses: noop, depends-on-past: true, produces: ["s3://x/y", "s3://x/z"]}
                """);
        var concurrency = workflow.concurrency().orElseThrow();
        assertThat(concurrency.group()).isPresent();
        assertThat(concurrency.max()).isEqualTo(3);
        assertThat(concurrency.onConflict()).isEqualTo(Concurrency.OnConflict.QUEUE_LATEST);
        assertThat(workflow.deadlines())
                .containsExactly(
                        new Deadline(Deadline.From.SCHEDULED, Duration.ofMinutes(5), Deadline.Action.ALERT),
                        new Deadline(Deadline.From.STARTED, Duration.ofHours(2), Deadline.Action.CANCEL));
        assertThat(workflow.steps().getFirst().dependsOnPast()).isTrue();
        assertThat(workflow.steps().getFirst().produces()).containsExactly("s3://x/y", "s3://x/z");
    }

    @Test
    void a_trigger_must_give_what_its_runs_cannot_do_without() {
        var problems = Compiling.problems("""
                version: 1
                name: w
                inputs: {day: {type: date}, mode: {type: string}, n: {type: int, required: false}}
                triggers:
                  nightly: {cron: '@daily', timezone: UTC, inputs: {mode: full}}
                env: {D: "${{ inputs.day }}", M: "${{ inputs.mode }}"}
                steps: {a: {uses: noop}}
                """);
        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.line() + ":" + problem.column() + " " + problem.code())
                    .isEqualTo("5:3 E0161");
            assertThat(problem.message()).isEqualTo("trigger 'nightly' gives no value to the required input 'day'");
        });
    }

    @Test
    void an_unknown_zone_comes_with_the_one_that_may_be_meant() {
        var problems = Compiling.problems(
                "version: 1\nname: w\ntriggers: {t: {every: 5m, timezone: stockholm}}\nsteps: {a: {uses: noop}}");
        assertThat(problems.getFirst().hint()).contains("did you mean 'Europe/Stockholm'?");
    }
}
