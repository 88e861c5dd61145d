package dev.dagkeeper.api.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.api.cli.bench.Bench;
import dev.dagkeeper.api.cli.bench.Report;
import dev.dagkeeper.api.cli.bench.Shape;
import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.Run;
import dev.dagkeeper.api.client.RunQuery;
import dev.dagkeeper.api.client.RunRequest;
import dev.dagkeeper.api.client.RunStep;
import dev.dagkeeper.api.client.SourceFile;
import dev.dagkeeper.run.RunState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the bench reports, against what the engine recorded. */
@Timeout(180)
class BenchCommandIT {
    private static final double MILLION = 1e6;

    @TempDir
    private Path directory;

    @Test
    void the_report_is_what_the_history_says() throws Exception {
        try (var host = ServiceLoader.load(EngineHost.class).findFirst().orElseThrow()) {
            var address = host.start(HostOptions.of(directory.resolve("data"), HostOptions.Lifetime.SERVER));
            var client = new DagkeeperClient(address);
            var bench =
                    CommandRun.of(directory, "bench", "--shape", "chain:10", "--seconds", "1", "--cold", "-o", "json");

            assertThat(bench.code()).as("%s", bench).isZero();
            var report = JsonMapper.shared().readTree(bench.out());
            var runs = client.runs(
                    new RunQuery(Optional.empty(), Optional.of("bench_chain_10"), Optional.empty(), true, 100_000));
            assertThat(report.path("shape").asString()).isEqualTo("chain:10");
            assertThat(report.path("runs").asInt()).isEqualTo(runs.size()).isPositive();
            assertThat(report.path("steps").asInt()).isEqualTo(10 * runs.size());
            assertThat(report.path("failed").asInt()).isZero();
            assertThat(runs)
                    .allMatch(run -> run.json().at("/labels/bench").asString().equals("chain:10"));
            timesAreTheRecorded(report, runs, client);
            // A lone chain shares nothing: a step is dispatched, claimed and unlocked, and written when it begins and
            // ends.
            // How much else goes on meanwhile depends on the machine; it is not more than since the start.
            costs(report, "zkTxnsPerStep", 3, client, "zookeeper_last_transaction");
            costs(report, "zkOpsPerStep", 4, client, "zookeeper_operations_total");
            costs(report, "pgSyncCommitsPerStep", 0, client, "postgres_flushes_total");
            costs(report, "pgWriteTxnsPerStep", 1, client, "postgres_write_transactions_total");
            costs(report, "cpuSecondsPer1000Steps", 0.01, client, "processor_seconds_total");

            stoppedItCancelsWhatIsUnderWay(client);
        }
    }

