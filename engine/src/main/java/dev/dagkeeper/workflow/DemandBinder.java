package dev.dagkeeper.workflow;

import java.util.LinkedHashMap;
import java.util.Map;

/** Binds what a step asks of its worker: {@code queue}, {@code resources}, {@code pools}, {@code placement}. */
final class DemandBinder {
    private static final int MOST_CORES = 100_000;
    private static final int MOST_SLOTS = 1_000_000;

    private final Problems problems;
    private final Scalars scalars;
    private final RetryBinder common;

    DemandBinder(Problems problems, RetryBinder common) {
        this.problems = problems;
        this.scalars = new Scalars(problems);
        this.common = common;
    }

    Demand bind(String queue, MapReader step) {
        return new Demand(
                queue,
                step.get("resources")
                        .flatMap(f -> MapReader.open(f, Keys.RESOURCES, problems))
                        .map(this::resources)
                        .orElse(Demand.Resources.NONE),
                step.get("pools").map(this::pools).orElse(Map.of()),
                step.get("placement")
                        .flatMap(f -> MapReader.open(f, Keys.PLACEMENT, problems))
                        .map(this::placement)
                        .orElse(Demand.Placement.ANYWHERE));
    }

    private Demand.Resources resources(MapReader map) {
        return new Demand.Resources(
                map.get("cpu")
                        .flatMap(f -> scalars.decimal(f, 0, MOST_CORES))
                        .map(cores -> Math.round(cores * 1000))
                        .orElse(0L),
                map.get("memory").flatMap(scalars::size).orElse(0L));
    }

    private Map<String, Integer> pools(Field field) {
        var pools = new LinkedHashMap<String, Integer>();
        MapReader.each(
                field,
                problems,
                (pool, slots) -> common.name(pool)
                        .ifPresent(name -> scalars.integer(slots, 1, MOST_SLOTS).ifPresent(n -> pools.put(name, n))));
        return pools;
    }

    private Demand.Placement placement(MapReader map) {
        var labels = new LinkedHashMap<String, String>();
        map.ifPresent(
                "labels",
                field -> MapReader.each(
                        field,
                        problems,
                        (label, value) -> common.name(label)
                                .ifPresent(name -> scalars.text(value).ifPresent(text -> labels.put(name, text)))));
        return new Demand.Placement(
                labels,
                map.get("zone").flatMap(common::name),
                map.get("spread")
                        .flatMap(f -> scalars.oneOf(f, Demand.Spread.class))
                        .orElse(Demand.Spread.WORKER));
    }
}
