package dev.dagkeeper.chaos;

import dev.dagkeeper.api.client.DoctorQuery;
import dev.dagkeeper.chaos.ClusterProcesses.Shape;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One run of the chaos suite, in a JVM of its own so that it can live in a network namespace: a cluster of processes under
 * load, faults, and the look at what is left. Started by {@link ChaosIT}. Ends, with everything it started, when its input
 * does.
 *
 * <p>Exit code 0: every promise was kept. Else 1, and all logs stay in the directory.
 */
final class ChaosMain {
    private static final Shape SHAPE = new Shape(2, 3, 2, 36);
    private static final int UNFINISHED_RUNS = 70;
    private static final int ENOUGH_ACTIVE = 50;
    private static final long FINISH_SECONDS = 150;
    /** When the short form begins no more faults, so that a slow machine does not make a build wait. */
    private static final long SHORT_MILLIS = 30_000;
    /** Longer than the time between two sweeps of the leader, which are what finds the last leftovers. */
    private static final long QUIET_SECONDS = 45;

    private final long seed;
    private final Form form;
    private final Path directory;
    private final ChaosReport report;
    private final List<String> violations = new ArrayList<>();

    /** How much is done. */
    enum Form {
        /** For every build: the faults that were worth most. */
        SHORT,
        /** Every kind, and then some. */
        FULL
    }

    private ChaosMain(long seed, Form form, Path directory, String network) {
        this.seed = seed;
        this.form = form;
        this.directory = directory;
        report = new ChaosReport(seed, form.name().toLowerCase(java.util.Locale.ROOT), network);
    }

    /** {@code SEED FORM DIRECTORY}; the directory is made, and its name with {@code .json} is the report. */
    public static void main(String[] arguments) throws Exception {
        var directory = Path.of(arguments[2]);
        if (Files.exists(directory)) {
            // What an earlier run of this seed left to be looked at.
            delete(directory);
        }
        Files.createDirectories(directory);
        var network = ClusterNetwork.best(System.getProperty("chaos.namespace", ""));
        var main = new ChaosMain(
                Long.parseLong(arguments[0]),
                Form.valueOf(arguments[1]),
                directory,
                network instanceof NamespaceNetwork ? "namespaces" : "proxies");
        endWithInput();
        System.exit(main.run(network) ? 0 : 1);
    }

    private static void endWithInput() {
        Thread.ofPlatform().daemon().name("input").start(() -> {
            try {
                while (System.in.read() >= 0) {
                    // Only its end counts.
                }
            } catch (IOException e) {
                // As good as its end.
            }
            System.exit(3);
        });
    }

    private boolean run(ClusterNetwork network) throws Exception {
        var cluster = directory.resolve("cluster");
        var disk = disk(network, cluster.resolve("worker-1/work"));
        var processes = ClusterProcesses.start(network, cluster, SHAPE);
        // Whatever ends this JVM ends the cluster first.
        var closing = new Thread(processes::close, "close-cluster");
        Runtime.getRuntime().addShutdownHook(closing);
        try (var effects = new Effects(directory.resolve("effects"));
                var load = new Load(processes, effects, seed, UNFINISHED_RUNS)) {
            var stage = new Stage(processes, disk, new Random(seed), new ReentrantLock());
            perform(stage, effects, load);
        } catch (RuntimeException | IOException | SQLException e) {
            violations.add(e + ", see " + written(e));
        }
        Runtime.getRuntime().removeShutdownHook(closing);
        processes.close();
        disk.ifPresent(FullDisk::close);
        report.violations(violations);
        var text = report.text();
        Files.writeString(directory.resolveSibling(seed + ".json"), text + "\n");
        System.out.println(text);
        tidy(cluster);
        return violations.isEmpty();
    }

    /** Where the details of what ended the suite are, which is kept to be looked at. */
    private Path written(Exception failure) throws IOException {
        var file = directory.resolve("failure.txt");
        try (var details = new PrintWriter(Files.newBufferedWriter(file))) {
            failure.printStackTrace(details);
        }
        return file;
    }

    private static Optional<FullDisk> disk(ClusterNetwork network, Path work) throws IOException {
        if (network instanceof NamespaceNetwork) {
            return Optional.of(FullDisk.mount(work));
        }
        System.out.println("no full disk: mounting a small file system needs root");
        return Optional.empty();
    }