    private static void costs(JsonNode report, String field, double least, DagkeeperClient client, String metric) {
        var total = client.figures()
                .metrics()
                .lines()
                .filter(line -> line.startsWith("dagkeeper_" + metric + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .findFirst()
                .orElseThrow();
        var most = total
                * (field.endsWith("1000Steps") ? 1000 : 1)
                / report.path("steps").asInt();
        assertThat(report.path(field).isNumber()).as(field).isTrue();
        assertThat(report.path(field).asDouble()).as(field).isBetween(least, most);
    }

    private static void timesAreTheRecorded(JsonNode report, List<Run> runs, DagkeeperClient client)
            throws InterruptedException {
        var latencies = new ArrayList<Duration>();
        var waits = new ArrayList<Duration>();
        double wall = 0;
        for (var run : runs) {
            latencies.add(Duration.between(run.createdAt(), run.endedAt().orElseThrow()));
            var events = events(client, run.id());
            wall += seconds(Duration.between(events.getFirst(), events.getLast()));
            var steps = client.steps(run.id());
            for (int i = 1; i < steps.size(); i++) {
                waits.add(Duration.between(
                        end(steps.get(i - 1)), steps.get(i).startedAt().orElseThrow()));
            }
        }
        assertThat(report.path("wallSeconds").asDouble()).isCloseTo(wall, within(0.001));
        assertThat(report.path("stepsPerSecond").asDouble()).isCloseTo(10 * runs.size() / wall, within(1.0));
        assertThat(report.at("/runMs/p50").asDouble()).isCloseTo(median(latencies), within(0.001));
        assertThat(report.at("/dispatchMs/p50").asDouble()).isCloseTo(median(waits), within(0.001));
    }

    /** When the run began and when it ended, by its events. */
    private static List<Instant> events(DagkeeperClient client, String run) throws InterruptedException {
        var times = new ArrayList<Instant>();
        try (var events = client.events(run, 0, event -> {
            if (event.step().isEmpty()) {
                times.add(event.at());
            }
        })) {
            assertThat(events.follow(Duration.ofSeconds(10))).isTrue();
        }
        return times;
    }

    private static Instant end(RunStep step) {
        return step.endedAt().orElseThrow();
    }

    private static double median(List<Duration> durations) {
        Collections.sort(durations);
        return durations.get((durations.size() - 1) / 2).toNanos() / MILLION;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / (1000 * MILLION);
    }

    private void stoppedItCancelsWhatIsUnderWay(DagkeeperClient client) throws Exception {
        var source = "version: 1\nname: long\nsteps:\n  a: {uses: shell, run: sleep 600}\n";
        var workflow = Workflows.accepted(
                new Environment(System.out, System.err, Map.of(), directory, java.time.InstantSource.system(), false),
                "long.yaml",
                source.getBytes(StandardCharsets.UTF_8));
        var request = new RunRequest(
                new RunRequest.Source(new SourceFile("long.yaml", source, Map.of())),
                JsonMapper.shared().createObjectNode(),
                Optional.empty(),
                OptionalInt.empty(),
                UUID.randomUUID().toString());
        var bench = new Bench(
                client,
                () -> client.submit(request),
                workflow,
                new Shape.Given("long.yaml"),
                new Bench.Plan(Duration.ofSeconds(1), OptionalDouble.empty(), true),
                line -> {});
        var report = new CompletableFuture<Optional<Report>>();
        Thread.ofVirtual().start(() -> {
            try {
                report.complete(bench.run());
            } catch (InterruptedException | RuntimeException e) {
                report.completeExceptionally(e);
            }
        });
        await().until(() -> !client.runs(active()).isEmpty());
        bench.stop();
        assertThat(report.get(30, SECONDS)).isEmpty();
        assertThat(client.run("@latest").state()).isEqualTo(RunState.CANCELLED);
    }

    private static RunQuery active() {
        return new RunQuery(Optional.of("running"), Optional.of("long"), Optional.empty(), false, 1);
    }

    @Test
    void without_a_server_it_hosts_an_engine_and_a_failed_run_is_exit_code_1() throws Exception {
        Files.writeString(
                directory.resolve("bad.yaml"),
                "version: 1\nname: bad\nsteps:\n  a: {uses: noop}\n  b: {uses: shell, run: exit 3, needs: [a]}\n");
        var bench =
                CommandRun.of(directory, "bench", "--shape", "file:bad.yaml", "--seconds", "1", "--cold", "-o", "json");
        assertThat(bench.code()).as("%s", bench).isEqualTo(1);
        var report = JsonMapper.shared().readTree(bench.out());
        assertThat(report.path("failed").asInt())
                .isEqualTo(report.path("runs").asInt())
                .isPositive();
        assertThat(report.path("steps").asInt())
                .isEqualTo(2 * report.path("runs").asInt());
        assertThat(directory.resolve("data/postgres")).isDirectory();
    }

    @Test
    void wrong_usage_starts_nothing() {
        assertThat(usage("--shape", "ring:3").err()).contains("--shape: found 'ring:3'; expected chain:N");
        assertThat(usage("--shape", "chain:3", "--rate", "0").err()).contains("--rate is 0.0; expected more than 0");
        assertThat(usage("--shape", "chain:3", "--seconds", "0").err()).contains("--seconds is 0; expected 1");
        assertThat(usage("--shape", "file:gone.yaml").err()).contains("cannot read gone.yaml");
        assertThat(usage("--shape", "file:x.yaml", "--uses", "shell").err()).contains("--uses says what");
        assertThat(usage("--shape", "chain:3", "--uses", "http").code()).isEqualTo(2);
        assertThat(directory.resolve("data")).doesNotExist();
    }

    private CommandRun usage(String... options) {
        var arguments = new ArrayList<>(List.of("bench"));
        arguments.addAll(List.of(options));
        var run = CommandRun.of(directory, arguments.toArray(String[]::new));
        assertThat(run.code()).isEqualTo(2);
        return run;
    }
}
