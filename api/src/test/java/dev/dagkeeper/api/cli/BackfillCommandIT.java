package dev.dagkeeper.api.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Backfills through the real command line and a real engine. The trigger itself does not fire while the tests run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackfillCommandIT {
    private static final String WORKFLOW = """
            version: 1
            name: filled
            inputs: {mode: {type: string}}
            triggers:
              daily: {cron: '30 2 * * *', timezone: Asia/Tokyo, from: 2090-01-01, inputs: {mode: full}}
            steps:
              a: {uses: shell, run: 'echo "$MODE"', env: {MODE: "${{ inputs.mode }}"}}
            """;
    private static final String FROM = "2026-01-01T00:00:00Z";
    private static final String TO = "2026-01-04T00:00:00Z";

    @TempDir
    private static Path directory;

    private final EngineHost host =
            ServiceLoader.load(EngineHost.class).findFirst().orElseThrow();

    @BeforeAll
    void start() throws Exception {
        host.start(HostOptions.of(directory.resolve("data"), HostOptions.Lifetime.SERVER)
                .withSlots(2));
        Files.writeString(directory.resolve("filled.yaml"), WORKFLOW);
        succeed("deploy", "filled.yaml");
    }

    @AfterAll
    void stop() {
        host.close();
    }

    private static CommandRun run(String... arguments) {
        return CommandRun.of(directory, arguments);
    }

    private static String succeed(String... arguments) {
        var run = run(arguments);
        assertThat(run.code()).as("%s", run).isZero();
        return run.out();
    }

    private static CommandRun create(String... more) {
        var all = new ArrayList<>(List.of("backfill", "create", "filled", "--from", FROM, "--to", TO));
        all.addAll(List.of(more));
        return run(all.toArray(String[]::new));
    }

    private static JsonNode json(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-o", "json"));
        return JsonMapper.shared().readTree(succeed(all.toArray(String[]::new)));
    }

    @Test
    void a_range_is_filled_after_a_look_at_what_would_be_started() {
        var dry = create("--dry-run", "--order", "newest-first");
        assertThat(dry.code()).as("%s", dry).isZero();
        assertThat(dry.err()).contains("3 of 3 fires would be started.");
        assertThat(dry.out().lines().toList().get(1))
                .contains("2026-01-04T02:30:00+09:00", "2026-01-03T17:30:00Z", "2026-01-02T17:30:00Z", "nothing");
        assertThat(run("backfill", "list", "--workflow", "filled").err()).contains("No backfills.");

        var id = create("-i", "mode=quick", "--max-active", "2", "--key", "once")
                .out()
                .strip();
        assertThat(create("-i", "mode=quick", "--max-active", "2", "--key", "once")
                        .out()
                        .strip())
                .isEqualTo(id);

        var finished = await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(200))
                .until(
                        () -> json("backfill", "get", id),
                        seen -> seen.path("state").asString().equals("finished"));
        assertThat(finished.path("progress").path("runs").path("succeeded").intValue())
                .isEqualTo(3);
        assertThat(succeed("backfill", "get", "backfill:" + id))
                .contains("backfill " + id + " of default.filled.daily is finished", "3 of 3: 3 succeeded");
        assertThat(succeed("backfill").lines().toList().get(1)).contains(FROM, TO, "finished", "3 of 3: 3 succeeded");
        assertThat(succeed("backfill", "list", "-o", "name")).isEqualTo(id + "\n");
        var runs = json("runs", "list");
        assertThat(runs.size()).isEqualTo(3);
        runs.forEach(run -> {
            assertThat(run.path("trigger").asString()).isEqualTo("backfill:" + id);
            assertThat(succeed("logs", run.path("id").asString() + "/a")).isEqualTo("quick\n");
        });
        var again = create("--dry-run");
        assertThat(again.err()).contains("0 of 3 fires would be started.");
        var ended = run("backfill", "cancel", id);
        assertThat(ended.code()).isEqualTo(6);
        assertThat(ended.err()).contains("is finished and cannot be cancelled");
    }

    @Test
    void a_range_without_offsets_is_by_the_clock_of_the_triggers_zone() {
        var days = json("backfill", "create", "filled", "--from", "2026-02-01", "--to", "2026-02-03", "--dry-run");
        assertThat(days.path("items").findValuesAsString("local"))
                .containsExactly("2026-02-01T02:30:00+09:00", "2026-02-02T02:30:00+09:00");
        var hours = json(
                "backfill", "create", "filled", "--from", "2026-02-01T02:30", "--to", "2026-02-02T02:30", "--dry-run");
        assertThat(hours.path("items").findValuesAsString("local")).containsExactly("2026-02-01T02:30:00+09:00");
        var day = run("backfill", "create", "filled", "--from", "2026-02-01", "--to", "2026-02-01", "--dry-run");
        assertThat(day.code()).isEqualTo(2);
        assertThat(day.err()).contains("found 2026-02-01 and 2026-02-01");
        var typed = run("backfill", "create", "filled", "--from", "01.02.2026", "--to", "2026-02-03");
        assertThat(typed.code()).isEqualTo(2);
        assertThat(typed.err()).contains("--from is '01.02.2026'; expected a date or time, such as 2026-01-31,");
    }

    @Test
    void what_cannot_be_meant_is_refused() {
        var unknown = run("backfill", "create", "filed", "--from", FROM, "--to", TO);
        assertThat(unknown.code()).isEqualTo(5);
        assertThat(unknown.err()).contains("did you mean 'filled'?");
        assertThat(create("--reprocess", "some").code()).isEqualTo(2);
        assertThat(create("-i", "other=1").code()).isEqualTo(2);
        assertThat(run("backfill", "create", "filled", "--from", FROM).code()).isEqualTo(2);
        assertThat(run("backfill", "create", "filled", "--from", "yesterday", "--to", TO)
                        .code())
                .isEqualTo(2);
        assertThat(run("backfill", "get", "4711").code()).isEqualTo(5);
        assertThat(run("backfill", "pause", "x").code()).isEqualTo(2);
    }
}
