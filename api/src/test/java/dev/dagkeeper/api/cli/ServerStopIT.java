package dev.dagkeeper.api.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server process that is told to end by signals while a step runs, one that waits for a file. */
@Timeout(120)
class ServerStopIT {
    /** Enough for a machine under load, and much less than the drain timeout. */
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final String ENDING = "ending when running steps have ended";

    @TempDir
    private Path directory;

    @Test
    void told_once_it_lets_what_runs_end_and_told_twice_it_ends_at_once_each_time_with_exit_code_0() throws Exception {
        var gate = directory.resolve("gate");
        var begun = directory.resolve("begun");
        Files.writeString(directory.resolve("waiting.yaml"), """
                version: 1
                name: waiting
                steps:
                  wait: {uses: shell, run: "touch %s; until [ -e %s ]; do sleep 0.1; done"}
                """.formatted(begun, gate));

        var first = start("first");
        try {
            submit(first);
            await().atMost(PATIENCE).until(() -> Files.exists(begun));
            terminate(first);
            await().atMost(PATIENCE).until(() -> log(first).contains(ENDING));
            assertThat(first.process.isAlive()).isTrue();
            Files.createFile(gate);
            assertEnds(first);
        } finally {
            first.process.destroyForcibly();
        }
        Files.delete(gate);
        Files.delete(begun);

        var second = start("second");
        try {
            // What ended while the first one was told to end is not run again.
            assertThat(run("runs", "wait", "@latest").code()).isZero();
            assertThat(begun).doesNotExist();

            submit(second);
            await().atMost(PATIENCE).until(() -> Files.exists(begun));
            terminate(second);
            await().atMost(PATIENCE).until(() -> log(second).contains(ENDING));
            terminate(second);
            assertEnds(second);
        } finally {
            second.process.destroyForcibly();
        }
    }

    private record Server(Process process, Path log) {}

    private Server start(String name) throws IOException {
        var log = directory.resolve(name + ".log");
        var builder = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.dagkeeper.api.cli.Main",
                        "server",
                        "--data-dir",
                        directory.resolve("data").toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(variable -> variable.startsWith("DAGKEEPER_"));
        var server = new Server(builder.start(), log);
        await().atMost(PATIENCE)
                .until(() -> !server.process.isAlive() || log(server).contains("dagkeeper answers at"));
        return server;
    }

    private void submit(Server server) throws IOException {
        var submitted = run("submit", "waiting.yaml");
        assertThat(submitted.code()).as("%s, %s", submitted, log(server)).isZero();
    }

    private CommandRun run(String... arguments) {
        return CommandRun.of(directory, Map.of(), arguments);
    }

    private static void terminate(Server server) {
        // On Linux and macOS this is SIGTERM.
        server.process.destroy();
    }

    private static void assertEnds(Server server) throws Exception {
        assertThat(server.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as(log(server))
                .isTrue();
        assertThat(server.process.exitValue()).as(log(server)).isZero();
    }

    private static String log(Server server) throws IOException {
        return Files.readString(server.log);
    }
}
