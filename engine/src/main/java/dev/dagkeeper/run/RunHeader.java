package dev.dagkeeper.run;

import dev.dagkeeper.workflow.Scope;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What is fixed about a run when it is created, its state aside.
 *
 * @param revisionId the stored revision it is pinned to
 * @param facts as expressions see them
 * @param priority -100 to 100, the run's own
 * @param inputs bound and checked
 * @param due when the run's timeout strikes
 * @param group its concurrency group, unique within the namespace; empty for a run that shares places with nobody
 * @param series the trigger that its fire belongs to, for a backfill the one that is filled; empty for a run without a fire
 */
public record RunHeader(
        RunId id,
        long revisionId,
        String namespace,
        Scope.RunFacts facts,
        int priority,
        Map<String, JsonNode> inputs,
        Instant createdAt,
        Optional<Instant> due,
        String group,
        String series) {
    public RunHeader {
        inputs = Map.copyOf(inputs);
    }

    /** A run of no group, for a fire of its own trigger if it has one. */
    public RunHeader(
            RunId id,
            long revisionId,
            String namespace,
            Scope.RunFacts facts,
            int priority,
            Map<String, JsonNode> inputs,
            Instant createdAt,
            Optional<Instant> due) {
        this(id, revisionId, namespace, facts, priority, inputs, createdAt, due, "", facts.trigger());
    }

    /** The same with another priority, -100 to 100. */
    public RunHeader withPriority(int other) {
        return new RunHeader(id, revisionId, namespace, facts, other, inputs, createdAt, due, group, series);
    }

    /** The same in a concurrency group. */
    public RunHeader in(String other) {
        return new RunHeader(id, revisionId, namespace, facts, priority, inputs, createdAt, due, other, series);
    }

    /** The same for a fire of a trigger. */
    public RunHeader of(String trigger) {
        return new RunHeader(id, revisionId, namespace, facts, priority, inputs, createdAt, due, group, trigger);
    }

    /** What it shares places in; empty when it shares them with nobody. */
    public Optional<GroupName> groupName() {
        return group.isEmpty() ? Optional.empty() : Optional.of(new GroupName(namespace, group));
    }
}
