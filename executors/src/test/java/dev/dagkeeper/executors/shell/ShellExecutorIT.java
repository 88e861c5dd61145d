package dev.dagkeeper.executors.shell;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.executors.StepFixture;
import dev.dagkeeper.executors.StepFixture.Attempt;
import dev.dagkeeper.executors.StepFixture.Ended;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;

class ShellExecutorIT {
    @TempDir
    Path directory;

    private StepFixture steps;

    @BeforeEach
    void open() throws IOException {
        steps = new StepFixture(new ShellExecutor(), directory);
    }

    @AfterEach
    void close() {
        steps.close();
    }

    @Test
    void both_outputs_come_to_the_log_in_order() throws InterruptedException {
        var ended = steps.run(Attempt.script("echo one; echo two >&2; echo three"));
        assertThat(ended.log()).isEqualTo("one\ntwo\nthree\n");
        assertThat(ended.succeeded().outputs()).isEmpty();
    }

    @Test
    void the_first_failing_command_ends_the_script() throws InterruptedException {
        var ended = steps.run(Attempt.script("echo before; false; echo after"));
        assertThat(ended.log()).isEqualTo("before\n");
        assertThat(ended.failed().exitCode()).contains(1);
    }

    @ParameterizedTest
    @CsvSource({
        "exit 3, exit, 3",
        "nonsense_command, exit, 127",
        "kill -9 $$, signal, 137",
        "kill -TERM $$, signal, 143"
    })
    void exit_codes_and_signals_are_told_apart(String script, String kind, int exitCode) throws InterruptedException {
        var failed = steps.run(Attempt.script(script)).failed();
        assertThat(failed.kind()).isEqualTo(kind);
        assertThat(failed.exitCode()).contains(exitCode);
        assertThat(failed.retryable()).isTrue();
    }

    @Test
    void output_streams_while_the_script_runs() throws Exception {
        var running = steps.start(Attempt.script("echo first; sleep 30"));
        await().atMost(60, SECONDS).until(() -> running.log().equals("first\n"));
        running.interrupt();
        assertThat(running.ended().get(60, SECONDS).result()).isEmpty();
    }

