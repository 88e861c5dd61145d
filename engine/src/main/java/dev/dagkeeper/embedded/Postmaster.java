package dev.dagkeeper.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The first process of a running Postgres. It does not outlive this JVM: a shell beside it holds the reading end of a
 * pipe whose only writing end is here, and stops the postmaster when the pipe ends, however this JVM ended.
 *
 * <p>The pair runs in a session of its own, so that a Ctrl-C at the terminal reaches the JVM and not Postgres.
 */
final class Postmaster {
    /**
     * Becomes the postmaster, after leaving the watcher behind (twice forked, so that Postgres never meets a child it did
     * not start). A word through the pipe asks for a shutdown with time to finish; the end of the pipe leaves a second.
     * The watcher signals only a process that works in the data directory: process ids are used again.
     */
    private static final String SCRIPT = """
            data=$1
            shift
            postmaster=$$
            cd "$data" || exit 1
            exec 3<&0 </dev/null
            ours() {
              [ "/proc/$postmaster/cwd" -ef "$data" ]
            }
            watch() {
              trap '' HUP INT TERM
              cd /
              patience=10
              if read -r word <&3; then patience=200; fi
              for signal in INT QUIT KILL; do
                ours || exit 0
                kill -$signal $postmaster
                waited=0
                while [ $waited -lt $patience ]; do
                  ours || exit 0
                  sleep 0.1 || sleep 1
                  waited=$((waited + 1))
                done
                patience=50
              done
            }
            ( watch & )
            exec 3<&-
            exec "$@"
            """;

    private static final List<String> SETTINGS = List.of(
            "listen_addresses=127.0.0.1",
            // Paths of sockets are limited to 107 bytes, and the driver speaks TCP only.
            "unix_socket_directories=",
            "cluster_name=dagkeeper",
            // What is acknowledged is on the disk.
            "fsync=on",
            "synchronous_commit=on",
            "full_page_writes=on",
            // One machine, no replicas.
            "wal_level=minimal",
            "max_wal_senders=0",
            "max_connections=100",
            // Small: it lives beside the engine on a machine that has other things to do.
            "shared_buffers=128MB",
            "effective_cache_size=1GB",
            "work_mem=8MB",
            "maintenance_work_mem=64MB",
            "max_wal_size=1GB",
            "checkpoint_timeout=15min",
            "random_page_cost=1.1",
            // Short transactions on few cores: neither compiling nor helpers pay.
            "jit=off",
            "io_method=sync",
            "max_parallel_workers_per_gather=0",
            "max_logical_replication_workers=0",
            "autovacuum_max_workers=2",
            "log_timezone=UTC",
            "timezone=UTC",
            "log_checkpoints=off",
            "log_line_prefix=%m [%p] ");

    private static final Duration CHECK_EVERY = Duration.ofMillis(5);
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final long LOG_LIMIT = 8L << 20;

    private final Process process;
    private final PostgresCluster cluster;
    private final int port;
    private final long logStart;

    private Postmaster(Process process, PostgresCluster cluster, int port, long logStart) {
        this.process = process;
        this.cluster = cluster;
        this.port = port;
        this.logStart = logStart;
    }

    /** Starts Postgres; it is not ready yet. */
    static Postmaster start(PostgresCluster cluster, PostgresBinaries binaries, List<String> prefix, int port)
            throws IOException {
        var logStart = rotate(cluster.log());
        var command = new ArrayList<String>();
        Executables.find("setsid").ifPresent(setsid -> command.add(setsid.toString()));
        command.addAll(
                List.of("sh", "-c", SCRIPT, "dagkeeper-postgres", cluster.data().toString()));
        command.addAll(prefix);
        command.addAll(List.of(
                binaries.program("postgres").toString(), "-D", cluster.data().toString()));
        command.addAll(List.of("-p", Integer.toString(port)));
        SETTINGS.forEach(setting -> command.addAll(List.of("-c", setting)));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(cluster.log().toFile()));
        cleanEnvironment(builder.environment());
        return new Postmaster(builder.start(), cluster, port, logStart);
    }

    /** Leaves Postgres nothing that would change how it behaves, such as a user's PGDATA or locale. */
    static void cleanEnvironment(Map<String, String> environment) {
        environment.keySet().retainAll(List.of("PATH", "HOME", "TMPDIR"));
        environment.put("LC_ALL", "C");
        environment.put("TZ", "UTC");
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /**
     * Waits until it accepts connections.
     *
     * @return false when it ended because the port was taken in the meantime
     * @throws EmbeddedStoreException when it ended for another reason, or takes too long
     */
    boolean awaitReady() throws IOException, InterruptedException {
        var deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!saysReady()) {
            // Waits for its end, because that is the only other news.
            if (process.waitFor(CHECK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                var log = logTail();
                if (log.contains("could not bind")) {
                    return false;
                }
                throw new EmbeddedStoreException("Postgres did not start in %s, exit code %d; it said in %s:\n%s"
                        .formatted(cluster.data(), process.exitValue(), cluster.log(), log));
            }
            if (System.nanoTime() > deadline) {
                stop();
                throw new EmbeddedStoreException("Postgres in %s was not ready after %d s; it said in %s:\n%s"
                        .formatted(cluster.data(), START_LIMIT.toSeconds(), cluster.log(), logTail()));
            }
        }
        return true;
    }

    /** Stops it in good order, with force when that takes too long. Returns when it is gone. */
    void stop() {
        try (var pipe = process.outputWriter(StandardCharsets.US_ASCII)) {
            pipe.write("stop\n");
        } catch (IOException e) {
            // The watcher is gone, and with it the gentle way; the log on disk makes the hard one safe.
            process.destroyForcibly();
        }
        var interrupted = false;
        while (process.isAlive()) {
            try {
                if (!process.waitFor(30, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Line 8 of the file that Postgres keeps about itself, line 1 being whom it is about. */
    private boolean saysReady() throws IOException {
        try {
            var lines = Files.readAllLines(cluster.data().resolve("postmaster.pid"), StandardCharsets.ISO_8859_1);
            return lines.size() >= 8
                    && lines.getFirst().strip().equals(Long.toString(pid()))
                    && lines.get(7).startsWith("ready");
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Keeps one former log when the current one has grown large; returns where the next line goes. */
    private static long rotate(Path log) throws IOException {
        if (!Files.exists(log)) {
            return 0;
        }
        if (Files.size(log) < LOG_LIMIT) {
            return Files.size(log);
        }
        Files.move(log, log.resolveSibling("log.1"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        return 0;
    }

    private String logTail() throws IOException {
        try (var log = Files.newByteChannel(cluster.log())) {
            log.position(Math.max(logStart, log.size() - 4096));
            return new String(java.nio.channels.Channels.newInputStream(log).readAllBytes(), StandardCharsets.UTF_8)
                    .strip();
        }
    }
}
