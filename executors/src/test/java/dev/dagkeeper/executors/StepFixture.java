package dev.dagkeeper.executors;

import dev.dagkeeper.config.Connections;
import dev.dagkeeper.executor.Executor;
import dev.dagkeeper.executor.Result;
import dev.dagkeeper.executor.StepContext;
import dev.dagkeeper.executor.StepRequest;
import dev.dagkeeper.process.StepProcesses;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Runs attempts of one executor as a worker does, and keeps what they log. */
public final class StepFixture implements AutoCloseable {
    private static final RunId RUN = new RunId(UUID.fromString("01919c8e-0000-7000-8000-000000000001"));

    private final Executor executor;
    private final Path directory;
    private final StepProcesses processes;
    private final AtomicInteger steps = new AtomicInteger();
    private Connections connections = Connections.NONE;
    private volatile Duration grace = Duration.ofSeconds(10);

    public StepFixture(Executor executor, Path directory) throws IOException {
        this(executor, directory, false);
    }

    public StepFixture(Executor executor, Path directory, boolean guarded) throws IOException {
        this.executor = executor;
        this.directory = directory;
        this.processes = StepProcesses.open(directory, guarded);
    }

    public void connection(String name, Map<String, String> settings) {
        connections = new Connections(Map.of(name, settings));
    }

    public void grace(Duration duration) {
        grace = duration;
    }

    /** One attempt on the calling thread. */
    public Ended run(Attempt attempt) throws InterruptedException {
        return new Running(attempt).run();
    }

    /** One attempt on a virtual thread. */
    public Running start(Attempt attempt) {
        var running = new Running(attempt);
        running.thread = Thread.ofVirtual().start(() -> {
            try {
                running.ended.complete(running.run());
            } catch (InterruptedException told) {
                running.ended.complete(new Ended(Optional.empty(), running.log()));
            } catch (RuntimeException broken) {
                running.ended.completeExceptionally(broken);
            }
        });
        return running;
    }

    @Override
    public void close() {
        processes.close();
    }

    /** What to run. */
    public record Attempt(
            Optional<String> script, ObjectNode with, Map<String, String> env, Map<String, String> secrets) {
        public static Attempt script(String script) {
            return new Attempt(Optional.of(script), JsonMapper.shared().createObjectNode(), Map.of(), Map.of());
        }

        public static Attempt with(String json) {
            return new Attempt(
                    Optional.empty(), (ObjectNode) JsonMapper.shared().readTree(json), Map.of(), Map.of());
        }

        public Attempt settings(String json) {
            return new Attempt(script, (ObjectNode) JsonMapper.shared().readTree(json), env, secrets);
        }

        public Attempt env(Map<String, String> given) {
            return new Attempt(script, with, given, secrets);
        }

        public Attempt secrets(Map<String, String> given) {
            return new Attempt(script, with, env, given);
        }
    }

    /** How it ended; no result when it was told to end and did. */
    public record Ended(Optional<Result> result, String log) {
        public Result.Succeeded succeeded() {
            return (Result.Succeeded) result.orElseThrow();
        }

        public Result.Failed failed() {
            return (Result.Failed) result.orElseThrow();
        }
    }

    /** An attempt under way. */
    public final class Running {
        private final Attempt attempt;
        private final Context context = new Context();
        private final CompletableFuture<Ended> ended = new CompletableFuture<>();
        private @Nullable Thread thread;

        private Running(Attempt attempt) {
            this.attempt = attempt;
        }

        private Ended run() throws InterruptedException {
            var request = new StepRequest(
                    new StepKey(RUN, 3, StepKey.WHOLE),
                    "a_step",
                    1,
                    2,
                    "the-key",
                    Instant.parse("2026-01-31T08:00:00Z"),
                    attempt.script(),
                    attempt.with(),
                    attempt.env(),
                    attempt.secrets(),
                    Optional.empty());
            try {
                return new Ended(Optional.of(executor.run(request, context)), log());
            } finally {
                context.leave();
            }
        }

        /** Tells it to end. */
        public void interrupt() {
            if (thread != null) {
                thread.interrupt();
            }
        }

        public CompletableFuture<Ended> ended() {
            return ended;
        }

        /** What it has logged so far. */
        public String log() {
            return context.bytes.toString(StandardCharsets.UTF_8);
        }

        public byte[] logBytes() {
            return context.bytes.toByteArray();
        }
    }

    private final class Context implements StepContext {
        private final Path root = directory.resolve("attempt-" + steps.incrementAndGet());
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private @Nullable String marker;

        @Override
        public OutputStream log() {
            return bytes;
        }

        @Override
        public Path workingDirectory() throws IOException {
            return Files.createDirectories(root.resolve("work"));
        }

        @Override
        public Path scratchDirectory() throws IOException {
            return Files.createDirectories(root);
        }

        @Override
        public Connections connections() {
            return connections;
        }

        @Override
        public Map<String, String> baseEnvironment() {
            var path = new HashMap<String, String>();
            path.put("PATH", System.getenv("PATH"));
            path.put("HOME", "/tmp");
            return path;
        }

        @Override
        public Duration grace() {
            return grace;
        }

        @Override
        public String processMarker() {
            try {
                marker = processes.enter();
                return marker;
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public GuardedGroup guard(long processGroup) {
            processes.watch(processGroup);
            return () -> processes.forget(processGroup);
        }

        private void leave() {
            if (marker != null) {
                processes.leave(marker);
            }
        }
    }
}
