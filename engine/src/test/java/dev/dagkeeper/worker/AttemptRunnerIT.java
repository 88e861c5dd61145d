package dev.dagkeeper.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.executor.Result;
import dev.dagkeeper.run.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AttemptRunnerIT extends AttemptHarness {
    @Test
    void a_step_without_templates_costs_no_query_no_directory_and_no_log_once_its_run_is_known() {
        start(SIMPLE, (step, context) -> new Result.Succeeded(Map.of()));
        run(0, 1);
        int before = store.queries.get();
        for (int i = 0; i < 100; i++) {
            assertThat(run(0, 1).logTail()).isEmpty();
        }
        assertThat(store.queries.get()).isEqualTo(before);
        assertThat(directory.resolve("work/attempts")).isEmptyDirectory();
    }

    @Test
    void an_attempt_that_takes_too_long_is_timed_out() {
        start("""
                version: 1
                name: w
                steps:
                  a: {uses: test, timeout: 200ms}
                """, (step, context) -> sleepLong());
        assertThat(run(0, 1).report())
                .isEqualTo(new Report.TimedOut("the attempt took longer than its timeout of 200ms"));
    }

    @Test
    void cancel_gives_grace_and_kill_takes_it_away() {
        var graces = new CompletableFuture<Duration>();
        start(SIMPLE, (step, context) -> {
            try {
                return sleepLong();
            } catch (InterruptedException told) {
                graces.complete(context.grace());
                try {
                    return sleepLong();
                } catch (InterruptedException again) {
                    assertThat(context.grace()).isZero();
                    throw again;
                }
            }
        });
        var ended = new Ended();
        var attempt = begin(new Claimed(key(0), 1, 1), ended);
        await().atMost(Promised.EVENTUALLY).until(() -> entered.getCount() == 0);
        attempt.stop(Stop.CANCEL);
        assertThat(graces.orTimeout(60, SECONDS).join()).isEqualTo(Duration.ofSeconds(2));
        assertThat(ended.future.isDone()).isFalse();
        attempt.stop(Stop.KILL);
        assertThat(ended.join().orElseThrow().report()).isEqualTo(new Report.Cancelled());
    }

    @Test
    void an_abandoned_attempt_records_nothing() {
        start(SIMPLE, (step, context) -> sleepLong());
        var ended = new Ended();
        var attempt = begin(new Claimed(key(0), 1, 1), ended);
        await().atMost(Promised.EVENTUALLY).until(() -> entered.getCount() == 0);
        attempt.stop(Stop.ABANDON);
        assertThat(ended.join()).isEmpty();
    }

    @Test
    void a_step_of_a_run_that_is_gone_is_given_up() {
        start(SIMPLE, (step, context) -> sleepLong());
        store.headers.clear();
        var ended = new Ended();
        begin(new Claimed(key(0), 1, 1), ended);
        assertThat(ended.join()).isEmpty();
    }

    @Test
    void a_store_that_does_not_answer_delays_the_step_and_a_cancel_still_works() {
        start(SIMPLE, (step, context) -> new Result.Succeeded(Map.of()));
        store.down = true;
        var first = new Ended();
        begin(new Claimed(key(0), 1, 1), first);
        await().atMost(Promised.EVENTUALLY).until(() -> store.queries.get() >= 2);
        assertThat(first.future.isDone()).isFalse();
        store.down = false;
        assertThat(first.join().orElseThrow().report()).isInstanceOf(Report.Succeeded.class);
        store.down = true;
        var second = new Ended();
        var attempt = begin(new Claimed(key(0), 2, 1), second);
        attempt.stop(Stop.CANCEL);
        assertThat(second.join().orElseThrow().report()).isEqualTo(new Report.Cancelled());
    }

    @Test
    void an_executor_that_throws_fails_the_step() {
        start(SIMPLE, (step, context) -> {
            throw new IllegalArgumentException("no good");
        });
        assertThat(run(0, 1).report())
                .isEqualTo(
                        new Report.Failed("executor", "the step type 'test' broke: no good", Optional.empty(), true));
    }

    @Test
    void outputs_that_do_not_fit_fail_the_step() {
        start("""
                version: 1
                name: w
                steps:
                  a: {uses: test, outputs: {n: {type: int}}}
                """, (step, context) -> new Result.Succeeded(Map.of("n", JSON.stringNode("x"))));
        assertThat(run(0, 1).report())
                .isInstanceOfSatisfying(
                        Report.Failed.class, failed -> assertThat(failed.kind()).isEqualTo("output"));
    }

    @Test
    void secrets_reach_the_step_and_never_its_log_or_errors() throws IOException {
        var file = Files.writeString(directory.resolve("token"), "s3cr3t-value\n");
        start("""
                version: 1
                name: w
                secrets: {TOKEN: {from: file, key: %s}}
                steps:
                  a: {uses: test, secrets: [TOKEN]}
                """.formatted(file), (step, context) -> {
            var value = step.secrets().get("TOKEN") + "\n";
            for (var letter : value.getBytes(UTF_8)) {
                context.log().write(letter);
            }
            return new Result.Failed("test", "it was " + value.strip(), Optional.empty(), true);
        });
        var recorded = run(0, 1);
        assertThat(recorded.report()).isEqualTo(new Report.Failed("test", "it was ***", Optional.empty(), true));
        assertThat(log(recorded)).isEqualTo("***\n");
    }

    @Test
    void a_secret_that_the_worker_does_not_allow_fails_the_step_with_the_configuration_key() {
        start("""
                version: 1
                name: w
                secrets: {TOKEN: {from: env, key: PATH}}
                steps:
                  a: {uses: test, secrets: [TOKEN]}
                """, (step, context) -> new Result.Succeeded(Map.of()));
        assertThat(run(0, 1).report()).isInstanceOfSatisfying(Report.Failed.class, failed -> {
            assertThat(failed.kind()).isEqualTo("secret");
            assertThat(failed.message())
                    .contains("TOKEN", "PATH", "secrets.env")
                    .doesNotContain(System.getenv("PATH"));
        });
    }

    @Test
    void shipped_files_lie_in_a_fresh_directory_with_their_modes_and_are_gone_afterwards() {
        files = List.of(
                new Revisions.ShippedFile("a.txt", false, () -> "text".getBytes(UTF_8)),
                new Revisions.ShippedFile("bin/run.sh", true, () -> "#!/bin/sh".getBytes(UTF_8)));
        var seen = new CompletableFuture<Path>();
        start(SIMPLE, (step, context) -> {
            var work = context.workingDirectory();
            assertThat(work.resolve("a.txt")).hasContent("text");
            assertThat(Files.isExecutable(work.resolve("bin/run.sh"))).isTrue();
            assertThat(Files.getPosixFilePermissions(work.resolve("a.txt")))
                    .doesNotContain(java.nio.file.attribute.PosixFilePermission.OWNER_EXECUTE);
            Files.writeString(work.resolve("a.txt"), "changed");
            Files.createDirectory(work.resolve("closed"));
            Files.writeString(work.resolve("closed/file"), "x");
            Files.setPosixFilePermissions(work.resolve("closed"), java.util.Set.of());
            seen.complete(work);
            return new Result.Succeeded(Map.of());
        });
        assertThat(run(0, 1).report()).isInstanceOf(Report.Succeeded.class);
        assertThat(run(0, 2).report()).isInstanceOf(Report.Succeeded.class);
        await().atMost(Promised.EVENTUALLY)
                .untilAsserted(
                        () -> assertThat(directory.resolve("work/attempts")).isEmptyDirectory());
        assertThat(seen.join()).doesNotExist();
    }

    @Test
    void a_long_log_streams_keeps_its_beginning_and_its_end_and_says_what_it_left_out() {
        start(SIMPLE, (step, context) -> {
            context.log().write("the beginning\n".getBytes(UTF_8));
            var block = "0123456789abcdef".repeat(4096).getBytes(UTF_8);
            for (int i = 0; i < 800; i++) {
                context.log().write(block);
            }
            context.log().write("the end\n".getBytes(UTF_8));
            return new Result.Succeeded(Map.of());
        });
        var recorded = run(0, 1);
        var log = log(recorded);
        assertThat(log).startsWith("the beginning\n").endsWith("the end\n").contains("bytes are left out here");
        assertThat(log.length()).isBetween(LOG_LIMIT, LOG_LIMIT + 200);
        assertThat(recorded.logTail().stream()
                        .mapToLong(chunk -> chunk.bytes().length)
                        .sum())
                .isLessThan(2L * 1024 * 1024);
    }

    @Test
    void output_is_in_the_store_while_the_step_runs() {
        start(SIMPLE, (step, context) -> {
            context.log().write("hello".getBytes(UTF_8));
            return sleepLong();
        });
        var ended = new Ended();
        var attempt = begin(new Claimed(key(0), 1, 1), ended);
        await().atMost(60, SECONDS).until(() -> new String(store.log(key(0)), UTF_8).equals("hello"));
        attempt.stop(Stop.KILL);
        assertThat(ended.join().orElseThrow().logTail()).isEmpty();
    }

    @Test
    void one_work_directory_serves_one_worker() {
        start(SIMPLE, (step, context) -> sleepLong());
        assertThatThrownBy(() -> open(List.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("in use");
    }
}
