package dev.dagkeeper.api.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands as clients of a real engine on embedded stores, hosted in this process. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.MethodName.class)
class CommandsIT {
    private static final String GREETING = """
            version: 1
            name: greeting
            inputs:
              word: {type: string, default: hello}
              times: {type: int, default: 1}
            files: [data.txt]
            steps:
              greet:
                uses: shell
                run: echo "$WORD $TIMES"; cat data.txt
                env: {WORD: "${{ inputs.word }}", TIMES: "${{ inputs.times }}"}
              bye: {uses: shell, run: echo bye, needs: [greet]}
            """;

    private static final String FAILING = """
            version: 1
            name: failing
            steps:
              good: {uses: noop}
              bad: {uses: shell, run: "echo last words; exit 3", needs: [good]}
              never: {uses: noop, needs: [bad]}
            """;

    private static final String SLOW = """
            version: 1
            name: slow
            steps:
              sleep: {uses: shell, run: sleep 60}
            """;

    @TempDir
    private static Path directory;

    private final EngineHost host =
            ServiceLoader.load(EngineHost.class).findFirst().orElseThrow();

    @BeforeAll
    void start() throws Exception {
        Files.writeString(directory.resolve("greeting.yaml"), GREETING);
        Files.writeString(directory.resolve("data.txt"), "shipped\n");
        Files.writeString(directory.resolve("failing.yaml"), FAILING);
        Files.writeString(directory.resolve("slow.yaml"), SLOW);
        host.start(HostOptions.of(directory.resolve("data"), HostOptions.Lifetime.SERVER)
                .withSlots(4));
    }

    @AfterAll
    void stop() {
        host.close();
    }

    @Test
    void run_shows_a_line_a_state_change_and_ends_with_the_verdict() {
        var run = run("run", "greeting.yaml", "-i", "word=hi", "-i", "times=3");

        assertThat(run.code()).as("%s", run).isZero();
        assertThat(run.out())
                .containsPattern("greet {2}running")
                .containsPattern("bye {2}succeeded")
                .containsPattern("run [0-9a-f-]{36} succeeded in ");
        var id = run.out().replaceAll("(?s).*run ([0-9a-f-]{36}) succeeded.*", "$1");
        assertThat(run("logs", id + "/greet").out()).isEqualTo("hi 3\nshipped\n");
        assertThat(run("logs", id).out()).contains("greet").contains("hi 3").contains("bye");
    }

    @Test
    void jsonl_is_the_event_stream_as_it_is() {
        var run = run("run", "greeting.yaml", "-o", "jsonl");

        assertThat(run.code()).isZero();
        var last = 0L;
        for (var line : run.out().lines().toList()) {
            var event = JsonMapper.shared().readTree(line);
            assertThat(event.has("type")).isTrue();
            assertThat(event.path("seq").asLong()).isGreaterThan(last);
            last = event.path("seq").asLong();
        }
        assertThat(last).isPositive();
    }

    @Test
    void a_failed_run_ends_with_what_failed_and_what_to_do_next() {
        var run = run("run", "failing.yaml");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains("step bad failed, exit code 3")
                .contains("  | last words")
                .containsPattern("dagkeeper logs [0-9a-f-]{36}/bad")
                .containsPattern("dagkeeper why [0-9a-f-]{36}/bad");

        var why = run("why", "@failed/never");
        assertThat(why.code()).isZero();
        assertThat(why.out()).contains("never is upstream-failed").contains("because bad is failed");
        assertThat(run("graph", "@failed").out()).contains("[bad: failed]").contains("[never: upstream-failed]");
    }

    @Test
    void submit_prints_the_id_alone_and_the_same_key_starts_nothing_new() {
        var first = run("submit", "greeting.yaml", "--key", "k1");
        var again = run("submit", "greeting.yaml", "--key", "k1");

        assertThat(first.out()).matches("[0-9a-f-]{36}\n");
        assertThat(again.out()).isEqualTo(first.out());
        var waited = run("runs", "wait", first.out().strip());
        assertThat(waited.code()).isZero();
        assertThat(run("submit", "failing.yaml", "--key", "k1").code()).isEqualTo(2);
    }

