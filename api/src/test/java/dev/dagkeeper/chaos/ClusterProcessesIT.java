package dev.dagkeeper.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.api.client.RunRequest;
import dev.dagkeeper.api.client.SourceFile;
import dev.dagkeeper.run.RunState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The harness itself: a cluster of processes comes up, loses its leader, and carries on. */
class ClusterProcessesIT {
    @TempDir
    static Path directory;

    @Test
    void a_cluster_of_processes_survives_the_death_of_its_leader() throws Exception {
        try (var cluster = ClusterProcesses.start(
                new LoopbackNetwork(), directory.resolve("cluster"), new ClusterProcesses.Shape(2, 1, 1, 4))) {
            var run = cluster.client(0).submit(request());
            var before = cluster.epoch();
            cluster.leader().orElseThrow().kill();
            await().atMost(Duration.ofSeconds(20)).until(() -> cluster.epoch() > before);
            assertThat(cluster.client(0)
                            .awaitFinal(run.id(), Duration.ofSeconds(20))
                            .state())
                    .isEqualTo(RunState.SUCCEEDED);
        }
    }

    private static RunRequest request() {
        var source = """
                version: 1
                name: survivor
                steps:
                  long: {uses: shell, run: sleep 3}
                  after: {uses: shell, run: echo done, needs: [long]}
                """;
        return new RunRequest(
                new RunRequest.Source(new SourceFile("survivor.yaml", source, Map.of())),
                JsonMapper.shared().createObjectNode(),
                Optional.empty(),
                OptionalInt.empty(),
                "one");
    }
}
