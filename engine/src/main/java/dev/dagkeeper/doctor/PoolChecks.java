package dev.dagkeeper.doctor;

import dev.dagkeeper.history.InspectionStore.Given;
import dev.dagkeeper.history.InspectionStore.GivenStep;
import dev.dagkeeper.settings.LiveSettings;
import dev.dagkeeper.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * What must hold of the pools, by rows of one moment. What a step has stays with it when a pool gets fewer slots, so more may
 * be held than there are; but then the last who got some got them before. All that is held by then was held at that time.
 */
final class PoolChecks {
    /** A leader that did not hear the bell knows the settings that hold after half of this. */
    private static final Duration HEARD = Duration.ofMinutes(1);

    private PoolChecks() {}

    /** Whether a workflow has steps that ask for slots of a pool. */
    static boolean concerns(Workflow workflow) {
        return workflow.steps().stream().anyMatch(step -> !step.demand().pools().isEmpty());
    }

    /** @param workflows checked, by the ids of their revisions */
    static void check(Given given, LongFunction<Optional<Workflow>> workflows, Findings findings) {
        var uses = new TreeMap<String, Use>();
        for (var step : given.steps()) {
            wanted(step, workflows)
                    .forEach((pool, slots) ->
                            uses.merge(pool, new Use(slots, 1, step.at().orElse(Instant.MIN)), Use::and));
        }
        var limits = LiveSettings.of(given.settings().settings()).pools();
        var changedAt = given.settings().changedAt();
        uses.forEach((pool, use) -> {
            int slots = limits.getOrDefault(pool, 0);
            findings.expect(
                    use.slots <= slots || !use.last.isAfter(changedAt.plus(HEARD)),
                    Check.POOL,
                    () -> Violation.ofCluster(
                            Check.POOL,
                            "at most " + slots + " slots of pool '" + pool + "' to be given out, as is set since "
                                    + changedAt,
                            use.slots + " are held by " + use.steps + " steps, the last since " + use.last));
        });
    }

    private static Map<String, Integer> wanted(GivenStep given, LongFunction<Optional<Workflow>> workflows) {
        return workflows
                .apply(given.revisionId())
                .map(workflow ->
                        workflow.steps().get(given.key().step()).demand().pools())
                .orElse(Map.of());
    }

    private record Use(int slots, int steps, Instant last) {
        Use and(Use other) {
            return new Use(slots + other.slots, steps + other.steps, last.isAfter(other.last) ? last : other.last);
        }
    }
}