    @Test
    void live_settings_are_changed_listed_and_rolled_back() {
        assertThat(run("config", "get", "dispatch.prefetch").out()).isEqualTo("3\n");
        assertThat(run("config", "set", "dispatch.prefetch=5", "worker.slots.other=2", "--note", "a try"))
                .satisfies(set -> assertThat(set.code()).as("%s", set).isZero());
        assertThat(run("pools", "set", "db", "2").code()).isZero();
        assertThat(run("config").out())
                .containsPattern("dispatch.prefetch +5 +version 3")
                .containsPattern("retention.days +0 +default");
        assertThat(run("pools").out()).containsPattern("db +2");
        assertThat(run("config", "history", "-o", "name").out()).isEqualTo("3\n2\n1\n");
        assertThat(run("config", "history").out())
                .contains("a try")
                .contains("dispatch.prefetch=5 worker.slots.other=2");
        assertThat(run("config", "show").out())
                .containsPattern("worker.queues +default +default")
                .containsPattern("pools.db +2 +live version 3");

        assertThat(run("config", "set", "dispatch.prefetch=5", "worker.slot=2"))
                .satisfies(wrong -> assertThat(wrong.code()).isEqualTo(2))
                .satisfies(wrong -> assertThat(wrong.err())
                        .startsWith("dagkeeper: nothing was changed, for a setting is wrong\n")
                        .contains("settings: error unknown-setting: worker.slot: there is no such live setting")
                        .containsOnlyOnce("did you mean 'worker.slots'?"));
        assertThat(run("config", "set", "dispatch.prefetch").code()).isEqualTo(2);
        assertThat(run("config", "set", "retention.days=9", "--if-version", "2").code())
                .isEqualTo(6);
        assertThat(run("config", "get", "nothing"))
                .satisfies(unknown -> assertThat(unknown.code()).isEqualTo(5))
                .satisfies(unknown -> assertThat(unknown.err()).doesNotContain("Did you mean"));
        assertThat(run("config", "get", "dispatch.prefech"))
                .satisfies(misspelt -> assertThat(misspelt.code()).isEqualTo(5))
                .satisfies(misspelt -> assertThat(misspelt.err()).contains("Did you mean 'dispatch.prefetch'?"));
        assertThat(run("config", "unset", "worker.slots.othr").err()).contains("Did you mean 'worker.slots.other'?");
        assertThat(run("pools", "delete", "nothing").code()).isEqualTo(5);
        assertThat(run("pools", "set", "Bad", "1").code()).isEqualTo(2);
        assertThat(run("config", "rollback", "99").code()).isEqualTo(5);

        assertThat(run("pools", "delete", "db", "-o", "name").out()).isEqualTo("4\n");
        assertThat(run("config", "unset", "worker.slots.other").code()).isZero();
        assertThat(run("config", "rollback", "1").out()).isEqualTo("version 6 holds, with the settings of version 1\n");
        assertThat(run("config", "get", "dispatch.prefetch").out()).isEqualTo("3\n");
    }

    @Test
    void status_has_the_promised_fields_and_selectors_find_runs() {
        var id = run("submit", "greeting.yaml").out().strip();
        run("runs", "wait", id);

        var json = json(run("status", id, "-o", "json"));
        assertThat(json.propertyNames())
                .contains("id", "workflow", "namespace", "revision", "state", "trigger", "scheduledFor", "priority")
                .contains("inputs", "outputs", "createdAt", "startedAt", "endedAt", "reason", "steps");
        assertThat(json.path("steps").path(0).propertyNames())
                .contains("id", "index", "state", "reason", "attempt", "worker", "startedAt", "endedAt", "exitCode")
                .contains("error", "outputs");
        assertThat(run("status", "@latest", "-o", "name").out()).isEqualTo(id + "\n");
        assertThat(run("status", id.substring(0, 30), "-o", "name").out()).isEqualTo(id + "\n");
        assertThat(run("status", id).out()).contains("greet").contains("succeeded");
        assertThat(run("status", "00000000").code()).isEqualTo(5);
        var listed = json(run("runs", "--workflow", "greeting", "-o", "json"));
        assertThat(listed.path(0).path("id").asString("")).isEqualTo(id);
        assertThat(listed.path(0).path("steps").size()).isEqualTo(2);
        assertThat(run("runs", "--workflow", "greeting").out()).containsPattern(id + " +greeting +succeeded +2/2 ");
    }

