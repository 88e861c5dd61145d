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

/** Updating datasets and looking at what follows, through the real command line of a real engine. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatasetsCommandIT {
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

    private static String succeed(String... arguments) {
        var run = CommandRun.of(directory, arguments);
        assertThat(run.code()).as("%s", run).isZero();
        return run.out();
    }

    private static JsonNode json(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-o", "json"));
        return JsonMapper.shared().readTree(succeed(all.toArray(String[]::new)));
    }

    @Test
    void an_update_starts_what_waits_for_it_and_is_seen_by_it() throws Exception {
        Files.writeString(directory.resolve("reads.yaml"), """
                version: 1
                name: reads
                inputs: {rows: {type: int, default: 0}}
                triggers:
                  on: {datasets: {all: ["mem://orders", "mem://rates"]}, inputs: {rows: "${{ run.events[0].data.rows }}"}}
                steps:
                  a: {uses: shell, run: 'echo "$ROWS"', env: {ROWS: "${{ inputs.rows }}"}}
                """);
        assertThat(succeed("deploy", "reads.yaml").lines())
                .containsExactly(
                        "default/reads created (revision 1)",
                        "  on: after all of mem://orders, mem://rates",
                        "    waits for an update of mem://orders and mem://rates");
        var plan = CommandRun.of(directory, "plan", "reads.yaml");
        assertThat(plan.code()).isZero();
        assertThat(plan.err())
                .contains("Trigger on fires by updates, and not by the clock: after all of mem://orders, mem://rates.");

        var id = succeed("datasets", "post", "mem://orders", "-d", "rows=7", "-d", "from=ada", "--key", "once")
                .strip();
        assertThat(succeed("datasets", "post", "mem://orders", "-d", "rows=7", "-d", "from=ada", "--key", "once")
                        .strip())
                .isEqualTo(id);
        assertThat(succeed("schedules", "next", "reads").lines().toList().getLast())
                .matches("default.reads.on +waits for an update of mem://rates; 1 of 2 are updated");
        assertThat(succeed("schedules").lines().toList().getLast())
                .contains("active", "waits for an update of mem://rates; 1 of 2 are updated");
        assertThat(json("schedules", "next")
                        .get(0)
                        .path("updates")
                        .get(0)
                        .path("count")
                        .intValue())
                .isEqualTo(1);
        succeed("datasets", "post", "mem://rates");

        var fires = await().atMost(Duration.ofSeconds(60))
                .until(() -> json("schedules", "fires", "reads"), found -> !found.isEmpty());
        var run = fires.get(0).path("run").stringValue();
        assertThat(json("runs", "wait", run).path("inputs").path("rows").intValue())
                .isEqualTo(7);
        assertThat(succeed("logs", run + "/a")).isEqualTo("7\n");
        var events = json("datasets", "events", "--run", run);
        assertThat(events.size()).isEqualTo(2);
        assertThat(events.get(1).path("data").path("from").stringValue()).isEqualTo("ada");
        assertThat(succeed("datasets", "events", "mem://orders").lines())
                .satisfiesExactly(
                        head -> assertThat(head).matches("EVENT +DATASET +AT +FROM +DATA +SEEN BY"),
                        row -> assertThat(row)
                                .contains("mem://orders", "local", "\"rows\":7", "default.reads.on " + run));
        assertThat(succeed("datasets", "-o", "name").lines()).containsExactly("mem://orders", "mem://rates");
        assertThat(succeed("datasets", "list").lines().toList().getLast()).contains("mem://rates", "default.reads.on");
    }

    @Test
    void what_cannot_be_meant_is_refused() {
        assertThat(CommandRun.of(directory, "datasets", "post", "orders").err()).contains("expected 'uri' to be a URI");
        assertThat(CommandRun.of(directory, "datasets", "post", "mem://a", "-d", "x")
                        .code())
                .isEqualTo(2);
        assertThat(CommandRun.of(directory, "datasets", "post", "mem://a", "--at", "now")
                        .code())
                .isEqualTo(2);
        assertThat(CommandRun.of(directory, "datasets", "events", "--limit", "0")
                        .code())
                .isEqualTo(2);
    }
}
