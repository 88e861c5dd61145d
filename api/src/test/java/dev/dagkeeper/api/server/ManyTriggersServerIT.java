package dev.dagkeeper.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.api.cli.CommandRun;
import dev.dagkeeper.api.cli.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What many triggers cost {@code dagkeeper server} as it is shipped: a process of its own with embedded stores and all defaults,
 * started a moment ago. Part of {@code -Pschedules} only; {@code ManyTriggersIT} is the form of every build.
 */
@Timeout(300)
@EnabledIfSystemProperty(named = "schedules.processes", matches = "true", disabledReason = "part of -Pschedules")
class ManyTriggersServerIT {
    private static final int MANY = Integer.getInteger("schedules.many", 100_000);
    private static final int BURST = Integer.getInteger("schedules.burst", 10_000);
    private static final int TRIGGERS_OF_A_WORKFLOW = 500;
    private static final Duration READY_WITHIN = Duration.ofSeconds(10);
    private static final Duration STARTED_WITHIN = Duration.ofSeconds(15);
    private static final long HEAP = 1L << 30;

    /** For the deployment, which takes a second or two for a thousand triggers. */
    private static final Duration BEFORE = Duration.ofSeconds(10 + BURST / 400);

    private static final InstantSource CLOCK = InstantSource.system();

    @TempDir
    private Path directory;

    @Test
    void all_triggers_that_are_due_at_the_same_second_are_recorded_and_started_soon() throws Exception {
        try (var server = start()) {
            var at = CLOCK.instant().truncatedTo(ChronoUnit.SECONDS).plus(BEFORE);
            deployBurst(at);
            try (var history = history()) {
                assertThat(CLOCK.instant()).as("deployed in time").isBefore(at);
                await("all runs started")
                        .atMost(Duration.ofMinutes(2))
                        .pollInterval(Duration.ofMillis(500))
                        .until(() -> one(history, "SELECT count(*) FROM run WHERE started_at IS NOT NULL")
                                .equals(Integer.toString(BURST)));
                assertThat(one(history, "SELECT count(*) FROM fire WHERE outcome = 'started'"))
                        .isEqualTo(Integer.toString(BURST));
                var recorded = after(at, one(history, "SELECT extract(epoch FROM max(decided_at)) FROM fire"));
                var first = after(at, one(history, "SELECT extract(epoch FROM min(started_at)) FROM run"));
                var started = after(at, one(history, "SELECT extract(epoch FROM max(started_at)) FROM run"));
                System.out.printf(
                        "dagkeeper server, %,d triggers due at the same second: all recorded after %.1f s, the first run"
                                + " started after %.1f s, all after %.1f s%n",
                        BURST, recorded.toMillis() / 1e3, first.toMillis() / 1e3, started.toMillis() / 1e3);
                assertThat(recorded).isLessThan(STARTED_WITHIN);
                assertThat(started).isLessThan(STARTED_WITHIN);
            }
            assertThat(server.isAlive()).as(server.log()).isTrue();
        }
    }

    private void deployBurst(Instant at) throws IOException {
        var files = Files.createDirectory(directory.resolve("burst"));
        int workflows = Math.max(1, BURST / TRIGGERS_OF_A_WORKFLOW);
        var triggers = new StringBuilder();
        for (int t = 0; t < BURST / workflows; t++) {
            triggers.append("  t%d: {at: [\"%s\"]}%n".formatted(t, at));
        }
        for (int w = 0; w < workflows; w++) {
            write(files, "burst" + w, triggers.toString());
        }
        deploy(files);
    }

    @Test
    void a_server_with_many_triggers_is_soon_ready_to_fire_and_needs_little_memory() throws Exception {
        var files = Files.createDirectory(directory.resolve("many"));
        write(files, "many", "  t: {cron: \"0 0 * * *\", timezone: Europe/Stockholm}\n");
        write(files, "canary", "  t: {every: 1s, catchup: {mode: all}}\n");
        try (var before = start();
                var history = history()) {
            deploy(files);
            // The same at every minute of the day.
            try (var statement = history.createStatement()) {
                statement.execute("""
                        INSERT INTO trigger (workflow_id, name, revision_id, schedule, since)
                        SELECT workflow_id, 't' || i, revision_id,
                            replace(schedule::text, '0 0 * * *', i %% 60 || ' ' || i / 60 %% 24 || ' * * *')::json, since
                        FROM trigger, generate_series(2, %d) AS i
                        WHERE schedule::text LIKE '%%Stockholm%%'
                        """.formatted(MANY));
            }
            before.terminate();
            before.assertEndsWith(0);
        }
        var began = CLOCK.instant();
        try (var server = start();
                var history = history()) {
            await("the first fire of the next leader")
                    .atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> !one(history, "SELECT count(*) FROM fire WHERE decided_at > '%s'".formatted(began))
                            .equals("0"));
            var fired = one(
                    history,
                    "SELECT extract(epoch FROM min(decided_at)) FROM fire WHERE decided_at > '%s'".formatted(began));
            var took = after(elected(server), fired);
            long heap = liveHeap(server.pid());
            System.out.printf(
                    "dagkeeper server, %,d triggers: the first fire %.1f s after it was elected, %.1f s after the process began;"
                            + " %,d MiB of live objects in its heap%n",
                    MANY, took.toMillis() / 1e3, after(began, fired).toMillis() / 1e3, heap >> 20);
            assertThat(took).isLessThan(READY_WITHIN);
            assertThat(heap).isLessThan(HEAP);
        }
    }

    /** When it became the leader, as its log tells: each line begins with the time. */
    private static Instant elected(ServerProcess server) {
        var line = server.log()
                .lines()
                .filter(written -> written.endsWith("elected as leader"))
                .findFirst()
                .orElseThrow();
        return Instant.parse(line.substring(0, line.indexOf(' ')));
    }

    /** Bytes of all objects that are reachable. */
    private static long liveHeap(long pid) throws IOException {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var process = new ProcessBuilder(jcmd, Long.toString(pid), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String text;
        try (var reader = process.inputReader()) {
            text = reader.readAllAsString();
        }
        var total =
                Pattern.compile("^Total\\s+\\d+\\s+(\\d+)", Pattern.MULTILINE).matcher(text);
        assertThat(total.find()).as(text).isTrue();
        return Long.parseLong(total.group(1));
    }

    private ServerProcess start() throws IOException {
        return ServerProcess.startAsShipped(directory.resolve("log"), directory.resolve("data"))
                .awaitSays("dagkeeper answers at");
    }

    private static void write(Path files, String name, String triggers) throws IOException {
        Files.writeString(
                files.resolve(name + ".yaml"),
                "version: 1\nname: " + name + "\ntriggers:\n" + triggers + "steps:\n  a: {uses: noop}\n");
    }

    private void deploy(Path files) {
        var deployed = CommandRun.of(directory, Map.of(), "deploy", files.toString());
        assertThat(deployed.code()).as("%s", deployed).isZero();
    }

    /** The embedded Postgres, as the server has it; its port is line 4 of the file that it keeps about itself. */
    private Connection history() throws IOException, SQLException {
        var postgres = directory.resolve("data/postgres");
        var port = Files.readAllLines(postgres.resolve("data/postmaster.pid")).get(3);
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres",
                "dagkeeper",
                Files.readString(postgres.resolve("password")).strip());
    }

    private static String one(Connection connection, String query) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static Duration after(Instant at, String epochSeconds) {
        return Duration.ofMillis(Math.round(Double.parseDouble(epochSeconds) * 1e3) - at.toEpochMilli());
    }
}
