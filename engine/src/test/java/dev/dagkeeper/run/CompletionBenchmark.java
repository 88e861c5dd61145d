package dev.dagkeeper.run;

import dev.dagkeeper.workflow.Workflow;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What the completion of a step costs in runs of different size, made of chains of ten: it must be flat. Run it with
 * {@code mvn -Pbench -pl engine test}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CompletionBenchmark {
    private final Decider decider = new Decider();

    @Param({"100", "10000", "100000"})
    private int steps;

    private Workflow workflow = CompletionCostTest.chains(1);
    private ActiveRun run = start();
    private int next;

    /** A run whose first half is over. */
    @Setup
    public void build() {
        workflow = CompletionCostTest.chains(steps);
        run = start();
        for (next = 0; next < steps / 2; next++) {
            complete();
        }
    }

    /** The decision alone, the same again and again: it leaves the run as it is. */
    @Benchmark
    public Decision decide() {
        return decider.decide(run, succeeded(), Play.T0);
    }

    /** One completion after another, decided and applied; each carries its share of building, starting and ending a run. */
    @Benchmark
    public Decision decideAndApply() {
        if (next == steps) {
            run = start();
            next = 0;
        }
        var decision = complete();
        next++;
        return decision;
    }

    private ActiveRun start() {
        var fresh = ActiveRun.created(Play.header(), workflow);
        fresh.apply(decider.decide(fresh, new Event.Started(), Play.T0));
        return fresh;
    }

    private Decision complete() {
        var decision = decider.decide(run, succeeded(), Play.T0);
        run.apply(decision);
        return decision;
    }

    private Event succeeded() {
        return new Event.Reported(run.key(next, StepKey.WHOLE), 1, new Report.Succeeded(Map.of()));
    }

    /** Not a test by its name; the profile {@code bench} runs it in a JVM of its own. */
    @Test
    void measure() throws RunnerException {
        var options = new OptionsBuilder()
                .include(CompletionBenchmark.class.getName())
                .forks(1)
                .jvmArgs("-Xmx2g", "-XX:+UseSerialGC")
                .build();
        new Runner(options).run();
    }
}
