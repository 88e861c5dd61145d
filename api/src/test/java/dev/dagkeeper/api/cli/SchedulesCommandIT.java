package dev.dagkeeper.api.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Deploying triggers and looking after them, through the real command line of a real engine. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SchedulesCommandIT {
    /** Far from now whenever the tests run. */
    private static final String YEARLY =
            "  yearly: {cron: '30 2 1 1 *', timezone: Asia/Tokyo, from: 2090-01-01, inputs: {mode: full}}";

    private static final String RARE = "  rare: {every: 3650d, offset: 1d, from: 2090-01-01}";

    @TempDir
    private static Path directory;

    private final EngineHost host =
            ServiceLoader.load(EngineHost.class).findFirst().orElseThrow();

    @BeforeAll
    void start() throws Exception {
        host.start(HostOptions.of(directory.resolve("data"), HostOptions.Lifetime.SERVER)
                .withSlots(2));
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

    private static JsonNode json(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-o", "json"));
        return JsonMapper.shared().readTree(succeed(all.toArray(String[]::new)));
    }

    private static String file(String name, String inputMore, String triggers) throws IOException {
        var file = directory.resolve(name + ".yaml");
        Files.writeString(file, """
            version: 1
            name: %s
            inputs: {mode: {type: string%s}}
            triggers:
            %s
            steps:
              a: {uses: shell, run: 'echo "$MODE"', env: {MODE: "${{ inputs.mode }}"}}
            """.formatted(name, inputMore, triggers));
        return file.getFileName().toString();
    }

    private static CommandRun deploy(String name, String... triggers) throws IOException {
        return run("deploy", file(name, ", default: plain", String.join("\n", triggers)));
    }

    @Test
    void deploy_prints_the_next_fires_in_the_zone_and_in_utc() throws IOException {
        var deployed = deploy("printed", YEARLY, RARE, "  over: {every: 1h, until: 2020-01-01}");

        assertThat(deployed.code()).as("%s", deployed).isZero();
        assertThat(deployed.out().lines())
                .containsExactly(
                        "default/printed created (revision 1)",
                        "  over: every 1h",
                        "    no fire to come",
                        "  rare: every 3650d, offset 1d",
                        "    2099-12-01T00:00:00Z  2099-12-01T00:00:00Z",
                        "    2109-11-29T00:00:00Z  2109-11-29T00:00:00Z",
                        "    2119-11-27T00:00:00Z  2119-11-27T00:00:00Z",
                        "  yearly: 30 2 1 1 * Asia/Tokyo",
                        "    2090-01-01T02:30:00+09:00  2089-12-31T17:30:00Z",
                        "    2091-01-01T02:30:00+09:00  2090-12-31T17:30:00Z",
                        "    2092-01-01T02:30:00+09:00  2091-12-31T17:30:00Z");
    }

    @Test
    void schedules_are_listed_and_their_next_fires() throws IOException {
        deploy("listed", YEARLY, RARE);

        assertThat(succeed("schedules", "--workflow", "listed").lines())
                .satisfiesExactly(
                        head -> assertThat(head).startsWith("SCHEDULE"),
                        rare -> assertThat(rare)
                                .startsWith("default.listed.rare")
                                .contains("every 3650d", "active"),
                        yearly -> assertThat(yearly)
                                .contains("30 2 1 1 * Asia/Tokyo", "active", "2090-01-01T02:30:00+09:00"));
        assertThat(succeed("schedules", "list", "--workflow", "listed", "-o", "name"))
                .isEqualTo("default.listed.rare\ndefault.listed.yearly\n");
        assertThat(run("schedules", "--namespace", "nowhere").err()).contains("No schedules.");

        var next =
                succeed("schedules", "next", "listed.yearly", "-n", "2").lines().toList();
        assertThat(next.get(0)).matches("SCHEDULE +FIRE +UTC +IN");
        assertThat(next.get(1)).contains("default.listed.yearly", "2090-01-01T02:30:00+09:00", "2089-12-31T17:30:00Z");
        assertThat(next).hasSize(3);
        var after = json("schedules", "next", "default/listed/yearly", "--after", "2099-12-31T17:30:00Z", "-n", "1");
        assertThat(after.get(0).path("local").asString()).isEqualTo("2101-01-01T02:30:00+09:00");
        var all = json("schedules", "next", "-n", "3");
        assertThat(all.size()).isEqualTo(3);
        assertThat(run("schedules", "next", "listed.yearly", "-n", "0").code()).isEqualTo(2);
    }

    @Test
    void a_schedule_is_paused_resumed_and_started_by_hand() throws IOException {
        deploy("steered", YEARLY);

        assertThat(succeed("schedules", "pause", "steered")).isEqualTo("default.steered.yearly is paused\n");
        assertThat(json("schedules", "--workflow", "steered")
                        .get(0)
                        .path("reason")
                        .asString())
                .isEqualTo("paused by local");
        var id = succeed("schedules", "trigger", "steered.yearly", "--key", "once")
                .strip();
        assertThat(succeed("schedules", "trigger", "steered.yearly", "--key", "once")
                        .strip())
                .isEqualTo(id);
        assertThat(run("runs", "wait", id).code()).isZero();
        assertThat(succeed("logs", id + "/a")).isEqualTo("full\n");
        assertThat(succeed("schedules", "resume", "steered"))
                .isEqualTo("default.steered.yearly is active, next fire 2090-01-01T02:30:00+09:00\n");
        assertThat(run("schedules", "fires", "steered").err()).contains("No fires.");

        var named = json("submit", "steered", "--trigger", "yearly", "--at", "2091-06-01T00:00:00Z");
        assertThat(named.path("inputs").path("mode").asString()).isEqualTo("full");
        assertThat(named.path("interval").path("end").asString()).startsWith("2090-12-31T17:30:00");
    }

    @Test
    void fires_are_listed_with_their_runs_and_what_a_pause_has_skipped() throws IOException {
        deploy("ticking", "  t: {every: 1s, inputs: {mode: ticked}}");
        waitFor(() -> fires("started").size() >= 2);
        var first = fires("started").getLast();
        var run = json("runs", "wait", first.path("run").asString());
        assertThat(run.path("trigger").asString()).isEqualTo("t");
        assertThat(run.path("inputs").path("mode").asString()).isEqualTo("ticked");
        assertThat(run.path("interval").path("end")).isEqualTo(first.path("fire"));

        assertThat(succeed("status", run.path("id").asString()))
                .contains(
                        "trigger   t, fire " + Instant.parse(first.path("fire").asString()) + "\n")
                .contains("interval  ");

        succeed("schedules", "pause", "ticking");
        var paused = json("schedules", "--workflow", "ticking")
                .get(0)
                .path("pausedAt")
                .asString();
        succeed("schedules", "trigger", "ticking");
        waitFor(() ->
                InstantSource.system().instant().isAfter(Instant.parse(paused).plusSeconds(3)));
        succeed("schedules", "resume", "ticking");
        waitFor(() -> fires("skipped").size() >= 2);
        assertThat(succeed("schedules", "fires", "ticking", "--outcome", "skipped")
                        .lines()
                        .toList())
                .satisfies(lines -> {
                    assertThat(lines.getFirst()).matches("FIRE +UTC +OUTCOME +RUN +STATE +REASON");
                    assertThat(lines.get(1)).contains("SKIPPED", "paused", "by local");
                });
        assertThat(succeed("workflows", "delete", "ticking")).contains("deleted");
    }

    private static void waitFor(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(60)).until(condition);
    }

    private static List<JsonNode> fires(String outcome) {
        return json("schedules", "fires", "ticking", "--outcome", outcome).values().stream()
                .toList();
    }

    @Test
    void a_workflow_is_paused_resumed_and_deleted_with_all_its_triggers() throws IOException {
        deploy("whole", YEARLY, RARE);

        assertThat(succeed("workflows", "pause", "whole").lines())
                .containsExactly("default.whole.rare is paused", "default.whole.yearly is paused");
        assertThat(deploy("whole", YEARLY, RARE).out()).contains("yearly: 30 2 1 1 * Asia/Tokyo (paused by local)");
        assertThat(succeed("workflows", "resume", "default/whole").lines())
                .allMatch(line -> line.contains(" is active"));
        assertThat(succeed("workflows", "delete", "whole")).isEqualTo("default/whole deleted\n");
        assertThat(run("workflows", "delete", "whole").code()).isEqualTo(5);
        assertThat(run("workflows", "pause", "whole").code()).isEqualTo(5);
        assertThat(json("schedules", "--workflow", "whole")).isEmpty();
        var gone = run("schedules", "pause", "whole.yearly");
        assertThat(gone.code()).isEqualTo(6);
        assertThat(gone.err()).contains("no deployed revision of workflow default/whole has trigger 'yearly' any more");
    }

    @Test
    void what_is_not_there_is_told_with_what_may_be_meant() throws IOException {
        deploy("misspelt", YEARLY);

        var unknown = run("schedules", "pause", "misspelt.yearyl");
        assertThat(unknown.code()).isEqualTo(5);
        assertThat(unknown.err()).contains("did you mean 'misspelt.yearly'?");
        assertThat(run("schedules", "pause", "no such").code()).isEqualTo(2);
        assertThat(run("schedules", "pasue", "misspelt").code()).isEqualTo(2);
        var trigger = run("submit", "misspelt", "--trigger", "yearyl");
        assertThat(trigger.code()).isEqualTo(2);
        assertThat(trigger.err()).contains("workflow 'misspelt' has no trigger 'yearyl'; did you mean 'yearly'?");
    }

    @Test
    void a_cron_expression_that_never_fires_is_deployed_with_a_warning() throws IOException {
        var never = file("never", ", default: plain", "  t: {cron: '30 2 31 2 *', timezone: UTC}");

        assertThat(run("validate", never))
                .satisfies(run -> assertThat(run.code()).isZero())
                .satisfies(run -> assertThat(run.err()).contains("never.yaml:5:13: warning W0007"));
        var deployed = run("deploy", never);
        assertThat(deployed.code()).as("%s", deployed).isZero();
        assertThat(deployed.err()).contains("never.yaml:5:13: warning W0007");
        assertThat(deployed.out()).contains("  t: 30 2 31 2 * UTC\n    no fire to come\n");
        assertThat(run("schedules", "--workflow", "never").out()).contains("active  none to come");
    }

    @Test
    void a_trigger_that_cannot_be_carried_out_is_refused_with_its_place() throws IOException {
        refused("needy", "", "  t: {every: 1d}", "needy.yaml:5:3: error E0161", "required input 'mode'");
        refused(
                "backwards",
                ", default: x",
                "  t: {every: 1d, from: 2026-02-01, until: 2026-01-01}",
                "backwards.yaml:5:43: error E0116",
                "until 2026-01-01 is not after from 2026-02-01");
        refused(
                "elsewhere",
                ", default: x",
                "  t: {cron: '@daily', timezone: Europe/Stokholm}",
                "elsewhere.yaml:5:33: error E0114",
                "did you mean 'Europe/Stockholm'?");
        assertThat(json("schedules", "--workflow", "needy")).isEmpty();
    }

    private static void refused(String name, String inputMore, String trigger, String place, String said)
            throws IOException {
        var file = file(name, inputMore, trigger);
        for (var command : List.of("validate", "deploy")) {
            var run = run(command, file);
            assertThat(run.code()).as("%s", run).isEqualTo(2);
            assertThat(run.err()).contains(place).contains(said);
        }
        assertThat(run("workflows", "get", name).code()).isEqualTo(5);
    }
}
