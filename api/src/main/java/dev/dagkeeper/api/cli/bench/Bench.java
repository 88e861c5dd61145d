package dev.dagkeeper.api.cli.bench;

import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.FiguresClient;
import dev.dagkeeper.api.client.Run;
import dev.dagkeeper.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Measures an engine with one shape: repeats it until the repeats are alike, then measures, then reads what was recorded.
 * {@link #stop} may be called by any thread while {@link #run} works.
 */
public final class Bench {
    /** The longest warm-up; a repeat that has begun is not cut off. */
    private static final Duration WARM_UP = Duration.ofSeconds(30);

    private static final double NANOS = 1e9;

    private final FiguresClient figures;
    private final Workflow workflow;
    private final Shape shape;
    private final Plan plan;
    private final Consumer<String> news;
    private final Load load;
    private int failed;

    /**
     * How to measure.
     *
     * @param time how long at least
     * @param rate runs a second, each by itself; without it a repeat begins when the one before has ended
     * @param cold whether the warm-up is left out
     */
    public record Plan(Duration time, OptionalDouble rate, boolean cold) {}

    /**
     * One measurement.
     *
     * @param submit starts one run of the workflow
     * @param news told what is going on, a line at a time
     */
    public Bench(
            DagkeeperClient client,
            Supplier<Run> submit,
            Workflow workflow,
            Shape shape,
            Plan plan,
            Consumer<String> news) {
        this.figures = client.figures();
        this.workflow = workflow;
        this.shape = shape;
        this.plan = plan;
        this.news = news;
        this.load = new Load(client, workflow.name(), submit);
    }

    /** Ends the measurement: starts nothing more and cancels what has not ended. */
    public void stop() {
        load.stop();
    }

    /** Measures; empty when it was stopped. */
    public Optional<Report> run() throws InterruptedException {
        var began = System.nanoTime();
        var before = reading();
        var measured = new ArrayList<Repeat>();
        var first = repeat();
        if (plan.cold) {
            measured.add(first);
        } else {
            warmUp(first, began);
            before = reading();
            began = System.nanoTime();
        }
        measure(measured, began);
        var after = reading();
        return load.isStopped() ? Optional.empty() : Optional.of(report(first, measured, before, after));
    }

    private Repeat repeat() throws InterruptedException {
        return counted(load.repeat(shape.runs()));
    }

    private Repeat counted(Repeat repeat) {
        failed += (int) repeat.runs().stream().filter(RunTimes::failed).count();
        return repeat;
    }

    private void warmUp(Repeat first, long began) throws InterruptedException {
        var steady = new SteadyState();
        steady.add(1 / seconds(first.wall()));
        int repeats = 1;
        while (!steady.isReached() && System.nanoTime() - began < WARM_UP.toNanos() && !load.isStopped()) {
            steady.add(1 / seconds(repeat().wall()));
            repeats++;
        }
        if (load.isStopped()) {
            return;
        }
        news.accept(String.format(
                Locale.ROOT,
                "%s after %d repeats in %.1f s; measuring for %d s",
                steady.isReached() ? "warm" : "not steady yet",
                repeats,
                (System.nanoTime() - began) / NANOS,
                plan.time.toSeconds()));
    }

    private void measure(List<Repeat> measured, long began) throws InterruptedException {
        if (plan.rate.isPresent()) {
            if (!load.isStopped()) {
                measured.add(counted(load.atRate(plan.rate.getAsDouble(), plan.time)));
            }
            return;
        }
        while ((measured.isEmpty() || System.nanoTime() - began < plan.time.toNanos()) && !load.isStopped()) {
            measured.add(repeat());
        }
    }

    private Reading reading() {
        return Reading.parse(figures.metrics());
    }

    private Report report(Repeat first, List<Repeat> measured, Reading before, Reading after) {
        news.accept("reading what was recorded");
        var dispatch = new Samples();
        var latency = new Samples();
        int runs = 0;
        int steps = 0;
        double wall = 0;
        for (var repeat : measured) {
            wall += seconds(repeat.wall());
            runs += repeat.runs().size();
            for (var run : repeat.runs()) {
                latency.add(run.latency());
                steps += steps(run, dispatch);
            }
        }
        int cold =
                first.runs().stream().mapToInt(run -> steps(run, new Samples())).sum();
        return new Report(
                shape.text(),
                runs,
                steps,
                failed,
                wall,
                cold / seconds(first.wall()),
                Report.Percentiles.of(dispatch),
                Report.Percentiles.of(latency),
                after.since(before, steps));
    }

    private int steps(RunTimes run, Samples dispatch) {
        var times = new StepTimes(workflow);
        figures.steps(run.id(), times::add);
        times.waits(dispatch);
        return times.count();
    }

    /** Never 0, so that it can be divided by: what is recorded has whole microseconds. */
    private static double seconds(Duration duration) {
        return Math.max(1e-6, duration.toNanos() / NANOS);
    }
}