    @Test
    void a_cancelled_run_is_exit_code_3_and_waiting_can_be_given_up() {
        var id = run("submit", "slow.yaml").out().strip();

        assertThat(run("runs", "wait", id, "--timeout", "500ms").code()).isEqualTo(7);
        var cancelled = run("runs", "cancel", id);
        assertThat(cancelled.code()).as("%s", cancelled).isZero();
        assertThat(run("runs", "watch", id).code()).isEqualTo(3);
        assertThat(run("runs", "cancel", id).code()).isEqualTo(6);
    }

    @Test
    void deploy_says_what_changed_and_diff_shows_it() throws IOException {
        var file = directory.resolve("deployed.yaml");
        Files.writeString(file, FAILING.replace("name: failing", "name: deployed"));

        assertThat(run("diff", "deployed.yaml").code()).isEqualTo(1);
        assertThat(run("deploy", "deployed.yaml").out()).isEqualTo("default/deployed created (revision 1)\n");
        assertThat(run("deploy", "deployed.yaml").out()).isEqualTo("default/deployed unchanged (revision 1)\n");
        assertThat(run("diff", "deployed.yaml").code()).isZero();
        Files.writeString(file, Files.readString(file).replace("exit 3", "exit 4"));
        assertThat(run("diff", "deployed.yaml").out())
                .contains("-  bad:")
                .contains("+  bad:")
                .contains("exit 4");
        assertThat(run("deploy", "deployed.yaml").out()).isEqualTo("default/deployed changed (revision 2)\n");
        assertThat(run("workflows", "history", "deployed", "-o", "name").out())
                .isEqualTo("default/deployed@2\ndefault/deployed@1\n");
        assertThat(run("workflows", "get", "deployed@1").out()).contains("exit 3");
        assertThat(run("workflows", "get", "unknown").code()).isEqualTo(5);
        assertThat(run("run", "deployed").code()).isEqualTo(1);
    }

    @Test
    void wrong_inputs_are_exit_code_2_and_start_nothing() {
        for (var input : List.of("times=many", "unknown=1")) {
            var before = json(run("runs", "--limit", "500", "-o", "json")).size();
            var run = run("submit", "greeting.yaml", "-i", input);
            assertThat(run.code()).as("%s", run).isEqualTo(2);
            assertThat(run.err()).contains(input.substring(0, input.indexOf('=')));
            assertThat(json(run("runs", "--limit", "500", "-o", "json")).size()).isEqualTo(before);
        }
    }

    @Test
    void workers_queue_and_cluster_are_shown() {
        assertThat(run("workers").out())
                .contains("WORKER")
                .contains("default")
                .contains("MEMORY")
                .contains("GiB");
        assertThat(json(run("cluster", "-o", "json")).path("slots").asInt()).isEqualTo(4);
        assertThat(run("queue").code()).isZero();
        assertThat(run("queue", "--limit", "0").code()).isEqualTo(2);
        assertThat(json(run("locks", "--limit", "7", "-o", "json")).isArray()).isTrue();
    }

    @Test
    void the_doctor_finds_nothing_on_a_system_that_has_worked() {
        run("run", "failing.yaml");
        run("run", "greeting.yaml");
        var doctor = run("doctor", "--all", "--patience", "5s");
        assertThat(doctor.code()).as("%s", doctor).isZero();
        assertThat(doctor.out()).contains("final-state-changed").contains("started-before-join");
    }

    private static JsonNode json(CommandRun run) {
        return JsonMapper.shared().readTree(run.out());
    }

    private static CommandRun run(String... arguments) {
        return CommandRun.of(directory, new ArrayList<>(List.of(arguments)).toArray(String[]::new));
    }
}
