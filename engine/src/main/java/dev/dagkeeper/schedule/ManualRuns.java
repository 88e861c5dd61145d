package dev.dagkeeper.schedule;

import dev.dagkeeper.workflow.Nearest;
import dev.dagkeeper.workflow.Scope.RunFacts;
import dev.dagkeeper.workflow.Trigger;
import dev.dagkeeper.workflow.Workflow;
import java.time.Instant;
import java.util.Optional;

/** What a run that a person starts is for. Stateless. */
public final class ManualRuns {
    private ManualRuns() {}

    /** A trigger of a workflow by its id. */
    public static Optional<Trigger> named(Workflow workflow, String id) {
        return workflow.triggers().stream()
                .filter(trigger -> trigger.id().equals(id))
                .findFirst();
    }

    /** What to say to somebody who names a trigger that a workflow does not have. */
    public static String unknown(Workflow workflow, String id) {
        var known = workflow.triggers().stream().map(Trigger::id).toList();
        var hint = Nearest.to(id, known)
                .map(near -> "did you mean '" + near + "'?")
                .orElse(known.isEmpty() ? "it has none" : "it has " + String.join(", ", known));
        return "workflow '" + workflow.name() + "' has no trigger '" + id + "'; " + hint;
    }

    /** The only trigger of a workflow, whose intervals its manual runs take unless they name another. */
    public static Optional<Trigger> only(Workflow workflow) {
        return workflow.triggers().size() == 1 ? Optional.of(workflow.triggers().getFirst()) : Optional.empty();
    }

    /**
     * The facts of a run at a time. It has the last interval of the trigger that is complete by then; where there is none, as
     * without a trigger or for one on datasets, an interval without length.
     *
     * @param id of the run
     */
    public static RunFacts facts(String id, Workflow workflow, int revision, Instant time, Optional<Trigger> trigger) {
        var interval = trigger.flatMap(t -> Fires.of(t.schedule()).lastCompleteInterval(time))
                .orElse(new Interval(time, time));
        return new RunFacts(id, workflow.name(), revision, time, interval.start(), interval.end(), "");
    }
}
