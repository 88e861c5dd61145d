package dev.dagkeeper.api.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The real {@code dagkeeper server} in a JVM of its own. Closed, it is killed if it still runs. */
public final class ServerProcess implements AutoCloseable {
    /** Enough for a machine under load, and much less than the drain timeout. */
    public static final Duration PATIENCE = Duration.ofSeconds(40);

    private final Process process;
    private final Path log;

    private ServerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts one and does not wait for it. */
    public static ServerProcess start(Path log, Path dataDirectory, String... options) throws IOException {
        return start("-XX:TieredStopAtLevel=1", log, dataDirectory, options);
    }

    /** As {@link #start}, with both compilers, as the command {@code dagkeeper server} has them. */
    public static ServerProcess startAsShipped(Path log, Path dataDirectory) throws IOException {
        return start("-XX:+TieredCompilation", log, dataDirectory);
    }

    private static ServerProcess start(String compiler, Path log, Path dataDirectory, String... options)
            throws IOException {
        var command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                compiler,
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.dagkeeper.api.cli.Main",
                "server",
                "--data-dir",
                dataDirectory.toString()));
        command.addAll(List.of(options));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(variable -> variable.startsWith("DAGKEEPER_"));
        return new ServerProcess(builder.start(), log);
    }

    /** Waits until it wrote this; fails when it ends before. */
    public ServerProcess awaitSays(String text) {
        await().atMost(PATIENCE).until(() -> !process.isAlive() || log().contains(text));
        assertThat(log()).contains(text);
        return this;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGTERM, on Linux and macOS. */
    public void terminate() {
        process.destroy();
    }

    /** Waits for its end, which must be with this exit code. */
    public void assertEndsWith(int code) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as(log())
                .isTrue();
        assertThat(process.exitValue()).as(log()).isEqualTo(code);
    }

    /** What it wrote so far. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
