package dev.dagkeeper.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;

/**
 * A process of its own that opens the stores of a data directory and writes numbered rows, each in a transaction of its
 * own, until it is killed. After each commit it says so on its output; {@code ready} comes first.
 */
final class StoresProcess {
    private StoresProcess() {}

    public static void main(String[] arguments) throws Exception {
        try (var lock = new DataDirectory(Path.of(arguments[0])).lock();
                var stores = EmbeddedStores.start(lock)) {
            var postgres = stores.postgres();
            System.out.println("ready " + postgres.pid());
            try (var connection =
                            DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                    var statement = connection.createStatement()) {
                statement.execute("CREATE TABLE IF NOT EXISTS written (id bigint PRIMARY KEY)");
                var last = 0L;
                try (var rows = statement.executeQuery("SELECT coalesce(max(id), 0) FROM written")) {
                    rows.next();
                    last = rows.getLong(1);
                }
                for (var id = last + 1; ; id++) {
                    statement.execute("INSERT INTO written VALUES (" + id + ")");
                    System.out.println(id);
                }
            }
        }
    }

    /** Starts one. Its errors go to a file. */
    static Process start(Path directory, Path errors, List<String> prefix) throws IOException {
        return start(directory, errors, prefix, System.getProperty("java.class.path"));
    }

    static Process start(Path directory, Path errors, List<String> prefix, String classPath) throws IOException {
        var command = new ArrayList<>(prefix);
        command.addAll(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath,
                StoresProcess.class.getName(),
                directory.toString()));
        Files.deleteIfExists(errors);
        var builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().remove("XDG_CACHE_HOME");
        return builder.start();
    }
}
