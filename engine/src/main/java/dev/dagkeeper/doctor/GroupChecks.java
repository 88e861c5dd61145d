package dev.dagkeeper.doctor;

import dev.dagkeeper.history.InspectionStore.GroupedRun;
import dev.dagkeeper.run.GroupName;
import dev.dagkeeper.workflow.Concurrency;
import dev.dagkeeper.workflow.Concurrency.OnConflict;
import dev.dagkeeper.workflow.Workflow;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * What must hold of concurrency groups, by rows of one moment. Those that got a place before a run, and still have it, had it
 * when the run got its own: then they were fewer than the run's own rule allows.
 */
final class GroupChecks {
    private GroupChecks() {}

    /**
     * @param runs in the order in which they got their places
     * @param workflows checked, by the ids of their revisions
     */
    static void check(List<GroupedRun> runs, LongFunction<Optional<Workflow>> workflows, Findings findings) {
        var before = new HashMap<GroupName, Integer>();
        for (var run : runs) {
            int others = before.merge(run.group(), 1, Integer::sum) - 1;
            workflows
                    .apply(run.revisionId())
                    .flatMap(Workflow::concurrency)
                    .filter(rule -> rule.onConflict() != OnConflict.ALLOW)
                    .map(Concurrency::max)
                    .ifPresent(max -> findings.expect(
                            others < max,
                            Check.GROUP,
                            () -> Violation.ofRun(
                                    Check.GROUP,
                                    run.id(),
                                    "a place in group '" + run.group().group() + "' of namespace '"
                                            + run.group().namespace() + "' only while fewer than " + max
                                            + " runs of it are active",
                                    others + " were when it started at " + run.startedAt())));
        }
    }
}
