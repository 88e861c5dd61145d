package dev.dagkeeper.api.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class PlanCommandTest {
    private static final String ORDERS = """
            version: 1
            name: orders
            inputs:
              day: {type: date, default: "${{ date(run.interval.start, 'Europe/Stockholm') }}"}
              regions: {type: list<string>, default: [eu, us]}
              full: {type: bool, default: false}
            triggers:
              nightly: {cron: "30 2 * * *", timezone: Europe/Stockholm, inputs: {full: true}}
              hourly: {every: 1h, until: 2026-06-01}
            concurrency: {group: "orders of ${{ inputs.day }}", max: 2, on-conflict: queue-latest}
            deadlines: [{from: scheduled, within: 90m, do: alert}]
            steps:
              report: {uses: noop, needs: [load, extract], join: none-failed}
              load: {uses: noop, needs: [extract], foreach: {in: inputs.regions, as: region}, queue: big}
              extract: {uses: shell, run: 'echo "$DAY"', env: {DAY: "${{ inputs.day }}"}, outputs: {rows: {type: int}}}
              vacuum: {uses: noop, needs: [extract], when: inputs.full}
              alarm: {uses: noop, needs: [extract], when: steps.extract.outputs.rows == 0}
            hooks:
              always: {clean: {uses: noop}}
            """;

    @TempDir
    private Path directory;

    private CommandRun plan(String source, String... more) throws IOException {
        Files.writeString(directory.resolve("w.yaml"), source);
        var arguments = new java.util.ArrayList<>(java.util.List.of("plan", "w.yaml"));
        arguments.addAll(java.util.List.of(more));
        return CommandRun.of(directory, arguments.toArray(String[]::new));
    }

    @Test
    void each_trigger_is_planned_with_its_interval_and_inputs() throws IOException {
        var run = plan(ORDERS, "--at", "2026-03-29T12:00:00Z", "-o", "json");

        assertThat(run.code()).as("%s", run).isZero();
        var runs = JsonMapper.shared().readTree(run.out()).path("runs");
        assertThat(runs.size()).isEqualTo(2);
        var hourly = runs.get(0);
        assertThat(hourly.path("trigger").asString()).isEqualTo("hourly");
        assertThat(hourly.path("fire").asString()).isEqualTo("2026-03-29T12:00:00Z");
        assertThat(hourly.path("inputs").path("full").asBoolean()).isFalse();
        var nightly = runs.get(1);
        assertThat(nightly.path("local").asString()).isEqualTo("2026-03-30T02:30:00+02:00");
        // The fire before fell into the gap and came at its end.
        assertThat(nightly.path("interval").path("start").asString()).isEqualTo("2026-03-29T01:00:00Z");
        assertThat(nightly.path("interval").path("end").asString()).isEqualTo("2026-03-30T00:30:00Z");
        assertThat(nightly.path("inputs").toString())
                .isEqualTo("{\"day\":\"2026-03-29\",\"regions\":[\"eu\",\"us\"],\"full\":true}");
    }

    @Test
    void steps_come_in_their_order_with_what_decides_about_them() throws IOException {
        var run = plan(ORDERS, "--at", "2026-03-29T12:00:00Z", "--trigger", "nightly");

        assertThat(run.code()).as("%s", run).isZero();
        assertThat(run.out().lines())
                .containsSubsequence(
                        "default/orders, trigger nightly",
                        "  at        2026-03-30T02:30:00+02:00  2026-03-30T00:30:00Z",
                        "  interval  2026-03-29T01:00:00Z  2026-03-30T00:30:00Z",
                        "  inputs    day = \"2026-03-29\"",
                        "            full = true",
                        "  group     orders of 2026-03-29, at most 2 at once, else queue-latest",
                        "  deadline  90m after scheduled: alert",
                        "  ORDER   STEP          USES   QUEUE    NEEDS          CONDITIONS",
                        "  1       extract       shell  default",
                        "  2       load          noop   big      extract        foreach in inputs.regions (2 items)",
                        "  2       vacuum        noop   default  extract        when inputs.full (true)",
                        "  2       alarm         noop   default  extract        when steps.extract.outputs.rows == 0",
                        "  3       report        noop   default  load, extract  join none-failed",
                        "  hook 1  always.clean  noop   default");
        assertThat(run.out()).doesNotContain("hourly");
        assertThat(plan(ORDERS, "--at", "2026-03-29T12:00:00Z", "--trigger", "hourly")
                        .out())
                .contains("when inputs.full (false: skipped)");
    }

    @Test
    void without_triggers_a_run_by_hand_is_planned() throws IOException {
        var source = """
                version: 1
                name: plain
                inputs: {day: {type: date}}
                steps: {a: {uses: shell, run: 'echo "$D"', env: {D: "${{ inputs.day }}"}}}
                """;

        var run = plan(source, "--at", "2026-01-31T12:00:00+01:00", "-i", "day=2026-01-30");
        assertThat(run.code()).as("%s", run).isZero();
        assertThat(run.out())
                .contains("default/plain, started by hand\n")
                .contains("  at        2026-01-31T11:00:00Z\n")
                .contains("  interval  2026-01-31T11:00:00Z  2026-01-31T11:00:00Z\n")
                .contains("  inputs    day = \"2026-01-30\"\n");

        var missing = plan(source, "--at", "2026-01-31T12:00:00Z");
        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err()).contains("input 'day': a value is required");
        assertThat(missing.out()).isEmpty();
    }

    @Test
    void what_does_not_fire_any_more_is_said() throws IOException {
        var over = plan(ORDERS, "--at", "2027-01-01T00:00:00Z", "--trigger", "hourly");
        assertThat(over.code()).isZero();
        assertThat(over.err()).contains("Nothing fires at 2027-01-01T00:00:00Z or later.");
        assertThat(over.out()).isEmpty();
    }

    @Test
    void what_cannot_be_planned_is_refused() throws IOException {
        var unknown = plan(ORDERS, "--trigger", "nigthly");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("workflow 'orders' has no trigger 'nigthly'; did you mean 'nightly'?");
        assertThat(plan(ORDERS, "--at", "tomorrow").code()).isEqualTo(2);
        assertThat(plan("version: 1\nname: w\nsteps: {}\n").code()).isEqualTo(2);
    }
}
