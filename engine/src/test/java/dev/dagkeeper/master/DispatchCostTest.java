package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.EpochFence;
import dev.dagkeeper.cluster.Member;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.queue.Item;
import dev.dagkeeper.queue.Outbox;
import dev.dagkeeper.run.ActiveRun;
import dev.dagkeeper.run.Event;
import dev.dagkeeper.run.Report;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.workflow.Demand;
import dev.dagkeeper.workflow.Limits;
import dev.dagkeeper.workflow.Scope;
import dev.dagkeeper.workflow.Workflow;
import dev.dagkeeper.workflow.WorkflowCompiler.Compilation;
import dev.dagkeeper.workflow.YamlWorkflowCompiler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/**
 * What it costs the leader to end one step and to place the next, counted and not timed: looks at waiting steps, comparisons,
 * rows to be written, bytes allocated.
 */
class DispatchCostTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
    private static final int STEPS_PER_RUN = 500;
    private static final int PLACED = 2_000;
    private static final Workflow WORKFLOW = workflow();

    /** For each placed step. */
    private record Cost(double looks, double rows, double bytes) {}

    @Test
    void dispatch_costs_with_100_000_waiting_steps_what_it_costs_with_1_000() {
        cost(1_000, 4); // loads and compiles what allocates only once
        var few = cost(1_000, 4);
        var many = cost(100_000, 4);
        System.out.println("cost per placed step with 1,000 waiting " + few + ", with 100,000 " + many);
        assertThat(many.looks).isCloseTo(few.looks, Percentage.withPercentage(10));
        assertThat(many.rows).isCloseTo(few.rows, Percentage.withPercentage(10));
        assertThat(many.bytes).isCloseTo(few.bytes, Percentage.withPercentage(10));
    }

    @Test
    void dispatch_costs_with_256_workers_what_it_costs_with_4() {
        cost(5_000, 4);
        var few = cost(5_000, 4);
        var many = cost(5_000, 256);
        System.out.println("cost per placed step with 4 workers " + few + ", with 256 " + many);
        assertThat(many.looks).isCloseTo(few.looks, Percentage.withPercentage(10));
        assertThat(many.bytes).isCloseTo(few.bytes, Percentage.withPercentage(10));
    }

    @Test
    void comparisons_grow_with_the_runs_that_wait_by_a_logarithm_at_most_and_with_their_steps_not_at_all() {
        assertThat(comparisons(10, 10_000)).isCloseTo(comparisons(10, 100), within(0.1));
        assertThat(comparisons(10_000, 10)).isLessThan(comparisons(100, 10) + 2);
    }

    /** Over the leader's own code, on workers that have all that they may be given: one ends, one is placed. */
    private static Cost cost(int waiting, int workers) {
        var metrics = new LeaderMetrics(new SimpleMeterRegistry());
        var term = new Term(refusing(LeaderStore.class), 1, metrics);
        var dispatch =
                new Dispatch(term, new Outbox(refusing(Coordination.class), new EpochFence(1)), metrics, signal -> {});
        term.membersAre(
                IntStream.range(0, workers).mapToObj(DispatchCostTest::worker).toList());
        int filled = workers * 16 * 4;
        for (int run = 0; run * STEPS_PER_RUN < waiting + filled + PLACED; run++) {
            submit(term, run);
        }
        var placed = new java.util.ArrayDeque<Item>();
        place(dispatch, placed);
        assertThat(placed).hasSize(filled);
        term.batch().take();
        long looked = dispatch.placing().looked();
        long rows = 0;
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < PLACED; i++) {
            var ended = placed.remove();
            term.fleet().release(ended.key());
            var report = new Event.Reported(ended.key(), ended.claim(), new Report.Succeeded(Map.of()));
            term.find(ended.key().run()).ifPresent(run -> term.decide(run, report, NOW));
            place(dispatch, placed);
            var writes = term.batch().take();
            rows += writes.steps().size()
                    + writes.events().size()
                    + writes.runs().size();
        }
        bytes = threads.getCurrentThreadAllocatedBytes() - bytes;
        assertThat(placed).hasSize(filled);
        return new Cost(
                (dispatch.placing().looked() - looked) / (double) PLACED,
                rows / (double) PLACED,
                bytes / (double) PLACED);
    }

    private static void place(Dispatch dispatch, java.util.Queue<Item> placed) {
        try {
            dispatch.place(NOW).forEach(sending -> placed.add(sending.item()));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void submit(Term term, int run) {
        var id = new RunId(new UUID(run, run));
        var facts = new Scope.RunFacts(id.toString(), "w", 1, NOW, NOW, NOW, "");
        var header = new RunHeader(id, 1, "default", facts, 0, Map.of(), NOW, Optional.empty());
        var led = new LedRun(ActiveRun.created(header, WORKFLOW), 0, 0);
        term.add(led);
        term.resume(led, NOW);
        term.decide(led, new Event.Started(), NOW);
    }

    /** Comparisons of runs for each step that is placed. */
    private static double comparisons(int runs, int stepsPerRun) {
        var compared = new long[1];
        var backlog = new Backlog((a, b) -> {
            compared[0]++;
            return a.compareTo(b);
        });
        for (int run = 0; run < runs; run++) {
            for (int step = 0; step < stepsPerRun; step++) {
                var key = new StepKey(new RunId(new UUID(0, run)), step, StepKey.WHOLE);
                backlog.add(Demand.of("default"), new Item(0, key, 1, 1), NOW);
            }
        }
        compared[0] = 0;
        int placed = runs * stepsPerRun / 2;
        for (int i = 0; i < placed; i++) {
            backlog.removeFirst(backlog.groups().iterator().next());
        }
        return compared[0] / (double) placed;
    }

    private static Member worker(int number) {
        var offer = new WorkerInfo.Offer(4, 8L << 30, Map.of(), Optional.empty());
        return new Member("w" + number, new WorkerInfo("w" + number, "p", 16, List.of("default"), offer, "1"));
    }

    private static Workflow workflow() {
        var steps = IntStream.range(0, STEPS_PER_RUN)
                .mapToObj(step -> "  s" + step + ": {uses: noop}\n")
                .collect(Collectors.joining());
        var yaml = "version: 1\nname: w\nsteps:\n" + steps;
        return switch (new YamlWorkflowCompiler(Script.types(), Limits.DEFAULT)
                .compile("w", yaml.getBytes(StandardCharsets.UTF_8))) {
            case Compilation.Accepted(var workflow, var _) -> workflow;
            case Compilation.Rejected(var problems) -> throw new AssertionError(problems.toString());
        };
    }

    /** A store that must not be asked: placing is a matter of memory. */
    private static <T> T refusing(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, method, _) -> {
            throw new AssertionError("placing asked a store: " + method);
        }));
    }
}
