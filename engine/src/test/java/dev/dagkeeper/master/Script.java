package dev.dagkeeper.master;

import dev.dagkeeper.executor.Executor;
import dev.dagkeeper.executor.ExecutorCatalog;
import dev.dagkeeper.executor.Result;
import dev.dagkeeper.executor.StepContext;
import dev.dagkeeper.executor.StepRequest;
import dev.dagkeeper.executor.StepType;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.workflow.StepTypes;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Step types of which a test knows what they do, and a record of what they did: {@code noop} does nothing, {@code gate}
 * waits until it is let through, {@code flaky} fails its first {@code with.failures} attempts. Thread-safe.
 */
final class Script {
    private static final Result DONE = new Result.Succeeded(Map.of());

    private final Map<Claim, CountDownLatch> gates = new ConcurrentHashMap<>();
    private final Collection<Start> starts = new ConcurrentLinkedQueue<>();
    private final Collection<Start> interrupted = new ConcurrentLinkedQueue<>();

    /** An attempt that was begun. */
    record Start(String worker, RunId run, String step, int claim, int attempt) {}

    private record Claim(RunId run, String step, int claim) {}

    /** What the compiler knows of the types. */
    static StepTypes types() {
        return StepTypes.of(new Script().catalog("").types());
    }

    /** The executors of one worker. */
    ExecutorCatalog catalog(String worker) {
        return ExecutorCatalog.of(
                List.of(new Scripted("noop", worker), new Scripted("gate", worker), new Scripted("flaky", worker)));
    }

    /** Lets an attempt of a gate through, now or when it comes. */
    void open(RunId run, String step, int claim) {
        gate(new Claim(run, step, claim)).countDown();
    }

    /** The attempts of a run that were begun, in order. */
    List<Start> starts(RunId run) {
        return starts.stream().filter(start -> start.run().equals(run)).toList();
    }

    /** The attempts of one step that were begun, in order. */
    List<Start> starts(RunId run, String step) {
        return starts(run).stream().filter(start -> start.step().equals(step)).toList();
    }

    /** The attempts of a run that were told to end while they waited. */
    List<Start> interrupted(RunId run) {
        return interrupted.stream().filter(start -> start.run().equals(run)).toList();
    }

    private CountDownLatch gate(Claim claim) {
        return gates.computeIfAbsent(claim, _ -> new CountDownLatch(1));
    }

    private final class Scripted implements Executor {
        private final StepType type;
        private final String worker;

        Scripted(String name, String worker) {
            this.worker = worker;
            type = new StepType(name, Optional.empty(), schema(), false, Map.of());
        }

        private static ObjectNode schema() {
            return (ObjectNode) JsonMapper.shared().readTree("""
                    {"type": "object", "additionalProperties": false, "properties": {"failures": {"type": "integer"}}}
                    """);
        }

        @Override
        public StepType type() {
            return type;
        }

        @Override
        public Result run(StepRequest request, StepContext context) throws InterruptedException {
            var run = request.key().run();
            var start = new Start(worker, run, request.step(), request.claim(), request.attempt());
            starts.add(start);
            if (type.name().equals("gate")) {
                try {
                    gate(new Claim(run, request.step(), request.claim())).await();
                } catch (InterruptedException e) {
                    interrupted.add(start);
                    throw e;
                }
            }
            var failures = request.with().get("failures");
            return failures != null && request.attempt() <= failures.intValue()
                    ? new Result.Failed("exit", "failed as told", Optional.of(1), true)
                    : DONE;
        }
    }
}
