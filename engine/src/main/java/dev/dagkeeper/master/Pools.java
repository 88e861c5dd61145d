package dev.dagkeeper.master;

import dev.dagkeeper.run.ActiveRun;
import dev.dagkeeper.run.StepKey;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Slots of the whole cluster that steps ask for by name. What is used is what the steps that are queued or running asked
 * for: nothing is counted apart from them, so a leader that loads them knows it again, and nothing can leak. Not
 * thread-safe: the leader's.
 */
final class Pools {
    private Map<String, Integer> limits = Map.of();
    private final Map<StepKey, Map<String, Integer>> holders = new HashMap<>();
    private final Map<String, Use> uses = new HashMap<>();

    /** What is used of one pool, in the order in which it was taken. */
    private static final class Use {
        private final Map<StepKey, Integer> steps = new LinkedHashMap<>();
        private int slots;
    }

    /** How many slots each pool has from now on. What is held stays held, also beyond a smaller limit. */
    void limitsAre(Map<String, Integer> slots) {
        limits = Map.copyOf(slots);
    }

    /** How many slots a pool has; empty when there is no such pool. */
    OptionalInt limit(String pool) {
        var limit = limits.get(pool);
        return limit == null ? OptionalInt.empty() : OptionalInt.of(limit);
    }

    /** How many slots of a pool are used. */
    int used(String pool) {
        var use = uses.get(pool);
        return use == null ? 0 : use.slots;
    }

    /** Who has slots of a pool, and how many, the longest holder first. */
    Map<StepKey, Integer> held(String pool) {
        var use = uses.get(pool);
        return use == null ? Map.of() : Collections.unmodifiableMap(use.steps);
    }

    /** Whether there are so many free slots, of all the pools. */
    boolean haveFree(Map<String, Integer> wanted) {
        return wanted.entrySet().stream()
                .allMatch(pool -> limits.getOrDefault(pool.getKey(), 0) - used(pool.getKey()) >= pool.getValue());
    }

    /** Whether there would be so many slots if nobody had any. */
    boolean couldHave(Map<String, Integer> wanted) {
        return wanted.entrySet().stream().allMatch(pool -> limits.getOrDefault(pool.getKey(), 0) >= pool.getValue());
    }

    /** A step has its pools while it is queued or runs, and at no other time; a foreach has none, its instances have. */
    void count(ActiveRun run, StepKey key) {
        var step = run.step(key);
        var wanted = step.demand().pools();
        if (wanted.isEmpty() || (key.index() == StepKey.WHOLE && step.foreach().isPresent())) {
            return;
        }
        switch (run.state(key)) {
            case QUEUED, RUNNING -> hold(key, wanted);
            case PENDING, BLOCKED, WAITING -> release(key);
            case SUCCEEDED, WARNED, FAILED, TIMED_OUT, SKIPPED, UPSTREAM_FAILED, CANCELLED -> release(key);
        }
    }

    /** A step is queued or runs, with these slots, whether or not they were free. Once is as good as twice. */
    void hold(StepKey key, Map<String, Integer> wanted) {
        if (wanted.isEmpty() || holders.putIfAbsent(key, wanted) != null) {
            return;
        }
        wanted.forEach((pool, slots) -> {
            var use = uses.computeIfAbsent(pool, _ -> new Use());
            use.steps.put(key, slots);
            use.slots += slots;
        });
    }

    /** A step is neither queued nor running any more. */
    void release(StepKey key) {
        var held = holders.remove(key);
        if (held != null) {
            held.forEach((pool, slots) -> uses.computeIfPresent(pool, (_, use) -> {
                use.steps.remove(key);
                use.slots -= slots;
                return use.steps.isEmpty() ? null : use;
            }));
        }
    }
}