    @Test
    void the_environment_holds_only_what_was_declared() throws InterruptedException {
        var ended = steps.run(Attempt.script("env; pwd")
                .env(Map.of("GREETING", "hello world"))
                .secrets(Map.of("TOKEN", "s3")));
        var lines = ended.log().lines().toList();
        var env = new TreeMap<String, String>(lines.stream()
                .filter(line -> line.contains("="))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf('=')), line -> line.substring(line.indexOf('=') + 1))));
        assertThat(env)
                .containsEntry("GREETING", "hello world")
                .containsEntry("TOKEN", "s3")
                .containsEntry("HOME", "/tmp")
                .containsEntry("DAGKEEPER_RUN_ID", "01919c8e-0000-7000-8000-000000000001")
                .containsEntry("DAGKEEPER_STEP", "a_step")
                .containsEntry("DAGKEEPER_ATTEMPT", "2")
                .containsEntry("DAGKEEPER_KEY", "the-key")
                .containsEntry("DAGKEEPER_SCHEDULED_TIME", "2026-01-31T08:00:00Z");
        assertThat(env.keySet())
                .containsExactlyInAnyOrder(
                        "GREETING",
                        "TOKEN",
                        "HOME",
                        "PATH",
                        "PWD",
                        "DAGKEEPER_RUN_ID",
                        "DAGKEEPER_STEP",
                        "DAGKEEPER_ATTEMPT",
                        "DAGKEEPER_KEY",
                        "DAGKEEPER_SCHEDULED_TIME",
                        "DAGKEEPER_OUTPUT",
                        "DAGKEEPER_PROCESS");
        assertThat(lines.getLast()).endsWith("/work");
    }

    @Test
    void standard_input_is_empty_and_the_session_is_its_own() throws InterruptedException {
        var ended = steps.run(
                Attempt.script("cat; read -r _ < /proc/self/stat; set -- $(cat /proc/$$/stat); echo \"$5 $6 $$\""));
        var fields = ended.log().strip().split(" ");
        assertThat(fields).hasSize(3);
        assertThat(fields[0]).isEqualTo(fields[2]);
        assertThat(fields[1]).isEqualTo(fields[2]);
    }

    @Test
    void outputs_come_from_the_file() throws InterruptedException {
        var ended = steps.run(Attempt.script(
                "echo rows=12 >> $DAGKEEPER_OUTPUT; printf 'text<<E\\na\\nb\\nE\\n' >> $DAGKEEPER_OUTPUT"));
        assertThat(ended.succeeded().outputs())
                .isEqualTo(Map.of(
                        "rows", JsonNodeFactory.instance.stringNode("12"),
                        "text", JsonNodeFactory.instance.stringNode("a\nb")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo nonsense >> $DAGKEEPER_OUTPUT",
                "printf 'a=\\377\\n' >> $DAGKEEPER_OUTPUT",
                "mkfifo $DAGKEEPER_OUTPUT",
                "ln -s /dev/zero $DAGKEEPER_OUTPUT",
                "head -c 5000000 /dev/zero > $DAGKEEPER_OUTPUT"
            })
    void a_broken_output_file_fails_the_step(String script) throws InterruptedException {
        var failed = steps.run(Attempt.script(script)).failed();
        assertThat(failed.kind()).isEqualTo("output");
        assertThat(failed.message()).contains("$DAGKEEPER_OUTPUT");
    }

    @Test
    void a_script_far_larger_than_one_argument_runs() throws InterruptedException {
        var script = "echo begin\n" + "# 0123456789 0123456789 0123456789\n".repeat(20_000) + "echo end\n";
        assertThat(script.length()).isGreaterThan(600_000);
        assertThat(steps.run(Attempt.script(script)).log()).isEqualTo("begin\nend\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"interpreter\": \"bash -u\"}", "{\"interpreter\": [\"bash\", \"-u\"]}"})
    void another_interpreter_reads_the_script(String with) throws InterruptedException {
        var ended = steps.run(
                Attempt.script("a=(1 2 3); echo ${#a[@]}; echo $UNSET_VARIABLE").settings(with));
        assertThat(ended.log()).startsWith("3\n").contains("UNSET_VARIABLE");
        assertThat(ended.failed().kind()).isEqualTo("exit");
    }

    @Test
    void an_interpreter_that_is_not_there_is_named() throws InterruptedException {
        var ended = steps.run(Attempt.script("true").settings("{\"interpreter\": \"no_such_shell\"}"));
        assertThat(ended.failed().exitCode()).contains(127);
        assertThat(ended.log()).contains("no_such_shell");
    }

    @Test
    void binary_output_is_kept_as_it_is() throws Exception {
        var running =
                steps.start(Attempt.script("head -c 3000000 /dev/urandom | tee copy; sha256sum copy | head -c 64"));
        assertThat(running.ended().get(20, SECONDS).result()).isPresent();
        var bytes = running.logBytes();
        var digest = java.security.MessageDigest.getInstance("SHA-256");
        digest.update(bytes, 0, 3_000_000);
        assertThat(new String(bytes, 3_000_000, 64, java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo(java.util.HexFormat.of().formatHex(digest.digest()));
    }

    @Test
    void ending_takes_the_whole_tree_and_who_escaped_from_it() throws Exception {
        // A child in the group, one in a group of its own, and one that forked twice into another session.
        var running = steps.start(Attempt.script("""
                sleep 301 &
                bash -c 'set -m; sleep 302 & wait' &
                setsid sh -c '(setsid sleep 303 >/dev/null 2>&1 &)' &
                sleep 0.3
                echo started
                wait
                """));
        await().atMost(60, SECONDS).until(() -> running.log().contains("started"));
        assertThat(sleeping("301", "302", "303")).hasSize(3);
        running.interrupt();
        assertThat(running.ended().get(60, SECONDS).result()).isEmpty();
        assertThat(sleeping("301", "302", "303")).isEmpty();
    }

    @Test
    void who_ignores_TERM_is_killed_after_the_grace() throws Exception {
        steps.grace(Duration.ofMillis(300));
        var running = steps.start(Attempt.script("trap '' TERM; echo started; sleep 304; sleep 304"));
        await().atMost(60, SECONDS).until(() -> running.log().contains("started"));
        long start = System.nanoTime();
        running.interrupt();
        assertThat(running.ended().get(60, SECONDS).result()).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(290));
        assertThat(sleeping("304")).isEmpty();
    }

    @Test
    void a_trap_has_its_grace_and_its_output_is_kept() throws Exception {
        var running = steps.start(Attempt.script(
                "trap 'echo cleaning; sleep 0.2; echo cleaned; exit 0' TERM; echo started; sleep 305 & wait"));
        await().atMost(60, SECONDS).until(() -> running.log().contains("started"));
        running.interrupt();
        Ended ended = running.ended().get(60, SECONDS);
        assertThat(ended.result()).isEmpty();
        assertThat(ended.log()).isEqualTo("started\ncleaning\ncleaned\n");
    }

    @Test
    void a_second_interrupt_after_the_grace_was_taken_away_kills_at_once() throws Exception {
        steps.grace(Duration.ofMinutes(5));
        var running = steps.start(Attempt.script("trap '' TERM; echo started; sleep 306; sleep 306"));
        await().atMost(60, SECONDS).until(() -> running.log().contains("started"));
        running.interrupt();
        steps.grace(Duration.ZERO);
        running.interrupt();
        assertThat(running.ended().get(60, SECONDS).result()).isEmpty();
        assertThat(sleeping("306")).isEmpty();
    }

    @Test
    void a_background_process_that_keeps_the_output_open_does_not_hold_up_the_step() throws Exception {
        var ended = steps.start(Attempt.script("sleep 307 & echo done")).ended().get(60, SECONDS);
        assertThat(ended.succeeded().outputs()).isEmpty();
        assertThat(ended.log()).startsWith("done\n").contains("left 1 processes in the background");
        assertThat(sleeping("307")).isEmpty();
    }

    @Test
    void an_escaped_background_process_ends_soon_after_its_step() throws Exception {
        var ended = steps.start(Attempt.script("setsid sleep 308 & sleep 0.2; echo done"))
                .ended()
                .get(60, SECONDS);
        assertThat(ended.log()).startsWith("done\n");
        await().atMost(Promised.within(Duration.ofSeconds(4)))
                .untilAsserted(() -> assertThat(sleeping("308")).isEmpty());
    }

    @Test
    void a_noisy_background_process_cannot_hold_up_the_step() throws Exception {
        var ended = steps.start(Attempt.script("yes & exit 0")).ended().get(60, SECONDS);
        assertThat(ended.succeeded().outputs()).isEmpty();
    }

    @Test
    void a_zero_byte_in_a_value_is_refused_with_the_reason() throws InterruptedException {
        var failed = steps.run(Attempt.script("true").env(Map.of("A", "x\0y"))).failed();
        assertThat(failed.kind()).isEqualTo("settings");
        assertThat(failed.retryable()).isFalse();
    }

    /** The sleeping processes with these times, by command line; each test has times of its own. */
    private static List<String> sleeping(String... times) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::info)
                .map(ProcessHandle.Info::commandLine)
                .flatMap(Optional::stream)
                .filter(command ->
                        List.of(times).stream().anyMatch(time -> command.matches(".*\\bsleep " + time + "$")))
                .filter(command -> !command.contains("sh"))
                .toList();
    }
}
