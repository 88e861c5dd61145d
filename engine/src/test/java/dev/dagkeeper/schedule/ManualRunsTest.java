package dev.dagkeeper.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.workflow.Compiling;
import dev.dagkeeper.workflow.Inputs;
import dev.dagkeeper.workflow.Trigger;
import dev.dagkeeper.workflow.Workflow;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ManualRunsTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private static Workflow workflow(String... triggers) {
        var source = "version: 1\nname: w\ninputs: {day: {type: date, required: false}}\n"
                + (triggers.length == 0 ? "" : "triggers:\n  " + String.join("\n  ", triggers) + "\n")
                + "steps: {a: {uses: noop}}\n";
        return Compiling.accepted(source);
    }

    private static String interval(Workflow workflow, Optional<Trigger> trigger) {
        var facts = ManualRuns.facts("id", workflow, 3, NOON, trigger);
        assertThat(facts.time()).isEqualTo(NOON);
        assertThat(facts.trigger()).isEmpty();
        return facts.intervalStart() + " " + facts.intervalEnd();
    }

    @Test
    void the_only_trigger_gives_its_last_complete_interval() {
        var one = workflow("t: {every: 5h}");
        assertThat(interval(one, ManualRuns.only(one))).isEqualTo("2026-01-31T04:00:00Z 2026-01-31T09:00:00Z");
        var exact = workflow("t: {every: 12h}");
        assertThat(interval(exact, ManualRuns.only(exact))).isEqualTo("2026-01-31T00:00:00Z 2026-01-31T12:00:00Z");
    }

    @Test
    void of_several_none_is_the_one_that_is_meant() {
        var two = workflow("t: {every: 5h}", "u: {every: 12h}");
        assertThat(ManualRuns.only(two)).isEmpty();
        assertThat(interval(two, ManualRuns.named(two, "u"))).endsWith(" 2026-01-31T12:00:00Z");
        assertThat(ManualRuns.named(two, "v")).isEmpty();
        assertThat(ManualRuns.only(workflow())).isEmpty();
    }

    @Test
    void without_a_complete_interval_it_has_no_length() {
        var none = "2026-01-31T12:00:00Z 2026-01-31T12:00:00Z";
        assertThat(interval(workflow(), Optional.empty())).isEqualTo(none);
        for (var trigger : List.of("t: {at: [2026-02-01]}", "t: {datasets: {any: ['s3://a/b']}}")) {
            var workflow = workflow(trigger);
            assertThat(interval(workflow, ManualRuns.only(workflow))).isEqualTo(none);
        }
    }

    @Test
    void a_name_that_no_trigger_has_is_told_with_what_may_be_meant() {
        assertThat(ManualRuns.unknown(workflow("nightly: {every: 5h}"), "nigthly"))
                .isEqualTo("workflow 'w' has no trigger 'nigthly'; did you mean 'nightly'?");
        assertThat(ManualRuns.unknown(workflow("a: {every: 5h}", "b: {every: 5h}"), "nightly"))
                .isEqualTo("workflow 'w' has no trigger 'nightly'; it has a, b");
        assertThat(ManualRuns.unknown(workflow(), "nightly"))
                .isEqualTo("workflow 'w' has no trigger 'nightly'; it has none");
    }

    @Test
    void inputs_of_a_trigger_are_computed_from_the_run() {
        var workflow = workflow("t: {every: 12h, inputs: {day: \"${{ date(run.interval.start, 'UTC') }}\"}}");
        var trigger = workflow.triggers().getFirst();
        var facts = ManualRuns.facts("id", workflow, 3, NOON, Optional.of(trigger));

        assertThat(Inputs.given(trigger, facts)).hasToString("{day=\"2026-01-31\"}");
    }

    @Test
    void schedules_read_as_people_write_them() {
        var workflow = workflow(
                "a: {cron: '30 2 * * *', timezone: Europe/Stockholm}",
                "b: {every: 15m, offset: 5m}",
                "c: {at: [2026-02-01, 2026-02-02]}",
                "d: {at: [2026-02-01T08:00]}",
                "e: {datasets: {all: ['s3://a/b', 's3://c/d']}}",
                "f: {datasets: {any: ['s3://a/b']}}");
        assertThat(workflow.triggers().stream().map(Trigger::schedule).map(ScheduleText::when))
                .containsExactly(
                        "30 2 * * * Europe/Stockholm",
                        "every 15m, offset 5m",
                        "at 2 times",
                        "at 2026-02-01T08:00:00Z",
                        "after all of s3://a/b, s3://c/d",
                        "after s3://a/b");
        var stockholm = workflow.triggers().getFirst().schedule();
        assertThat(ScheduleText.local(stockholm, NOON)).isEqualTo("2026-01-31T13:00:00+01:00");
        assertThat(ScheduleText.local(workflow.triggers().get(1).schedule(), NOON))
                .isEqualTo("2026-01-31T12:00:00Z");
    }
}
