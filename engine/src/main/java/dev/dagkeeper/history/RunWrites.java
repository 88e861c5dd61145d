package dev.dagkeeper.history;

import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Everything one transaction of the leader writes, for any number of runs.
 *
 * @param fires what it writes about triggers, and the runs that they create
 * @param alerts what somebody is to be told, and the deadlines that have struck
 * @param datasets updates of datasets, and which fires consume them
 * @param durable whether the commit waits for the disk: true when it holds a fact (a raised claim, a verdict, a
 *     command's outcome), false when all of it can be derived again
 */
public record RunWrites(
        List<StepWrite> steps,
        List<NewInstances> instances,
        List<LostAttempt> lostAttempts,
        List<RunWrite> runs,
        List<EventWrite> events,
        List<CommandOutcome> commands,
        FireWrites fires,
        AlertWrites alerts,
        DatasetWrites datasets,
        boolean durable) {
    /** With nothing about datasets. */
    public RunWrites(
            List<StepWrite> steps,
            List<NewInstances> instances,
            List<LostAttempt> lostAttempts,
            List<RunWrite> runs,
            List<EventWrite> events,
            List<CommandOutcome> commands,
            FireWrites fires,
            AlertWrites alerts,
            boolean durable) {
        this(steps, instances, lostAttempts, runs, events, commands, fires, alerts, DatasetWrites.NONE, durable);
    }

    /** Without alerts. */
    public RunWrites(
            List<StepWrite> steps,
            List<NewInstances> instances,
            List<LostAttempt> lostAttempts,
            List<RunWrite> runs,
            List<EventWrite> events,
            List<CommandOutcome> commands,
            FireWrites fires,
            boolean durable) {
        this(steps, instances, lostAttempts, runs, events, commands, fires, AlertWrites.NONE, durable);
    }

    /** With nothing about triggers. */
    public RunWrites(
            List<StepWrite> steps,
            List<NewInstances> instances,
            List<LostAttempt> lostAttempts,
            List<RunWrite> runs,
            List<EventWrite> events,
            List<CommandOutcome> commands,
            boolean durable) {
        this(steps, instances, lostAttempts, runs, events, commands, FireWrites.NONE, durable);
    }

    /** Only about triggers and datasets; a fact. */
    public static RunWrites of(FireWrites fires, DatasetWrites datasets) {
        return new RunWrites(
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                fires,
                AlertWrites.NONE,
                datasets,
                true);
    }

    /** Only about triggers; a fact. */
    public static RunWrites of(FireWrites fires) {
        return of(fires, DatasetWrites.NONE);
    }

    /**
     * The leader's columns of one step instance. Has no effect on a row whose state is final.
     *
     * @param claim when greater than the row's, the row's report, outputs and start are forgotten
     * @param startedAt set when it is first heard to run
     * @param endedAt set for final states that no worker reported; otherwise the report's time stays
     */
    public record StepWrite(
            StepKey key,
            StepState state,
            String reason,
            int claim,
            int attempt,
            int lost,
            Optional<String> worker,
            Optional<Instant> startedAt,
            Optional<Instant> endedAt,
            Optional<Instant> due) {}

    /**
     * Rows of a foreach step, indexes 0 to {@code items.size() - 1}, pending, claim and attempt 1.
     *
     * @param reason in words what they wait for
     */
    public record NewInstances(RunId run, int step, String name, List<JsonNode> items, String reason) {}

    /** The attempt row of a claim that was lost, since its worker cannot write it. */
    public record LostAttempt(StepKey key, int claim, int attempt, Optional<String> worker, Instant at, String error) {}

    /** The leader's columns of a run. Has no effect on a final run. Absent values leave the column as it is. */
    public record RunWrite(
            RunId run,
            RunState state,
            String reason,
            Optional<RunState> verdict,
            Optional<Instant> startedAt,
            Optional<Instant> endedAt,
            Optional<Map<String, JsonNode>> outputs) {}

    /** One entry of a run's history. {@code from} and {@code to} are empty text where they do not apply. */
    public record EventWrite(
            RunId run,
            long seq,
            Instant at,
            Optional<String> step,
            Optional<Integer> index,
            Optional<Integer> attempt,
            String type,
            String from,
            String to,
            String reason,
            Optional<JsonNode> data) {}

    /** What became of a command: applied, or refused with the reason. */
    public record CommandOutcome(long command, boolean applied, String reason) {}
}
