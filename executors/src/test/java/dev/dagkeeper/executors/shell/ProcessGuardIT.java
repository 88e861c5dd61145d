package dev.dagkeeper.executors.shell;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.process.StepProcesses;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a whole worker with {@code kill -9} and looks for what it started. */
class ProcessGuardIT {
    /** One in the group, one that ignores TERM, one without the marker, one that escaped from group and session. */
    private static final String SCRIPT = """
            sleep TIME1 &
            sh -c 'trap "" TERM; sleep TIME2' &
            env -i sleep TIME3 &
            sh -c '(setsid sleep TIME4 >/dev/null 2>&1 &)'
            touch started
            wait
            """;

    @TempDir
    Path directory;

    private Optional<Process> worker = Optional.empty();

    @AfterEach
    void kill() throws InterruptedException {
        if (worker.isPresent()) {
            worker.get().destroyForcibly().waitFor();
        }
    }

    @Test
    void nothing_survives_a_killed_worker_for_two_seconds() throws Exception {
        var killed = start("7771", true);
        await().atMost(20, SECONDS).until(() -> sleeping("7771").size() == 4);
        var guard = guardOf("7771");
        // The guard hears of a group only after a moment; what has no marker is known by its group alone.
        await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
        killed.destroyForcibly().waitFor();
        await().atMost(Promised.within(Duration.ofSeconds(2)))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(sleeping("7771")).isEmpty());
        await().atMost(60, SECONDS).until(() -> !guard.isAlive());
    }

    @Test
    void what_a_worker_without_guard_left_ends_when_the_next_one_opens_the_directory() throws Exception {
        var killed = start("7772", false);
        await().atMost(20, SECONDS).until(() -> sleeping("7772").size() == 4);
        killed.destroyForcibly().waitFor();
        assertThat(sleeping("7772")).hasSize(4);
        StepProcesses.open(directory, false).close();
        // The one that carries no marker ends with its parent's group only under a guard.
        assertThat(sleeping("7772")).allMatch(command -> command.contains("77723"));
        ProcessHandle.allProcesses()
                .filter(process -> isSleeping(process, "77723"))
                .forEach(ProcessHandle::destroyForcibly);
    }

    private Process start(String time, boolean guarded) throws IOException {
        var script = Files.writeString(directory.resolve("script-" + time), SCRIPT.replace("TIME", time));
        var classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var started = new ProcessBuilder(
                        java,
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath,
                        WorkerToKill.class.getName(),
                        directory.toString(),
                        Boolean.toString(guarded),
                        script.toString())
                .redirectErrorStream(true)
                .redirectOutput(new File(directory.toFile(), "worker.log"))
                .start();
        worker = Optional.of(started);
        return started;
    }

    /** The guard that watches over the worker of the sleeping processes. */
    private static ProcessHandle guardOf(String time) throws IOException {
        var sleeper = ProcessHandle.allProcesses()
                .filter(process -> isSleeping(process, time + "1"))
                .findFirst()
                .orElseThrow();
        var environment = Files.readString(Path.of("/proc/" + sleeper.pid() + "/environ"), StandardCharsets.ISO_8859_1);
        var marker = List.of(environment.split("\0")).stream()
                .filter(entry -> entry.startsWith("DAGKEEPER_PROCESS="))
                .findFirst()
                .orElseThrow();
        var incarnation = marker.substring(0, marker.lastIndexOf('.') + 1);
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains("dagkeeper-guard " + incarnation))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> sleeping(String time) {
        return ProcessHandle.allProcesses()
                .filter(process -> isSleeping(process, time))
                .map(process -> process.info().commandLine().orElse(""))
                .toList();
    }

    private static boolean isSleeping(ProcessHandle process, String time) {
        return process.info().commandLine().orElse("").matches("\\S*\\bsleep " + time + "\\d?");
    }
}
