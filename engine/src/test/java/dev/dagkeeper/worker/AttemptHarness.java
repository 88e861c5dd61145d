package dev.dagkeeper.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.config.Connections;
import dev.dagkeeper.config.SecretSettings;
import dev.dagkeeper.executor.Executor;
import dev.dagkeeper.executor.ExecutorCatalog;
import dev.dagkeeper.executor.Result;
import dev.dagkeeper.executor.StepContext;
import dev.dagkeeper.executor.StepRequest;
import dev.dagkeeper.executor.StepType;
import dev.dagkeeper.history.WorkerStore.Recorded;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.workflow.Limits;
import dev.dagkeeper.workflow.Scope;
import dev.dagkeeper.workflow.StepTypes;
import dev.dagkeeper.workflow.Workflow;
import dev.dagkeeper.workflow.WorkflowCompiler.Compilation;
import dev.dagkeeper.workflow.YamlWorkflowCompiler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A runner over a store in memory and one step type, {@code test}, whose deeds each test says. */
abstract class AttemptHarness {
    static final RunId RUN = new RunId(UUID.fromString("01919c8e-0000-7000-8000-000000000001"));
    static final Instant NOW = Instant.parse("2026-01-31T08:00:00Z");
    static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    @TempDir
    Path directory;

    final MemoryStore store = new MemoryStore();
    List<Revisions.ShippedFile> files = List.of();
    private Optional<AttemptRunner> runner = Optional.empty();

    @AfterEach
    void close() throws IOException {
        if (runner.isPresent()) {
            runner.get().close();
        }
    }

    static final int LOG_LIMIT = 4 * 1024 * 1024;
    static final String SIMPLE = """
            version: 1
            name: w
            steps:
              a: {uses: test}
            """;

    /** What the step type {@code test} does. */
    interface Body {
        Result run(StepRequest step, StepContext context) throws InterruptedException, IOException;
    }

    volatile Body body = (step, context) -> new Result.Succeeded(Map.of());
    final CountDownLatch entered = new CountDownLatch(1);
    private Optional<Workflow> workflow = Optional.empty();

    private final class TestExecutor implements Executor {
        private final StepType type =
                new StepType("test", Optional.empty(), json("{\"type\": \"object\"}"), true, Map.of());

        @Override
        public StepType type() {
            return type;
        }

        @Override
        public Result run(StepRequest step, StepContext context) throws InterruptedException {
            entered.countDown();
            try {
                return body.run(step, context);
            } catch (IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
        }
    }

    static Result sleepLong() throws InterruptedException {
        new CountDownLatch(1).await(30, SECONDS);
        return new Result.Succeeded(Map.of());
    }

    void start(String source, Body given) {
        body = given;
        var executors = List.<Executor>of(new TestExecutor());
        var types = StepTypes.of(ExecutorCatalog.of(executors).types());
        var compiled = new YamlWorkflowCompiler(types, Limits.DEFAULT).compile("w.yaml", source.getBytes(UTF_8));
        assertThat(compiled).isInstanceOf(Compilation.Accepted.class);
        workflow = Optional.of(((Compilation.Accepted) compiled).workflow());
        store.headers.put(
                RUN,
                new RunHeader(
                        RUN,
                        1,
                        "default",
                        new Scope.RunFacts(RUN.toString(), "w", 1, NOW, NOW, NOW, ""),
                        0,
                        Map.of("day", JSON.stringNode("2026"), "n", JSON.numberNode(0)),
                        NOW,
                        Optional.empty()));
        try {
            runner = Optional.of(open(executors));
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    AttemptRunner open(List<Executor> executors) throws IOException {
        return AttemptRunner.open(
                new AttemptSettings(
                        "worker-1",
                        directory.resolve("work"),
                        Connections.NONE,
                        Map.of(),
                        Duration.ofSeconds(2),
                        LOG_LIMIT,
                        false),
                store,
                id -> workflow.map(compiled -> new Revisions.Content(compiled, files)),
                ExecutorCatalog.of(executors),
                new ConfiguredSecrets(
                        new SecretSettings.Listed(dev.dagkeeper.config.NamePatterns.NONE, List.of(directory)),
                        System.getenv()),
                InstantSource.fixed(NOW));
    }

    Recorded run(int step, int attempt) {
        return run(new Claimed(key(step), 1, attempt));
    }

    Recorded run(Claimed claimed) {
        var ended = new Ended();
        begin(claimed, ended);
        return ended.join().orElseThrow();
    }

    RunningAttempt begin(Claimed claimed, Ended ended) {
        return runner.orElseThrow().start(claimed, ended);
    }

    String log(Recorded recorded) {
        recorded.logTail().forEach(store::add);
        return new String(store.log(recorded.key()), UTF_8);
    }

    static StepKey key(int step) {
        return new StepKey(RUN, step, StepKey.WHOLE);
    }

    static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text);
    }

    static final class Ended implements AttemptListener {
        final CompletableFuture<Optional<Recorded>> future = new CompletableFuture<>();

        @Override
        public void ended(RunningAttempt attempt, Recorded result) {
            assertThat(future.complete(Optional.of(result))).isTrue();
        }

        @Override
        public void abandoned(RunningAttempt attempt) {
            assertThat(future.complete(Optional.empty())).isTrue();
        }

        Optional<Recorded> join() {
            return future.orTimeout(20, SECONDS).join();
        }
    }
}
