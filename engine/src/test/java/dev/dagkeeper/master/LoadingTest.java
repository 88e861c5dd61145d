package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.queue.Lock;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepSnapshot;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.workflow.Limits;
import dev.dagkeeper.workflow.Scope;
import dev.dagkeeper.workflow.Workflow;
import dev.dagkeeper.workflow.WorkflowCompiler.Compilation;
import dev.dagkeeper.workflow.YamlWorkflowCompiler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LoadingTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
    private static final StepKey KEY = new StepKey(new RunId(new UUID(0, 1)), 0, StepKey.WHOLE);
    private static final Lock LOCK = new Lock(KEY, 2, "w~1");

    private final Coordination zooKeeper =
            proxy(Coordination.class, (_, method, arguments) -> switch (method.getName()) {
                case "sync" -> null;
                case "children" -> arguments[0].equals(Paths.QUEUE) ? List.of() : locks();
                case "read" -> ((Collection<?>) arguments[0]).isEmpty() ? Map.of() : Map.of(Lock.path(KEY), node());
                default -> throw new AssertionError("unexpected: " + method);
            });
    private final LeaderStore store = proxy(LeaderStore.class, (_, method, _) -> switch (method.getName()) {
        case "mayHaveLostWrites" -> true;
        case "begunRuns" -> List.of(KEY.run());
        case "queuedRuns" -> List.of();
        case "load" -> List.of(loaded());
        default -> throw new AssertionError("unexpected: " + method);
    });
    private final Term term = new Term(store, 1, new LeaderMetrics(new SimpleMeterRegistry()));

    @Test
    void retry_that_runs_is_left_alone_when_postgres_lost_that_it_was_given_out() throws Exception {
        new TakingUp(zooKeeper, store, _ -> Optional.of(workflow()), term).all(NOW);
        var run = term.find(KEY.run()).orElseThrow();
        assertThat(run.active().claim(KEY)).isEqualTo(2);
        assertThat(run.active().state(KEY)).isEqualTo(StepState.RUNNING);
    }

    private static LeaderStore.LoadedRun loaded() {
        var facts = new Scope.RunFacts(KEY.run().toString(), "w", 1, NOW, NOW, NOW, "");
        var header = new RunHeader(KEY.run(), 1, "default", facts, 0, Map.of(), NOW, Optional.empty());
        var waiting = new StepSnapshot(
                KEY,
                StepState.WAITING,
                "retry 1 of 3 in 1s",
                2,
                2,
                0,
                Optional.empty(),
                Optional.of(NOW.minusSeconds(2)),
                Optional.empty(),
                Map.of(),
                Optional.empty());
        return new LeaderStore.LoadedRun(
                header, RunState.RUNNING, "", Optional.empty(), Optional.of(NOW), 5, List.of(waiting), Set.of());
    }

    private static Map<String, List<String>> locks() {
        var path = Lock.path(KEY);
        int slash = path.lastIndexOf('/');
        return Map.of(path.substring(0, slash), List.of(path.substring(slash + 1)));
    }

    private static Coordination.Node node() {
        return new Coordination.Node(new String(LOCK.data(), StandardCharsets.UTF_8), 0, 1);
    }

    private static Workflow workflow() {
        var yaml = "version: 1\nname: w\nsteps:\n  a: {uses: noop, retry: {max: 3, delay: 1s}}\n";
        return switch (new YamlWorkflowCompiler(Script.types(), Limits.DEFAULT)
                .compile("w", yaml.getBytes(StandardCharsets.UTF_8))) {
            case Compilation.Accepted(var workflow, var _) -> workflow;
            case Compilation.Rejected(var problems) -> throw new AssertionError(problems.toString());
        };
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
