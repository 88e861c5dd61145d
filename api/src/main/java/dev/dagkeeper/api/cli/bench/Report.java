package dev.dagkeeper.api.cli.bench;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was measured.
 *
 * @param runs that were measured; {@code steps} theirs
 * @param failed runs that did not succeed, those of the warm-up included
 * @param wallSeconds from the first start to the last end of each repeat, as recorded, added up
 * @param coldStepsPerSecond of the very first repeat
 */
public record Report(
        String shape,
        int runs,
        int steps,
        int failed,
        double wallSeconds,
        double coldStepsPerSecond,
        Percentiles dispatch,
        Percentiles latency,
        PerStep costs) {
    /** In milliseconds; empty where nothing was measured. */
    record Percentiles(OptionalDouble p50, OptionalDouble p90, OptionalDouble p99) {
        static Percentiles of(Samples samples) {
            return new Percentiles(samples.percentile(50), samples.percentile(90), samples.percentile(99));
        }
    }

    double stepsPerSecond() {
        return wallSeconds > 0 ? steps / wallSeconds : 0;
    }

    /** With what is not known as null. */
    public ObjectNode json() {
        var json = JsonMapper.shared().createObjectNode();
        json.put("shape", shape);
        json.put("runs", runs);
        json.put("steps", steps);
        json.put("failed", failed);
        json.put("wallSeconds", rounded(wallSeconds));
        json.put("stepsPerSecond", rounded(stepsPerSecond()));
        json.put("coldStepsPerSecond", rounded(coldStepsPerSecond));
        var waits = json.putObject("dispatchMs");
        put(waits, "p50", dispatch.p50);
        put(waits, "p90", dispatch.p90);
        put(waits, "p99", dispatch.p99);
        var whole = json.putObject("runMs");
        put(whole, "p50", latency.p50);
        put(whole, "p99", latency.p99);
        put(json, "zkTxnsPerStep", costs.zkTransactions());
        put(json, "zkOpsPerStep", costs.zkOperations());
        put(json, "pgSyncCommitsPerStep", costs.pgFlushes());
        put(json, "pgWriteTxnsPerStep", costs.pgWriteTransactions());
        put(json, "cpuSecondsPer1000Steps", thousand(costs.seconds()));
        return json;
    }

    private static void put(ObjectNode json, String name, OptionalDouble value) {
        if (value.isPresent()) {
            json.put(name, rounded(value.getAsDouble()));
        } else {
            json.putNull(name);
        }
    }

    private static OptionalDouble thousand(OptionalDouble value) {
        return value.isPresent() ? OptionalDouble.of(1000 * value.getAsDouble()) : value;
    }

    private static double rounded(double value) {
        return Math.round(value * 10_000) / 10_000.0;
    }

    /** For people, a line each. */
    public List<String> lines() {
        return List.of(
                String.format(
                        Locale.ROOT, "shape      %s: %,d runs, %,d steps, %,d failed", shape, runs, steps, failed),
                String.format(
                        Locale.ROOT,
                        "speed      %,.0f steps/s for %.1f s; the first repeat %,.0f",
                        stepsPerSecond(),
                        wallSeconds,
                        coldStepsPerSecond),
                String.format(Locale.ROOT, "run        p50 %s ms, p99 %s ms", text(latency.p50), text(latency.p99)),
                String.format(
                        Locale.ROOT,
                        "dispatch   p50 %s ms, p90 %s ms, p99 %s ms",
                        text(dispatch.p50),
                        text(dispatch.p90),
                        text(dispatch.p99)),
                String.format(
                        Locale.ROOT,
                        "a step     ZooKeeper: %s transactions, %s operations;"
                                + " Postgres: %s synchronous commits, %s write transactions",
                        text(costs.zkTransactions()),
                        text(costs.zkOperations()),
                        text(costs.pgFlushes()),
                        text(costs.pgWriteTransactions())),
                String.format(Locale.ROOT, "1000 steps %s s of processor time", text(thousand(costs.seconds()))));
    }

    private static String text(OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, "%.2f", value.getAsDouble()) : "unknown";
    }
}
