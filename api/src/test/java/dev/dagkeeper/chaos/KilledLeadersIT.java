package dev.dagkeeper.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.api.client.SourceFile;
import dev.dagkeeper.master.CursorWatch;
import dev.dagkeeper.master.FireLoad;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * As {@code ExactlyOnceIT}, with masters that are processes and are ended by {@code kill -9}: whatever they were doing, every fire has
 * exactly one outcome and one run. Part of {@code -Pschedules} only.
 */
@Timeout(value = 900)
@EnabledIfSystemProperty(named = "schedules.processes", matches = "true", disabledReason = "part of -Pschedules")
class KilledLeadersIT {
    private static final int SECONDS = Integer.getInteger("schedules.seconds", 30);
    private static final int KILLS = Integer.getInteger("schedules.kills", 2);
    private static final long SEED = Long.getLong("schedules.seed", new Random().nextLong(1_000_000));

    @TempDir
    private Path directory;

    private final Random random = new Random(SEED);
    private final List<Long> gaps = new ArrayList<>();

    @Test
    void every_fire_has_one_outcome_and_one_run_whichever_process_leads() throws Exception {
        var shape = new ClusterProcesses.Shape(3, 2, 1, 50);
        try (var cluster = ClusterProcesses.start(new LoopbackNetwork(), directory, shape)) {
            var load = new FireLoad(sql -> texts(cluster, sql));
            for (int w = 0; w < FireLoad.WORKFLOWS; w++) {
                deploy(cluster, FireLoad.workflow(w));
            }
            try (var watched = new CursorWatch(sql -> texts(cluster, sql))) {
                killLeaders(cluster);
                var end = Instant.parse(texts(cluster, """
                        SELECT to_char(date_trunc('second', now()) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                        """).getFirst());
                load.awaitOutcomes(end);
                gaps.sort(null);
                System.out.printf(
                        "seed %d: %d leaders killed (SIGKILL) in %d s, %s, another led after %s ms%n",
                        SEED, KILLS, SECONDS, load.figures(), gaps);
                load.assertExactlyOnce(end, SECONDS);
                assertThat(watched.samples()).isPositive();
                assertThat(watched.wentBack()).as("cursors that went back").isEmpty();
                assertThat(gaps).hasSize(KILLS);
            }
        } catch (Exception | AssertionError e) {
            throw new AssertionError("with -Dschedules.seed=" + SEED + ": " + e.getMessage(), e);
        }
    }

    private void deploy(ClusterProcesses cluster, String name) {
        var source = "version: 1\nname: " + name + "\ntriggers:\n"
                + FireLoad.triggers(random).indent(2) + "steps:\n  a: {uses: noop}\n";
        cluster.client(0).deploy("default", name, new SourceFile(name + ".yaml", source, Map.of()));
    }

    /** At random moments, spread over the time; one is killed only while another stands by. */
    private void killLeaders(ClusterProcesses cluster) {
        long slice = SECONDS * 1_000L / KILLS;
        for (int kill = 0; kill < KILLS; kill++) {
            long began = System.nanoTime();
            FireLoad.pass(random.nextLong(slice / 2));
            await("one that stands by")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> cluster.masters().stream()
                                    .filter(ClusterProcess::isAlive)
                                    .count()
                            > 1);
            long before = cluster.epoch();
            var leader = cluster.leader().orElseThrow();
            long killed = System.nanoTime();
            leader.kill();
            await("another leader")
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> cluster.epoch() > before);
            gaps.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killed));
            FireLoad.pass(slice - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
        }
    }

    private static List<String> texts(ClusterProcesses cluster, String sql) {
        try (var connection = cluster.postgres().connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var texts = new ArrayList<String>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        } catch (SQLException e) {
            throw new IllegalStateException("cannot run: " + sql, e);
        }
    }
}
