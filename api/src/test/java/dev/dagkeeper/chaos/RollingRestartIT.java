package dev.dagkeeper.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.api.client.ClientException;
import dev.dagkeeper.api.client.RunRequest;
import dev.dagkeeper.api.client.SourceFile;
import dev.dagkeeper.run.RunState;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Every process of a cluster is stopped in order and started again, one after the other, while runs go on. */
class RollingRestartIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PAUSE_MILLIS = 150;
    private static final String WORKFLOW = """
            version: 1
            name: rolling
            steps:
              first: {uses: shell, run: sleep 0.5}
              second: {uses: shell, run: sleep 0.2, needs: [first]}
              last: {uses: noop, needs: [second]}
            """;

    private final CountDownLatch enough = new CountDownLatch(1);

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void no_run_fails_and_no_step_runs_twice_while_every_process_is_restarted() throws Exception {
        try (var cluster =
                ClusterProcesses.start(new LoopbackNetwork(), directory, new ClusterProcesses.Shape(2, 2, 2, 8))) {
            var load = new FutureTask<>(() -> submitUntilEnough(cluster));
            Thread.ofVirtual().start(load);
            var all = Stream.of(cluster.workers(), cluster.masters(), cluster.apis())
                    .flatMap(List::stream)
                    .toList();
            for (var process : all) {
                assertThat(process.stop(60))
                        .as("%s ends when it is told to", process)
                        .isTrue();
                process.start();
                cluster.awaitReady();
            }
            enough.countDown();
            var runs = load.get();

            assertThat(runs).hasSizeGreaterThan(20);
            for (var run : runs) {
                assertThat(cluster.client(0).awaitFinal(run, PATIENCE).state()).isEqualTo(RunState.SUCCEEDED);
            }
            assertThat(count(cluster, "SELECT count(*) FROM run")).isEqualTo(runs.size());
            assertThat(count(cluster, "SELECT count(*) FROM attempt WHERE result <> 'succeeded'"))
                    .isZero();
            assertThat(count(cluster, "SELECT count(*) FROM attempt")).isEqualTo(3L * runs.size());
            assertThat(count(cluster, "SELECT count(*) FROM step WHERE claim > 1"))
                    .isZero();
        }
    }

    private List<String> submitUntilEnough(ClusterProcesses cluster) throws InterruptedException {
        var runs = new ArrayList<String>();
        while (!enough.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
            runs.add(submit(cluster, "rolling-" + runs.size()));
        }
        return runs;
    }

    /** As a client behind no balancer does: when one api does not answer, the other; the key makes it one run. */
    private static String submit(ClusterProcesses cluster, String key) {
        var request = new RunRequest(
                new RunRequest.Source(new SourceFile("rolling.yaml", WORKFLOW, Map.of())),
                JsonMapper.shared().createObjectNode(),
                Optional.empty(),
                OptionalInt.empty(),
                key);
        try {
            return cluster.client(0).submit(request).id();
        } catch (ClientException | IllegalStateException e) {
            return cluster.client(1).submit(request).id();
        }
    }

    private static long count(ClusterProcesses cluster, String sql) throws SQLException {
        try (var connection = cluster.postgres().connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
