package dev.dagkeeper.master;

import dev.dagkeeper.run.RunId;
import dev.dagkeeper.workflow.Amounts;
import dev.dagkeeper.workflow.Demand;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The words for what a step waits for that could not be placed: what is missing, and who has it. */
final class WaitReason {
    /** Runs, queues and zones named before the rest is only counted. */
    private static final int NAMES = 3;

    private final Fleet fleet;
    private final Pools pools;
    private final Placing placing;

    WaitReason(Fleet fleet, Pools pools, Placing placing) {
        this.fleet = fleet;
        this.pools = pools;
        this.placing = placing;
    }

    /** Why no step with this demand can be placed now. O(workers). */
    String of(Demand demand) {
        return demand.pools().entrySet().stream()
                .flatMap(pool -> pool(pool.getKey(), pool.getValue()).stream())
                .findFirst()
                .or(() -> noWorker(demand))
                .or(() -> full())
                .or(() -> resources(demand))
                .orElseGet(() -> slots(demand));
    }

    private Optional<String> pool(String pool, int wanted) {
        var limit = pools.limit(pool);
        if (limit.isEmpty()) {
            return Optional.of("pool '" + pool + "' does not exist: dagkeeper pools set " + pool + " " + wanted);
        }
        int slots = limit.getAsInt();
        if (slots < wanted) {
            return Optional.of("wants " + count(wanted, "slot") + " of pool '" + pool + "', which has " + slots
                    + " in all: dagkeeper pools set " + pool + " " + wanted);
        }
        if (slots - pools.used(pool) < wanted) {
            return Optional.of("waits for " + count(wanted, "slot") + " of pool '" + pool + "': " + pools.used(pool)
                    + " of " + slots + " are held by " + holders(pool));
        }
        return placing.isKept(pool)
                ? Optional.of("waits for pool '" + pool + "', which is kept for a step that has waited longer")
                : Optional.empty();
    }

    private String holders(String pool) {
        var runs = new java.util.LinkedHashMap<RunId, Integer>();
        pools.held(pool).forEach((key, slots) -> runs.merge(key.run(), slots, Integer::sum));
        return first(runs.entrySet(), run -> "run " + run.getKey() + " (" + run.getValue() + ")", "runs");
    }

    /** The first thing asked for that no worker has, each with those before it. */
    private Optional<String> noWorker(Demand demand) {
        Collection<FleetWorker> left = fleet.workers();
        if (left.isEmpty()) {
            return Optional.of("no worker is alive");
        }
        var queues = new TreeSet<String>();
        left.forEach(worker -> queues.addAll(worker.member().info().queues()));
        left = left.stream()
                .filter(worker -> worker.member().info().queues().contains(demand.queue()))
                .toList();
        if (left.isEmpty()) {
            return Optional.of("no worker serves queue '" + demand.queue() + "'; served are "
                    + first(queues, queue -> queue, "queues"));
        }
        var words = "no worker of queue '" + demand.queue() + "'";
        if (demand.placement().zone().isPresent()) {
            var zone = demand.placement().zone().get();
            var zones = new TreeSet<String>();
            left.forEach(worker -> zones.add(worker.zone()));
            zones.remove("");
            left = left.stream().filter(worker -> worker.zone().equals(zone)).toList();
            if (left.isEmpty()) {
                return Optional.of(words + " is in zone '" + zone + "'; "
                        + (zones.isEmpty()
                                ? "none has a zone"
                                : "their zones are " + first(zones, name -> name, "zones")));
            }
            words += " in zone '" + zone + "'";
        }
        for (var label : new TreeMap<>(demand.placement().labels()).entrySet()) {
            left = left.stream()
                    .filter(worker -> label.getValue()
                            .equals(worker.member().info().offer().labels().get(label.getKey())))
                    .toList();
            var text = label.getKey() + "=" + label.getValue();
            if (left.isEmpty()) {
                return Optional.of(words + " has label " + text);
            }
            words += " with label " + text;
        }
        if (left.stream().allMatch(worker -> worker.objection().isPresent())) {
            return Optional.of(words + " takes new steps: "
                    + first(
                            left,
                            worker -> worker.member().info().name() + " "
                                    + worker.objection().orElse(""),
                            "workers"));
        }
        return Optional.empty();
    }

