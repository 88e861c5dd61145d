package dev.dagkeeper.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dagkeeper.Promised;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedStoresIT {
    private static final int NOBODY = 65_534;

    @TempDir
    Path temporary;

    /** What outlives its killed owner for a moment would write into the directory while that is deleted. */
    @AfterEach
    void awaitEnd() {
        for (var home : List.of(temporary, temporary.resolve("nobody"))) {
            var data = home.resolve("data/postgres/data");
            if (Files.exists(data)) {
                await().atMost(Promised.EVENTUALLY)
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> StalePostgres.processes(data).isEmpty());
            }
        }
    }

    @Test
    void history_survives_kill_9_of_the_process_and_nothing_of_it_stays_behind() throws Exception {
        var directory = temporary.resolve("data");
        var data = directory.resolve("postgres/data");
        var acknowledged = 0L;
        for (var round = 1; round <= 2; round++) {
            var process = StoresProcess.start(directory, temporary.resolve("errors"), List.of());
            try {
                acknowledged = writeUntilKilled(process, 200);
            } finally {
                process.destroyForcibly();
            }
            await("every Postgres process ends")
                    .atMost(Promised.within(Duration.ofSeconds(2)))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> StalePostgres.processes(data).isEmpty());
        }
        assertThat(acknowledged).isGreaterThanOrEqualTo(400);
        assertHolds(directory, acknowledged);
    }

    @Test
    void history_survives_kill_9_of_everything_at_once() throws Exception {
        var directory = temporary.resolve("data");
        var data = directory.resolve("postgres/data");
        var process = StoresProcess.start(directory, temporary.resolve("errors"), List.of());
        try (var output = process.inputReader()) {
            var postmaster = readyPid(output, temporary.resolve("errors"));
            readUntil(output, 200);
            ProcessHandle.of(postmaster).orElseThrow().destroyForcibly();
            kill(process);
            assertHolds(directory, lastOf(output, 200));
        } finally {
            process.destroyForcibly();
        }
        assertThat(StalePostgres.processes(data)).isEmpty();
    }

    @Test
    void a_second_opener_is_told_who_has_the_directory_and_finds_its_server() throws Exception {
        var directory = temporary.resolve("data");
        var second = new DataDirectory(directory);
        var process = StoresProcess.start(directory, temporary.resolve("errors"), List.of());
        try (var output = process.inputReader()) {
            readyPid(output, temporary.resolve("errors"));
            var address = new ServerAddress(URI.create("http://127.0.0.1:1"), "token", process.pid());
            Files.writeString(directory.resolve("server"), address.format());
            assertThat(second.find()).contains(address);
            // Neither looking nor being refused takes the lock from its owner.
            for (var time = 1; time <= 2; time++) {
                assertThatThrownBy(second::lock)
                        .isInstanceOf(DataDirectoryInUseException.class)
                        .hasMessageContaining(directory + " is in use by process " + process.pid());
            }
            assertThat(second.find()).contains(address);
        } finally {
            process.destroyForcibly();
            process.waitFor();
        }
        assertThat(second.find()).isEmpty();
    }

    @Test
    void an_ordinary_user_without_a_home_runs_it_too() throws Exception {
        assumeTrue(isRoot(), "only root can become another user");
        assumeTrue(Executables.find("setpriv").isPresent(), "setpriv (util-linux) is not here");
        var home = Files.createDirectory(
                temporary.resolve("nobody"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.setAttribute(home, "unix:uid", NOBODY);
        Files.setAttribute(home, "unix:gid", NOBODY);
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        var classPath = readableClassPath();
        var directory = home.resolve("data");
        var asNobody = List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
        var errors = temporary.resolve("errors");
        var process = StoresProcess.start(directory, errors, asNobody, classPath);
        try (var output = process.inputReader()) {
            var postmaster = readyPid(output, errors);
            readUntil(output, 20);
            assertThat(Files.getAttribute(Path.of("/proc/" + postmaster), "unix:uid"))
                    .isEqualTo(NOBODY);
            assertThat(Files.getAttribute(directory.resolve("postgres/data/PG_VERSION"), "unix:uid"))
                    .isEqualTo(NOBODY);
            process.destroyForcibly();
            await("every Postgres process ends")
                    .atMost(Promised.within(Duration.ofSeconds(2)))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> StalePostgres.processes(directory.resolve("postgres/data"))
                            .isEmpty());
        } finally {
            process.destroyForcibly();
        }
        var again = StoresProcess.start(directory, errors, asNobody, classPath);
        try (var output = again.inputReader()) {
            readyPid(output, errors);
            assertThat(Long.parseLong(line(output, errors))).isGreaterThan(20);
        } finally {
            again.destroyForcibly();
            again.waitFor();
        }
    }

    /** Kills the process while it writes; gives the last row that it knew to be committed. */
    private long writeUntilKilled(Process process, long rows) throws IOException, InterruptedException {
        try (var output = process.inputReader()) {
            readyPid(output, temporary.resolve("errors"));
            var from = Long.parseLong(line(output, temporary.resolve("errors")));
            readUntil(output, from + rows);
            kill(process);
            var last = lastOf(output, from + rows);
            process.waitFor();
            return last;
        }
    }

    /** Unlike the process's own method, this leaves the pipe open with what is still in it. */
    private static void kill(Process process) {
        process.toHandle().destroyForcibly();
    }

    /** Within the ten seconds that a start may take after anything. */
    private void assertHolds(Path directory, long acknowledged) throws IOException, InterruptedException, SQLException {
        var began = System.nanoTime();
        try (var lock = new DataDirectory(directory).lock();
                var stores = EmbeddedStores.start(lock)) {
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Promised.within(Duration.ofSeconds(10)));
            var postgres = stores.postgres();
            try (var connection =
                            DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                    var statement = connection.createStatement();
                    var rows = statement.executeQuery("SELECT count(*), min(id), max(id) FROM written")) {
                rows.next();
                var count = rows.getLong(1);
                assertThat(count).isBetween(acknowledged, acknowledged + 1);
                assertThat(rows.getLong(2)).isEqualTo(1);
                assertThat(rows.getLong(3)).isEqualTo(count);
            }
        }
    }

    private static long readyPid(BufferedReader output, Path errors) throws IOException {
        return Long.parseLong(line(output, errors).substring("ready ".length()));
    }

    private static String line(BufferedReader output, Path errors) throws IOException {
        var line = output.readLine();
        if (line == null) {
            throw new AssertionError("the process ended:\n" + Files.readString(errors));
        }
        return line;
    }

    private static void readUntil(BufferedReader output, long row) throws IOException {
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            if (Long.parseLong(line) >= row) {
                return;
            }
        }
        throw new AssertionError("the process ended before row " + row);
    }

    /** The last whole line that is left in the pipe of a killed process. */
    private static long lastOf(BufferedReader output, long atLeast) throws IOException {
        var last = atLeast;
        var text = new StringBuilder();
        for (var c = output.read(); c >= 0; c = output.read()) {
            if (c == '\n') {
                last = Long.parseLong(text, 0, text.length(), 10);
                text.setLength(0);
            } else {
                text.append((char) c);
            }
        }
        return last;
    }

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }

    /** The class path as another user can read it: what lies in root's home is copied. */
    private String readableClassPath() throws IOException, InterruptedException {
        var target = Files.createDirectory(temporary.resolve("classes"));
        var entries = new java.util.ArrayList<String>();
        for (var entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1)) {
            if (entry.matches(
                    ".*(maven|junit|assertj|jmh|testcontainers|palantir|archunit|cel|flyway|jackson).*\\.jar")) {
                continue;
            }
            var copy = target.resolve(entries.size() + "-" + Path.of(entry).getFileName());
            var cp = new ProcessBuilder("cp", "-r", entry, copy.toString())
                    .inheritIO()
                    .start();
            assertThat(cp.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(cp.exitValue()).isZero();
            entries.add(copy.toString());
        }
        return String.join(java.io.File.pathSeparator, entries);
    }
}
