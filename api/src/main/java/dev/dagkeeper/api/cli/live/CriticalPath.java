package dev.dagkeeper.api.cli.live;

import dev.dagkeeper.run.StepState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The chain of main steps that decides when the run ends, by what the steps took, or take longer than, or took in an earlier
 * run.
 *
 * @param steps names, from first to last
 * @param left how much longer it should take; empty when nothing tells
 */
record CriticalPath(List<String> steps, Optional<Duration> left) {
    /** Of two chains that took equally long, the one with more steps counts. */
    private static final long EACH_NANOS = 1;

    static CriticalPath of(LiveRun run, Instant now) {
        var order = topological(run);
        var total = new HashMap<String, Long>();
        var left = new HashMap<String, Long>();
        var before = new HashMap<String, String>();
        @Nullable String last = null;
        var longestLeft = 0L;
        for (var step : order) {
            var upstream = 0L;
            var upstreamLeft = 0L;
            for (var need : step.needs()) {
                upstreamLeft = Math.max(upstreamLeft, left.getOrDefault(need, 0L));
                if (total.getOrDefault(need, 0L) > upstream) {
                    upstream = total.getOrDefault(need, 0L);
                    before.put(step.name(), need);
                }
            }
            var took = took(step, now).toNanos();
            var expected =
                    run.expected().getOrDefault(step.name(), Duration.ZERO).toNanos();
            var over = step.state().isFinal();
            total.put(step.name(), upstream + EACH_NANOS + (over ? took : Math.max(took, expected)));
            left.put(step.name(), upstreamLeft + (over ? 0 : Math.max(0, expected - took)));
            longestLeft = Math.max(longestLeft, left.getOrDefault(step.name(), 0L));
            if (last == null || total.getOrDefault(step.name(), 0L) > total.getOrDefault(last, 0L)) {
                last = step.name();
            }
        }
        var known = run.expected().isEmpty() || run.state().isFinal();
        return new CriticalPath(
                path(last, before), known ? Optional.empty() : Optional.of(Duration.ofNanos(longestLeft)));
    }

    private static Duration took(LiveStep step, Instant now) {
        if (step.startedAt().isEmpty() || step.state() == StepState.SKIPPED) {
            return Duration.ZERO;
        }
        var end = step.endedAt().orElse(now);
        var took = Duration.between(step.startedAt().get(), end);
        return took.isNegative() ? Duration.ZERO : took;
    }

    private static List<String> path(@Nullable String last, Map<String, String> before) {
        var path = new ArrayList<String>();
        for (var step = last; step != null; step = before.get(step)) {
            path.add(step);
        }
        return path.reversed();
    }

    private static List<LiveStep> topological(LiveRun run) {
        var missing = new HashMap<String, Integer>();
        var dependents = new HashMap<String, List<LiveStep>>();
        var ready = new ArrayDeque<LiveStep>();
        for (var step : run.steps()) {
            if (!step.isMain()) {
                continue;
            }
            missing.put(step.name(), step.needs().size());
            step.needs()
                    .forEach(need -> dependents
                            .computeIfAbsent(need, none -> new ArrayList<>())
                            .add(step));
            if (step.needs().isEmpty()) {
                ready.add(step);
            }
        }
        var order = new ArrayList<LiveStep>();
        while (!ready.isEmpty()) {
            var step = ready.remove();
            order.add(step);
            for (var dependent : dependents.getOrDefault(step.name(), List.of())) {
                if (missing.merge(dependent.name(), -1, Integer::sum) == 0) {
                    ready.add(dependent);
                }
            }
        }
        return order;
    }
}
