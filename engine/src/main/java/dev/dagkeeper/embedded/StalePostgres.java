package dev.dagkeeper.embedded;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Postgres processes that a former owner of a data directory left behind. The owner of the directory's lock may stop
 * them: their master is dead.
 *
 * <p>They are known by what they do, not by a number in a file: every process of a cluster works in its data directory.
 */
final class StalePostgres {
    private static final int ROUNDS = 500;

    private StalePostgres() {}

    /**
     * Stops what still runs on the data directory and removes the file that would keep a new one from starting.
     *
     * @throws EmbeddedStoreException when something cannot be stopped
     */
    static void clear(Path data) throws IOException, InterruptedException {
        var pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        var remaining = processes(data);
        if (!remaining.isEmpty()) {
            signal("QUIT", remaining);
        }
        for (var round = 0; !remaining.isEmpty(); round++) {
            if (round == ROUNDS / 2) {
                signal("KILL", remaining);
            } else if (round == ROUNDS) {
                throw new EmbeddedStoreException("processes " + remaining + " of a Postgres of before still work in "
                        + data + " and do not end; end them with 'kill -9' and start again");
            }
            // Watching the first is enough: all end together or are looked up again.
            var first = ProcessHandle.of(remaining.getFirst());
            if (first.isPresent()) {
                awaitExit(first.get());
            }
            remaining = processes(data);
        }
        // Postgres removes it itself unless its number meanwhile belongs to some other process.
        Files.deleteIfExists(pidFile);
    }

    private static void awaitExit(ProcessHandle process) throws InterruptedException {
        try {
            process.onExit().get(20, TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            // Looked up again by the caller.
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("waiting for the end of process " + process.pid(), e);
        }
    }

    /** The Postgres processes that work in the directory; those of other users are not ours to see or to stop. */
    static List<Long> processes(Path data) throws IOException {
        var directory = data.toRealPath();
        var found = new ArrayList<Long>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (var process : processes) {
                if (isPostgresIn(process, directory)) {
                    found.add(Long.valueOf(process.getFileName().toString()));
                }
            }
        }
        return found;
    }

    private static boolean isPostgresIn(Path process, Path directory) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).equals(directory)
                    && Files.readSymbolicLink(process.resolve("exe")).endsWith("postgres");
        } catch (IOException e) {
            return false;
        }
    }

    /** Not only the postmaster: when it was killed, its children may still be on their way out. */
    private static void signal(String signal, List<Long> processes) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("sh", "-c", "kill -\"$0\" \"$@\" 2>/dev/null", signal));
        processes.forEach(pid -> command.add(pid.toString()));
        new ProcessBuilder(command).start().waitFor();
    }
}
