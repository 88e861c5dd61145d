package dev.dagkeeper.api.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server process that is told to end by signals while a step runs, one that waits for a file. */
@Timeout(120)
class ServerStopIT {
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

        try (var first = start("first")) {
            submit(first);
            await().atMost(ServerProcess.PATIENCE).until(() -> Files.exists(begun));
            first.terminate();
            first.awaitSays(ENDING);
            assertThat(first.isAlive()).isTrue();
            Files.createFile(gate);
            first.assertEndsWith(0);
        }
        Files.delete(gate);
        Files.delete(begun);

        try (var second = start("second")) {
            // What ended while the first one was told to end is not run again.
            assertThat(run("runs", "wait", "@latest").code()).isZero();
            assertThat(begun).doesNotExist();

            submit(second);
            await().atMost(ServerProcess.PATIENCE).until(() -> Files.exists(begun));
            second.terminate();
            second.awaitSays(ENDING);
            second.terminate();
            second.assertEndsWith(0);
        }
    }

    private ServerProcess start(String name) throws IOException {
        return ServerProcess.start(directory.resolve(name + ".log"), directory.resolve("data"))
                .awaitSays("dagkeeper answers at");
    }

    private void submit(ServerProcess server) {
        var submitted = run("submit", "waiting.yaml");
        assertThat(submitted.code()).as("%s, %s", submitted, server.log()).isZero();
    }

    private CommandRun run(String... arguments) {
        return CommandRun.of(directory, Map.of(), arguments);
    }
}
