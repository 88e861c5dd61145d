package dev.dagkeeper.examples;

import static dev.dagkeeper.run.RunState.SUCCEEDED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.RunStep;
import dev.dagkeeper.api.client.ServerAddress;
import dev.dagkeeper.embedded.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The whole engine is killed in the middle of a run, as a real process, and started again. */
@ExtendWith(SharedEngine.class)
@Timeout(180)
class RecoveryIT {
    private static final Duration START = Promised.EVENTUALLY;
    /** A guard ends the processes of steps within two seconds. */
    private static final Duration END = Promised.within(Duration.ofSeconds(2));

    /** Each step leaves a line in a file of its name whenever it is executed; two of them hang until they may go on. */
    private static final String WORKFLOW = """
            version: 1
            name: recovery
            inputs:
              trace: {type: string}
            env: {TRACE: "${{ inputs.trace }}"}
            steps:
              finished: {uses: shell, run: echo "$DAGKEEPER_KEY" >> "$TRACE/finished"}
              hanging:
                needs: [finished]
                uses: shell
                run: |
                  echo "$DAGKEEPER_KEY" >> "$TRACE/hanging"
                  until [ -e "$TRACE/go" ]; do sleep 0.2; done
              nested:
                needs: [finished]
                uses: shell
                run: |
                  echo "$DAGKEEPER_KEY" >> "$TRACE/nested"
                  [ -e "$TRACE/go" ] || (setsid sleep 300 & sleep 300)
              pending:
                needs: [hanging, nested]
                uses: shell
                run: echo "$DAGKEEPER_KEY" >> "$TRACE/pending"
            """;

    private final Program program;
    private final List<Process> servers = new ArrayList<>();

    @TempDir
    Path directory;

    RecoveryIT(Program program) {
        this.program = program;
    }

    @AfterEach
    void end() throws InterruptedException {
        for (var server : servers) {
            server.destroy();
            if (!server.waitFor(20, TimeUnit.SECONDS)) {
                server.destroyForcibly();
            }
        }
    }

    @Test
    void a_run_goes_on_after_its_engine_was_killed() throws Exception {
        var data = directory.resolve("data");
        var trace = Files.createDirectory(directory.resolve("trace"));
        var first = start(data);
        var run = submit(data);
        await().atMost(START)
                .until(() -> Files.exists(trace.resolve("hanging")) && Files.exists(trace.resolve("nested")));
        await().atMost(START).until(() -> state(data, run, "finished").equals("succeeded"));

        var before = processesOf(first.toHandle());
        assertThat(before).as("the engine, its Postgres and its steps").hasSizeGreaterThan(5);
        first.destroyForcibly().waitFor();
        await().atMost(END).untilAsserted(() -> assertThat(before).noneMatch(RecoveryIT::isAlive));
        assertThat(lines(trace, "pending")).isEmpty();

        Files.createFile(trace.resolve("go"));
        start(data);
        var ended = client(data).awaitFinal(run, START);
        assertThat(ended.state()).as(ended.reason()).isEqualTo(SUCCEEDED);
        assertThat(ended.steps()).extracting(step -> step.state().text()).containsOnly("succeeded");
        assertThat(ended.steps())
                .extracting(RunStep::attempt)
                .as("what was lost is no attempt of the user's")
                .containsOnly(1);
        assertThat(lines(trace, "finished"))
                .as("a finished step is not run again")
                .hasSize(1);
        assertThat(lines(trace, "pending")).hasSize(1);
        for (var again : List.of("hanging", "nested")) {
            assertThat(lines(trace, again)).as("%s, interrupted", again).hasSize(2);
            assertThat(new TreeSet<>(lines(trace, again)))
                    .as("the key of %s stays the same", again)
                    .hasSize(1);
        }
    }

    private Process start(Path data) throws IOException {
        var started = program.start(data, Map.of(), List.of("./dagkeeper", "server", "--listen", "127.0.0.1:0"));
        servers.add(started.process());
        await().atMost(START).until(() -> {
            assertThat(started.process().isAlive())
                    .as(() -> read(started.err()))
                    .isTrue();
            return new DataDirectory(data)
                    .find()
                    .filter(server -> server.pid() == started.process().pid())
                    .isPresent();
        });
        return started.process();
    }

    private String submit(Path data) throws Exception {
        var workflow = Files.writeString(directory.resolve("recovery.yaml"), WORKFLOW);
        var outcome = program.run(data, "submit", workflow.toString(), "-i", "trace=" + directory.resolve("trace"));
        assertThat(outcome.code()).as(outcome::said).isZero();
        return outcome.out().strip();
    }

    private static DagkeeperClient client(Path data) throws IOException {
        var server = new DataDirectory(data).find().orElseThrow();
        return new DagkeeperClient(new ServerAddress(server.url(), Optional.of(server.token())));
    }

    private static String state(Path data, String run, String step) throws IOException {
        return client(data).run(run).steps().stream()
                .filter(shown -> shown.id().equals(step))
                .findFirst()
                .orElseThrow()
                .state()
                .text();
    }

    /** All that descend from the engine; a process that changed its parent is found by what it works on. */
    private List<ProcessHandle> processesOf(ProcessHandle engine) throws IOException {
        var processes = new ArrayList<>(engine.descendants().toList());
        processes.add(engine);
        try (var all = Files.list(Path.of("/proc"))) {
            all.filter(process -> worksIn(process, directory))
                    .flatMap(process -> ProcessHandle.of(
                            Long.parseLong(process.getFileName().toString()))
                            .stream())
                    .filter(process -> !processes.contains(process))
                    .forEach(processes::add);
        }
        return processes;
    }

    private static boolean worksIn(Path process, Path directory) {
        if (!process.getFileName().toString().matches("[0-9]+")) {
            return false;
        }
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).startsWith(directory);
        } catch (IOException e) {
            return false; // it has ended, or belongs to somebody else
        }
    }

    /** A dead process whose parent has not asked for its exit code still has an entry, with no command line. */
    private static boolean isAlive(ProcessHandle process) {
        return process.isAlive()
                && !read(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
                        .isEmpty();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private static List<String> lines(Path trace, String step) {
        return read(trace.resolve(step)).lines().toList();
    }
}
