package dev.dagkeeper.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The chaos suite. In every build a short form whose seed is the day; {@code mvn verify -Pchaos -Dchaos.seed=N} runs the
 * full one. What it does and how to read its report: docs/reliability.md.
 */
class ChaosIT {
    private static final String NAMES = "dkchaos-";

    /** Is in the environment of every JVM of a suite, with the suite's name. */
    private static final String SUITE = "DKCHAOS_SUITE";

    private final ChaosMain.Form form =
            ChaosMain.Form.valueOf(System.getProperty("chaos.form", "short").toUpperCase(Locale.ROOT));

    @Test
    void a_cluster_keeps_every_promise_while_its_processes_stores_and_networks_fail() throws Exception {
        var reports = new ArrayList<Path>();
        long seed = seed();
        for (int run = 0; run < Integer.getInteger("chaos.runs", 1); run++) {
            reports.add(keepsEveryPromise(seed + run));
        }
        var summary = ChaosSummary.of(reports);
        System.out.println(summary);
        Files.writeString(reports.getFirst().resolveSibling("summary.md"), summary);
    }

    private Path keepsEveryPromise(long seed) throws Exception {
        var directory = Path.of("target/chaos/" + seed).toAbsolutePath();
        System.out.println("chaos.seed=" + seed + " form=" + form);
        removeNamespacesOfTheDead();
        var namespace = name();
        boolean namespaces = ShellOut.isRoot()
                && ShellOut.end("ip", "netns", "add", namespace).exitCode() == 0;
        try {
            assertThat(run(seed, directory, namespaces ? namespace : ""))
                    .as("exit code of the suite with seed %d; logs of all processes are in %s", seed, directory)
                    .isZero();
        } finally {
            if (namespaces) {
                removeNamespaces(namespace);
            }
        }
        return directory.resolveSibling(seed + ".json");
    }

    private int run(long seed, Path directory, String namespace) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        if (!namespace.isEmpty()) {
            command.addAll(List.of("ip", "netns", "exec", namespace));
        }
        command.addAll(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dchaos.namespace=" + namespace,
                "-cp",
                System.getProperty("java.class.path"),
                ChaosMain.class.getName(),
                Long.toString(seed),
                form.name(),
                directory.toString()));
        Files.createDirectories(directory.getParent());
        var output = directory.resolveSibling(seed + ".log");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put(SUITE, name());
        var suite = builder.start();
        try {
            return suite.waitFor(form == ChaosMain.Form.FULL ? 12 : 5, TimeUnit.MINUTES) ? suite.exitValue() : -1;
        } finally {
            System.out.println(Files.readString(output));
            // The end of its input is the sign to clear up.
            suite.getOutputStream().close();
            var _ = suite.waitFor(30, TimeUnit.SECONDS);
            endProcesses(name());
        }
    }

    private long seed() {
        var given = System.getProperty("chaos.seed", "");
        if (!given.isBlank()) {
            return Long.parseLong(given);
        }
        return form == ChaosMain.Form.SHORT
                ? LocalDate.now(ZoneOffset.UTC).toEpochDay()
                : new Random().nextInt(1_000_000);
    }

    private static String name() {
        return NAMES + ProcessHandle.current().pid();
    }

    /** What suites left behind that were killed themselves. */
    private static void removeNamespacesOfTheDead() {
        for (var namespace : namespaces()) {
            var owner = namespace.split("-", 3)[1];
            if (ProcessHandle.of(Long.parseLong(owner)).isEmpty()) {
                endProcesses(NAMES + owner);
                NamespaceNetwork.remove(namespace);
            }
        }
    }

    private static void endProcesses(String suite) {
        ProcessEnvironments.with(SUITE + "=" + suite)
                .keySet()
                .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    private static void removeNamespaces(String suite) {
        namespaces().stream()
                .filter(name -> name.equals(suite) || name.startsWith(suite + "-"))
                .forEach(NamespaceNetwork::remove);
    }

    private static List<String> namespaces() {
        var listed = Path.of("/run/netns").toFile().list((_, name) -> name.startsWith(NAMES));
        return listed == null ? List.of() : List.of(listed);
    }
}
