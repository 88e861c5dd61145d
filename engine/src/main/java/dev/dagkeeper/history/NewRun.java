package dev.dagkeeper.history;

import dev.dagkeeper.run.GroupName;
import dev.dagkeeper.run.Reasons;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.workflow.Scope.RunFacts;
import dev.dagkeeper.workflow.Workflow;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A run to create: queued, with all its steps pending.
 *
 * @param header what is fixed about it; {@code header.id()} comes from {@link RunIds}
 * @param labels free key-values to list by
 * @param steps every step, in order of their ordinals
 * @param idempotency present when the creator may ask twice
 */
public record NewRun(
        RunHeader header, Map<String, String> labels, List<PendingStep> steps, Optional<Idempotency> idempotency) {
    public NewRun {
        labels = Map.copyOf(labels);
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("run " + header.id() + " has no steps");
        }
    }

    /**
     * A run of a workflow, with its priority and concurrency group from there.
     *
     * @param revisionId the stored revision of the workflow
     * @param inputs bound and checked
     * @throws dev.dagkeeper.workflow.ExpressionException when the group cannot be evaluated, or gives no name
     */
    public static NewRun of(
            Workflow workflow,
            RunId id,
            long revisionId,
            RunFacts facts,
            Map<String, JsonNode> inputs,
            Instant createdAt) {
        var header = new RunHeader(
                        id,
                        revisionId,
                        workflow.namespace(),
                        facts,
                        workflow.priority(),
                        inputs,
                        createdAt,
                        workflow.timeout().map(createdAt::plus))
                .in(GroupName.of(workflow, inputs, facts));
        var steps = workflow.steps().stream()
                .map(step -> new PendingStep(step.displayName(), Reasons.pending(workflow, step)))
                .toList();
        return new NewRun(header, workflow.labels(), steps, Optional.empty());
    }

    /** The same with another priority, -100 to 100. */
    public NewRun withPriority(int priority) {
        return new NewRun(header.withPriority(priority), labels, steps, idempotency);
    }

    /** The same for a fire of another trigger than its own: that which a backfill fills. */
    public NewRun of(String trigger) {
        return new NewRun(header.of(trigger), labels, steps, idempotency);
    }

    /** The same for a creator who may ask twice. */
    public NewRun asked(Idempotency once) {
        return new NewRun(header, labels, steps, Optional.of(once));
    }

    /** A step before anything happened: its display name, and in words what it waits for. */
    public record PendingStep(String name, String reason) {}

    /**
     * What makes asking twice harmless.
     *
     * @param key the creator's own, at most 255 characters
     * @param requestHash of everything that was asked for
     */
    public record Idempotency(String key, String requestHash) {
        public Idempotency {
            if (key.isBlank() || key.length() > 255) {
                throw new IllegalArgumentException(
                        "expected an idempotency key of 1 to 255 characters, found " + key.length());
            }
        }
    }

    /** What came of creating it. */
    public sealed interface Outcome {
        /** It is stored, durably. */
        record Created() implements Outcome {}

        /** The same was asked before under this key; nothing new was stored. */
        record Replayed(RunId first) implements Outcome {}

        /** Something else was asked before under this key; nothing new was stored. */
        record KeyTaken(RunId first) implements Outcome {}
    }
}