    private void perform(Stage stage, Effects effects, Load load) throws Exception {
        var cluster = stage.cluster();
        var scripts = new StepScripts(effects.file());
        var nemesis = new Nemesis(stage, effects, scripts, ENOUGH_ACTIVE);
        System.out.printf("%7.1f s  the cluster is up%n", effects.millis() / 1000.0);
        load.start();
        try {
            nemesis.follow(plan(stage), form == Form.SHORT ? SHORT_MILLIS : Long.MAX_VALUE);
        } finally {
            System.out.printf("%7.1f s  no more faults%n", effects.millis() / 1000.0);
            report.faults(nemesis.done(), effects.read());
        }
        load.finish();
        load.problems().forEach(violations::add);
        report.put("requestsRepeated", load.repeated());
        long finishing = effects.millis();
        awaitAllFinal(cluster);
        report.put("millisToFinish", effects.millis() - finishing);
        awaitNoScripts(scripts);
        long quiet = effects.millis();
        QuietZooKeeper.leftovers(cluster.zooKeeper().connectString(), SHAPE.workers(), QUIET_SECONDS)
                .forEach(left -> violations.add("left in ZooKeeper: " + left));
        report.put("millisToQuiet", effects.millis() - quiet);
        Recorded recorded;
        try (var connection = cluster.postgres().connect()) {
            recorded = Recorded.read(connection);
        }
        report.put("repairs", cluster.repairs());
        askTheDoctor(cluster);
        var findings = Checker.check(load.accepted(), recorded, effects.read());
        violations.addAll(findings.violations());
        report.history(recorded, findings.duplicates());
        report.put("millis", effects.millis());
    }

    private List<Fault> plan(Stage stage) {
        var disk = stage.disk().isPresent();
        return switch (form) {
            case FULL -> Nemesis.plan(stage.random(), Nemesis.kinds(disk), 3);
            case SHORT ->
                Nemesis.plan(
                        stage.random(),
                        List.of(
                                Fault.LEADER_KILLED,
                                Fault.WORKER_KILLED,
                                Fault.WORKER_CUT_OFF,
                                Fault.API_KILLED,
                                Fault.ZOOKEEPER_LEADER_KILLED,
                                Fault.ZOOKEEPER_WIPED,
                                Fault.POSTGRES_CRASHED),
                        0);
        };
    }

    private void awaitAllFinal(ClusterProcesses cluster) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(FINISH_SECONDS);
        var unfinished = List.of("not looked yet");
        while (System.nanoTime() < until) {
            unfinished = unfinished(cluster);
            if (unfinished.isEmpty()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        unfinished.forEach(step -> violations.add("not final " + FINISH_SECONDS + " s after the last fault: " + step));
    }

    private static List<String> unfinished(ClusterProcesses cluster) {
        try (var connection = cluster.postgres().connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        SELECT r.id || ' ' || r.state || coalesce(' ' || s.step_id || '[' || s.index || '] ' || s.state
                            || ' claim ' || s.claim || ' report ' || coalesce(s.report, 'none') || ': ' || s.reason, '')
                        FROM run r LEFT JOIN step s ON s.run_id = r.id AND s.state IN ('queued', 'running', 'blocked', 'waiting')
                        WHERE r.state IN ('queued', 'running', 'paused', 'cancelling')""")) {
            var unfinished = new ArrayList<String>();
            while (rows.next()) {
                unfinished.add(rows.getString(1));
            }
            return unfinished;
        } catch (SQLException away) {
            return List.of(away.toString());
        }
    }

    private void askTheDoctor(ClusterProcesses cluster) {
        var examination = cluster.client(0).doctor(DoctorQuery.all(Duration.ofSeconds(15)));
        for (var check : examination.path("checks")) {
            if (check.path("violations").asLong(0) > 0
                    || !check.path("carriedOut").asBoolean(false)) {
                violations.add("doctor: " + check);
            }
        }
        if (!examination.path("healthy").asBoolean(false)) {
            violations.add("doctor: not healthy");
        }
    }

    private void awaitNoScripts(StepScripts scripts) throws InterruptedException {
        long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!scripts.pids().isEmpty() && System.nanoTime() < until) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        scripts.pids().forEach(pid -> violations.add("process " + pid + " of a step is left"));
    }

    /** Logs stay where a promise was broken; data never. */
    private void tidy(Path cluster) throws IOException {
        try (var entries = Files.newDirectoryStream(violations.isEmpty() ? directory : cluster)) {
            for (var entry : entries) {
                if (violations.isEmpty() || Files.isDirectory(entry)) {
                    delete(entry);
                }
            }
        }
        if (violations.isEmpty()) {
            Files.delete(directory);
        }
    }

    private static void delete(Path tree) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @org.jspecify.annotations.Nullable IOException e)
                    throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