    private Optional<String> full() {
        return fleet.isFull()
                ? Optional.of("workers have " + count(fleet.mostSteps(), "step")
                        + " together, as many as the live setting dispatch.max-steps lets them")
                : Optional.empty();
    }

    private Optional<String> resources(Demand demand) {
        var wanted = demand.resources();
        var workers = fleet.candidates(demand).workers();
        if (wanted.equals(Demand.Resources.NONE)
                || workers.stream().anyMatch(worker -> worker.room() <= 0 && worker.hasFree(wanted))) {
            return Optional.empty();
        }
        var text = "wants " + amounts(wanted, wanted) + "; the most that " + (workers.size() == 1 ? "" : "any of ")
                + workers(workers.size(), demand);
        if (workers.stream().noneMatch(worker -> worker.couldFit(demand))) {
            return Optional.of(text + " has in all is "
                    + amounts(
                            wanted,
                            most(wanted, workers, worker -> new Demand.Resources(worker.milliCpu(), worker.memory()))));
        }
        var free = most(
                wanted,
                workers,
                worker -> new Demand.Resources(Math.max(0, worker.freeMilliCpu()), Math.max(0, worker.freeMemory())));
        return Optional.of(
                workers.stream().anyMatch(worker -> worker.hasFree(wanted))
                        ? "wants " + amounts(wanted, wanted) + ", kept on a worker for a step that has waited longer"
                        : text + " has free is " + amounts(wanted, free));
    }

    /** Of each thing that is wanted the most that any one has. */
    private static Demand.Resources most(
            Demand.Resources wanted, Collection<FleetWorker> workers, Function<FleetWorker, Demand.Resources> of) {
        return new Demand.Resources(
                wanted.milliCpu() == 0
                        ? 0
                        : workers.stream()
                                .mapToLong(worker -> of.apply(worker).milliCpu())
                                .max()
                                .orElse(0),
                wanted.memory() == 0
                        ? 0
                        : workers.stream()
                                .mapToLong(worker -> of.apply(worker).memory())
                                .max()
                                .orElse(0));
    }

    private String slots(Demand demand) {
        var workers = fleet.candidates(demand).workers();
        int slots = workers.stream().mapToInt(FleetWorker::slots).sum();
        int busy = workers.stream()
                .mapToInt(worker -> Math.min(worker.slots(), worker.steps().size()))
                .sum();
        return "waits for a free slot: " + busy + " of " + slots + " are busy on " + workers(workers.size(), demand);
    }

    private static String workers(int workers, Demand demand) {
        return count(workers, "worker") + " of queue '" + demand.queue() + "'"
                + (demand.placement().labels().isEmpty()
                                && demand.placement().zone().isEmpty()
                        ? ""
                        : " that it may run on");
    }

    /** Amounts of those things that are wanted. */
    private static String amounts(Demand.Resources wanted, Demand.Resources amounts) {
        var memory = Amounts.memory(amounts.memory());
        var cpu = Amounts.cores(amounts.milliCpu()) + (amounts.milliCpu() == 1000 ? " core" : " cores");
        if (wanted.milliCpu() == 0) {
            return memory;
        }
        return wanted.memory() == 0 ? cpu : cpu + " and " + memory;
    }

    private static String count(int number, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", number, what, number == 1 ? "" : "s");
    }

    private static <T> String first(Collection<T> all, Function<T, String> words, String what) {
        var text = all.stream().limit(NAMES).map(words).collect(Collectors.joining(", "));
        return all.size() <= NAMES
                ? text
                : text + " and " + String.format(Locale.ROOT, "%,d", all.size() - NAMES) + " more " + what;
    }
}
