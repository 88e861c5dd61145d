package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.EpochFence;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.queue.Lock;
import dev.dagkeeper.queue.Outbox;
import dev.dagkeeper.queue.StopNote;
import dev.dagkeeper.run.ActiveRun;
import dev.dagkeeper.run.Event;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.Test;

class ReconciliationTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
    private static final StepKey KEY = new StepKey(new RunId(new UUID(0, 1)), 0, StepKey.WHOLE);

    private final Lock lock = new Lock(KEY, 1, "w~1");
    private final List<String> sent = new ArrayList<>();
    private final Coordination zooKeeper =
            proxy(Coordination.class, (_, method, arguments) -> switch (method.getName()) {
                case "read" ->
                    Optional.of(new Coordination.Node(new String(lock.data(), StandardCharsets.UTF_8), 0, 1));
                case "creation" ->
                    Op.create((String) arguments[0], (byte[]) arguments[1], ZooDefs.Ids.OPEN_ACL_UNSAFE, 0);
                case "multi" -> sent.add(((Op) ((List<?>) arguments[0]).getLast()).getPath());
                default -> throw new AssertionError("unexpected: " + method);
            });
    private final LeaderMetrics metrics = new LeaderMetrics(new SimpleMeterRegistry());
    private final Outbox outbox = new Outbox(zooKeeper, new EpochFence(1));
    private final LeaderStore store = proxy(LeaderStore.class, (_, method, _) -> {
        throw new AssertionError("unexpected: " + method);
    });
    private final Term term = new Term(store, 1, metrics);
    private final Dispatch dispatch = new Dispatch(term, outbox, metrics, signal -> {});
    private final TakingUp takingUp = new TakingUp(zooKeeper, store, _ -> Optional.empty(), term);
    private final LeaderStores stores = new LeaderStores(zooKeeper, store, outbox);
    private final TakingBack takingBack = new TakingBack(stores, term, metrics);
    private final Reconciliation reconciliation = new Reconciliation(
            zooKeeper,
            term,
            dispatch,
            takingBack,
            new Sweep(stores, term, dispatch, takingUp, new Commands(store, term, takingUp), takingBack, metrics),
            new SweepTimes(LeaderSettings.CLUSTER, () -> 0));

    @Test
    void holder_of_a_claim_that_was_taken_away_is_told_only_after_that_is_written() throws Exception {
        var run = new LedRun(ActiveRun.created(header(), workflow()), 0, 0);
        term.add(run);
        term.resume(run, NOW);
        term.decide(run, new Event.Started(), NOW);
        term.decide(run, new Event.Placed(KEY, 1, "w"), NOW);
        term.decide(run, new Event.Lost(KEY, 1, true), NOW);
        term.decide(run, new Event.Placed(KEY, 2, "v"), NOW);

        reconciliation.locked(KEY, NOW);
        assertThat(sent).isEmpty();

        dispatch.send(List.of());
        assertThat(sent).containsExactly(new StopNote(KEY, 1, true).path("w~1"));
    }

    private static RunHeader header() {
        var facts = new Scope.RunFacts(KEY.run().toString(), "w", 1, NOW, NOW, NOW, "");
        return new RunHeader(KEY.run(), 1, "default", facts, 0, Map.of(), NOW, Optional.empty());
    }

    private static Workflow workflow() {
        var yaml = "version: 1\nname: w\nsteps:\n  a: {uses: noop}\n";
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
