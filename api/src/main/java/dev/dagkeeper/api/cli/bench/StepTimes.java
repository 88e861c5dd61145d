package dev.dagkeeper.api.cli.bench;

import dev.dagkeeper.api.client.RunStep;
import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The steps of one run, as they were recorded: how many were carried out, and how long each waited between the last end among
 * the steps it needs and its own start. Steps that need none have waited for nothing that is recorded, and of those that were
 * tried again the first start is not known: both count as carried out alone. Not thread-safe.
 */
final class StepTimes {
    private record Started(Step step, Instant at) {}

    private final Workflow workflow;
    private final Map<String, Step> steps = new HashMap<>();
    private final Map<String, Instant> ends = new HashMap<>();
    private final List<Started> started = new ArrayList<>();
    private int count;

    StepTimes(Workflow workflow) {
        this.workflow = workflow;
        workflow.steps().forEach(step -> steps.put(step.displayName(), step));
    }

    /** Hears of a step or an instance, in any order. */
    void add(RunStep recorded) {
        var step = steps.get(recorded.id());
        if (step == null) {
            throw new IllegalArgumentException("the run has a step '" + recorded.id() + "' that its workflow has not");
        }
        var instance = recorded.index().isPresent();
        if (!instance) {
            recorded.endedAt().ifPresent(end -> ends.put(recorded.id(), end));
        }
        if (step.foreach().isPresent() != instance) {
            return;
        }
        recorded.startedAt().ifPresent(start -> {
            count++;
            if (recorded.attempt() == 1 && !step.needs().isEmpty()) {
                started.add(new Started(step, start));
            }
        });
    }

    /** How many were carried out; of a foreach each instance, and not the whole. */
    int count() {
        return count;
    }

    /** Tells how long each waited; to be called when all are there. */
    void waits(Samples dispatch) {
        for (var each : started) {
            lastNeeded(each.step).ifPresent(end -> dispatch.add(Duration.between(end, each.at)));
        }
    }

    private Optional<Instant> lastNeeded(Step step) {
        return step.needs().stream()
                .map(need -> workflow.steps().get(need.step()).displayName())
                .flatMap(name -> Optional.ofNullable(ends.get(name)).stream())
                .max(Instant::compareTo);
    }
}
