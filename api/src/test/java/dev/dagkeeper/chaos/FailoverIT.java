package dev.dagkeeper.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.api.client.RunRequest;
import dev.dagkeeper.api.client.SourceFile;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.cluster.TreeWatch;
import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.cluster.ZooKeeperSettings;
import dev.dagkeeper.run.RunState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** How long it takes until others have taken over from processes that were killed, suspended or cut off from ZooKeeper. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailoverIT {
    private static final int ACTIVE_STEPS = 10_000;
    private static final int RUN_SIZE = 500;
    private static final int SLOTS = 16;
    private static final int STEPS = 12;
    private static final int ENOUGH_FOR_A_MEDIAN = 10;
    private static final Duration WORKER_SESSION = Duration.ofSeconds(6);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final int kills = Integer.getInteger("failover.kills", 2);
    private final Duration outage = Duration.ofSeconds(Integer.getInteger("failover.outage.seconds", 10));

    @TempDir
    private static Path directory;

    private ClusterProcesses cluster;

    @BeforeAll
    void start() throws Exception {
        cluster = ClusterProcesses.start(
                new LoopbackNetwork(), directory.resolve("cluster"), new ClusterProcesses.Shape(2, 2, 1, SLOTS));
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void another_leader_dispatches_within_seconds_and_running_steps_are_undisturbed() throws Exception {
        var runs = new ArrayList<String>();
        var takeovers = new ArrayList<Takeover>();
        try (var zooKeeper = ZooKeeperConnection.open(
                ZooKeeperSettings.open(cluster.zooKeeper().connectString()), Duration.ofSeconds(10), "observer")) {
            assertThat(zooKeeper.awaitConnected(PATIENCE)).isTrue();
            for (int kill = 0; kill < kills; kill++) {
                while (count("SELECT count(*) FROM step WHERE state IN ('pending', 'blocked', 'queued', 'running')")
                        < ACTIVE_STEPS) {
                    runs.add(submit(many()));
                    awaitRunning(runs.getLast());
                }
                await().atMost(PATIENCE)
                        .until(() -> zooKeeper.children(Paths.LATCH).size() == 2
                                && count("SELECT count(*) FROM step WHERE state = 'running'") >= SLOTS);
                takeovers.add(killLeader(zooKeeper));
            }
        }
        var times = takeovers.stream().map(Takeover::dispatched).sorted().toList();
        System.out.println("leader killed " + kills + " times, milliseconds until the next one dispatched: " + times
                + "; each until its session was over, the next fence was up, the first item lay in an inbox: "
                + takeovers);
        assertThat(count("SELECT count(*) FROM attempt WHERE result = 'lost'")).isZero();
        assertThat(count("SELECT max(claim) FROM step")).isEqualTo(1);
        for (var run : runs) {
            // The first ones may have ended by themselves meanwhile.
            if (count("SELECT count(*) FROM run WHERE id = '" + run + "' AND ended_at IS NULL") == 1) {
                cluster.client(0).end(run, true);
            }
        }
        // Of a few kills the middle says nothing.
        if (kills >= ENOUGH_FOR_A_MEDIAN) {
            assertThat(times.get((times.size() - 1) / 2)).isLessThanOrEqualTo(3_000);
        }
        assertThat(times.getLast())
                .isLessThanOrEqualTo(Promised.within(Duration.ofSeconds(5)).toMillis());
    }

    /** Milliseconds from the kill until the ensemble ended the session, the next leader's fence was up, its first item lay in an inbox. */
    private record Takeover(long expired, long fenced, long dispatched) {
        @Override
        public String toString() {
            return expired + "/" + fenced + "/" + dispatched;
        }
    }

    private Takeover killLeader(ZooKeeperConnection zooKeeper) throws Exception {
        var listener = new Succession(cluster.epoch());
        try (var _ = zooKeeper.watch(Paths.ROOT, listener)) {
            zooKeeper.sync();
            var leader = cluster.leader().orElseThrow();
            long killed = System.nanoTime();
            leader.kill();
            listener.dispatched.get(60, TimeUnit.SECONDS);
            return new Takeover(
                    millis(killed, listener.expired),
                    millis(killed, listener.fenced),
                    millis(killed, listener.dispatched));
        }
    }

    private static long millis(long from, CompletableFuture<Long> until) {
        return TimeUnit.NANOSECONDS.toMillis(until.join() - from);
    }

    /** Sees in ZooKeeper how one leader follows another; nanoseconds of the monotonic clock. */
    private static final class Succession implements TreeWatch.Listener {
        private final long before;
        private final CompletableFuture<Long> expired = new CompletableFuture<>();
        private final CompletableFuture<Long> fenced = new CompletableFuture<>();
        private final CompletableFuture<Long> dispatched = new CompletableFuture<>();

        /** @param before the epoch of the one who leads now */
        private Succession(long before) {
            this.before = before;
        }

        @Override
        public void created(String path) {
            if (path.startsWith(Paths.EPOCHS + "/")) {
                if (Long.parseLong(path.substring(Paths.EPOCHS.length() + 1)) > before) {
                    fenced.complete(System.nanoTime());
                }
            } else if (fenced.isDone() && path.startsWith(Paths.QUEUE + "/") && path.indexOf('.') > 0) {
                dispatched.complete(System.nanoTime());
            }
        }

        @Override
        public void deleted(String path) {
            if (path.startsWith(Paths.LATCH + "/")) {
                expired.complete(System.nanoTime());
            }
        }

        @Override
        public void listAgain() {}
    }

    @Test
    void steps_of_a_killed_worker_start_elsewhere_and_none_of_its_processes_is_left() throws Exception {
        var run = submit(recorded("killed", List.of("sleep 120")));
        var victim = cluster.workers().getFirst();
        var steps = awaitSteps(run, victim);
        var processes = awaitProcesses(victim, steps.size());
        long killed = System.nanoTime();
        var at = nowNanos();
        victim.kill();
        await().atMost(Promised.within(Duration.ofSeconds(2)))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> haveEnded(processes));
        var ended = Duration.ofNanos(System.nanoTime() - killed);
        awaitStarts("killed", steps, 2);
        long longest = steps.stream()
                .mapToLong(step -> starts("killed", step).get(1) - at)
                .max()
                .orElseThrow();
        System.out.println("worker killed: " + steps.size() + " steps started elsewhere within "
                + TimeUnit.NANOSECONDS.toMillis(longest) + " ms; its processes had ended after " + ended.toMillis()
                + " ms");
        cluster.client(0).end(run, true);
        assertThat(Duration.ofNanos(longest))
                .isLessThanOrEqualTo(WORKER_SESSION.plus(Promised.within(Duration.ofSeconds(1))));
        cluster.awaitReady();
    }

    @Test
    void a_worker_that_was_suspended_beyond_its_session_has_its_results_refused_and_its_processes_ended()
            throws Exception {
        var go = directory.resolve("go");
        var gated = "until [ -e " + go + " ]; do sleep 0.2; done";
        var run = submit(recorded("paused", List.of(gated, gated, "sleep 120", "sleep 120")));
        var victim = cluster.workers().getLast();
        var steps = awaitSteps(run, victim);
        var processes = awaitProcesses(victim, steps.size());
        victim.pause();
        try {
            // Half of its steps end now, which it cannot notice before it wakes. (Workers are given steps by turns.)
            Files.createFile(go);
            awaitStarts("paused", steps, 2);
        } finally {
            victim.resume();
        }
        await().atMost(PATIENCE).until(() -> haveEnded(processes));
        await().atMost(PATIENCE)
                .until(() -> Files.readString(victim.log()).contains("result refused, its claim was taken away"));
        cluster.client(0).end(run, true);
        var id = UUID.fromString(run);
        assertThat(count("SELECT count(*) FROM attempt WHERE run_id = '" + id + "' AND result = 'lost'"))
                .isEqualTo(steps.size());
        cluster.awaitReady();
    }

    @Test
    void steps_go_on_and_run_once_while_zookeeper_is_away_and_loses_everything() throws Exception {
        var seconds = outage.toSeconds();
        var run = submit(recorded("wiped", List.of("sleep " + seconds / 2, "sleep " + (seconds + 10)))
                + "  last: {uses: noop, needs: [s0, s1, s2]}\n");
        var steps = IntStream.range(0, STEPS).mapToObj(i -> "s" + i).toList();
        awaitStarts("wiped", steps, 1);
        cluster.zooKeeper().wipe();
        await().pollDelay(outage).atMost(outage.plusSeconds(5)).until(() -> true);
        cluster.zooKeeper().start();
        var ended = await().atMost(Duration.ofMinutes(2))
                .ignoreExceptions()
                .until(() -> cluster.client(0).run(run), found -> found.state().isFinal());
        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(steps).allSatisfy(step -> assertThat(starts("wiped", step)).hasSize(1));
    }

    private String submit(String source) {
        var request = new RunRequest(
                new RunRequest.Source(new SourceFile("failover.yaml", source, Map.of())),
                JsonMapper.shared().createObjectNode(),
                Optional.empty(),
                OptionalInt.empty(),
                UUID.randomUUID().toString());
        return cluster.client(0).submit(request).id();
    }

    private void awaitRunning(String run) {
        await().atMost(PATIENCE).until(() -> cluster.client(0).run(run).state() == RunState.RUNNING);
        await().atMost(PATIENCE)
                .until(() ->
                        count("SELECT count(*) FROM step WHERE run_id = '" + UUID.fromString(run) + "'") > RUN_SIZE);
    }

    /**
     * Many steps that keep slots busy and cost nothing. They are so short that workers have done all they were given before
     * another leader comes: it has something to dispatch at once, and nobody waits for a step to end.
     */
    private static String many() {
        var items = IntStream.range(0, RUN_SIZE).mapToObj(Integer::toString).collect(Collectors.joining(", "));
        return """
            version: 1
            name: many
            steps:
              fan: {uses: noop, with: {duration: 250ms}, foreach: {in: "[%s]"}}
              last: {uses: noop, needs: [fan]}
            """.formatted(items);
    }

    /** Steps that tell when they start and then do what the scripts say, by turns. */
    private static String recorded(String name, List<String> scripts) {
        var source = new StringBuilder("version: 1\nname: " + name + "\nsteps:\n");
        for (int i = 0; i < STEPS; i++) {
            source.append("  s%d: {uses: shell, run: \"date +%%s%%N >> %s; %s\"}%n"
                    .formatted(i, file(name, "s" + i), scripts.get(i % scripts.size())));
        }
        return source.toString();
    }

    private static Path file(String name, String step) {
        return directory.resolve(name + "-" + step);
    }

    /** When the step's script was begun, in nanoseconds of the wall clock. */
    private static List<Long> starts(String name, String step) {
        try {
            var file = file(name, step);
            return Files.exists(file)
                    ? Files.readAllLines(file).stream().map(Long::parseLong).toList()
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitStarts(String name, List<String> steps, int times) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> steps.stream().allMatch(step -> starts(name, step).size() >= times));
    }

    /** Waits until all steps of the run are known to run; those that run at one worker. */
    private List<String> awaitSteps(String run, ClusterProcess worker) throws SQLException {
        var id = UUID.fromString(run);
        await().atMost(PATIENCE)
                .until(() ->
                        count("SELECT count(*) FROM step WHERE state = 'running' AND run_id = '" + id + "'") == STEPS);
        var steps = new ArrayList<String>();
        try (var connection = cluster.postgres().connect();
                var statement =
                        connection.prepareStatement("SELECT step_id FROM step WHERE run_id = ? AND worker = ?")) {
            statement.setObject(1, id);
            statement.setString(2, worker.name());
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    steps.add(rows.getString(1));
                }
            }
        }
        assertThat(steps).isNotEmpty();
        return steps;
    }

    /** Waits until a worker's steps have processes, and so many of them. */
    private List<ProcessHandle> awaitProcesses(ClusterProcess worker, int most) {
        return await().atMost(PATIENCE).until(() -> processes(worker), found -> found.size() >= most);
    }

    /** Processes of steps: those whose working directory is one of the worker's. */
    private List<ProcessHandle> processes(ClusterProcess worker) {
        var own = cluster.dataDirectory(worker.name()).resolve("work");
        return ProcessHandle.allProcesses()
                .filter(process -> worksBelow(own, process))
                .toList();
    }

    /** Whether none is left but what its parent has not yet asked after, which has no directory any more. */
    private boolean haveEnded(List<ProcessHandle> processes) {
        return processes.stream().noneMatch(process -> worksBelow(directory, process));
    }

    private static boolean worksBelow(Path directory, ProcessHandle process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"))
                    .startsWith(directory.toRealPath());
        } catch (IOException gone) {
            return false;
        }
    }

    private int count(String sql) throws SQLException {
        try (var connection = cluster.postgres().connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static long nowNanos() {
        var now = Instant.now();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }
}
