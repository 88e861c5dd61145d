package dev.dagkeeper.history;

import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Runs as the api creates and shows them. It never changes a run that exists: that is the leader's. Thread-safe; methods
 * throw {@link StoreException} when Postgres does not answer.
 */
public interface RunStore {
    /** Stores the run with all its step rows in one durable transaction, or nothing. */
    NewRun.Outcome create(NewRun run);

    /** One run without its steps. */
    Optional<StoredRun> find(RunId run);

    /** Runs newest first, one page. */
    List<StoredRun> list(RunFilter filter);

    /**
     * Steps of a run in order of ordinal and index, one page. The page ends early once its outputs come to 16 MiB.
     *
     * @param after the last key of the page before; absent for the first page
     * @param limit 1 to 10,000
     */
    StepPage steps(RunId run, Optional<StepKey> after, int limit);

    /** The step itself, or of a foreach step the whole (index -1) and then its first instances; at most 10,000 rows. */
    List<StoredStep> step(RunId run, String displayName);

    /** How many step rows of the run are in each state that occurs. */
    Map<StepState, Integer> stepCounts(RunId run);

    /**
     * How many steps of each run are in each state, in one statement for all of them; states without any are left out.
     *
     * @param most runs with more steps than this are left out, so that the cost is bounded by the number of runs
     */
    Map<RunId, Map<StepState, Integer>> stepCounts(Collection<RunId> runs, int most);

    /**
     * Ended attempts of all rows of one step, in order of index and claim, lost and asked-again ones included; at most
     * 10,000.
     */
    List<StoredAttempt> attempts(RunId run, String displayName);

    /**
     * Why steps cannot be placed now, and runs not begin; a demand or group with which none is known to wait has no entry.
     *
     * @param keys see {@link dev.dagkeeper.workflow.Demand#key} and {@link dev.dagkeeper.run.GroupName#key}
     */
    Map<String, String> waiting(Collection<String> keys);

    /** The runs that are not final, oldest first, each with the revision that it is pinned to. */
    Map<RunId, Long> activeRevisions();

    /** Of these steps, each with all its instances, the rows that are queued or running, in order of their keys. */
    List<LiveStep> live(Collection<StepKey> steps);

    /** Steps of active runs that could start, by revision and step; costs a look at every active run. */
    List<Ready> ready();

    /** Names of steps, for those that exist. */
    Map<StepKey, String> names(Collection<StepKey> steps);

    /**
     * Steps that wait for a worker with room.
     *
     * @param step ordinal
     * @param oldest when the oldest of their runs was created
     */
    record Ready(long revisionId, int step, int steps, Instant oldest) {}

    /** Finds the run that a selector means: a full id, an unambiguous prefix of one, {@code @latest}, {@code @failed}. */
    Selected resolve(String selector);

    /** What a selector means. */
    sealed interface Selected {
        /** Exactly this run. */
        record One(RunId run) implements Selected {}

        /** No run; {@code message} says what was looked for. */
        record None(String message) implements Selected {}

        /** More than one run, of which these are the newest. */
        record Many(List<RunId> runs) implements Selected {}
    }

    /** A run as stored. {@code verdict} is what it will end as, once that is fixed and hooks still run. */
    record StoredRun(
            RunHeader header,
            Map<String, String> labels,
            RunState state,
            String reason,
            Optional<RunState> verdict,
            Optional<Instant> startedAt,
            Optional<Instant> endedAt,
            Map<String, JsonNode> outputs) {
        /** The same run with another reason. */
        public StoredRun withReason(String other) {
            return new StoredRun(header, labels, state, other, verdict, startedAt, endedAt, outputs);
        }
    }

    /**
     * One step instance as stored.
     *
     * @param id the display name
     * @param attempt the user's count, from 1
     * @param startedAt of the newest attempt
     * @param endedAt present when the state is final
     * @param due when a waiting step is looked at again
     * @param exitCode of the newest attempt, where a process ran
     */
    record StoredStep(
            StepKey key,
            String id,
            StepState state,
            String reason,
            int claim,
            int attempt,
            Optional<String> worker,
            Optional<Instant> startedAt,
            Optional<Instant> endedAt,
            Optional<Instant> due,
            Optional<Integer> exitCode,
            Optional<StepError> error,
            Map<String, JsonNode> outputs,
            Optional<JsonNode> item) {
        /** The same step with another reason. */
        public StoredStep withReason(String other) {
            return new StoredStep(
                    key, id, state, other, claim, attempt, worker, startedAt, endedAt, due, exitCode, error, outputs,
                    item);
        }
    }

    /**
     * A step that some worker has.
     *
     * @param id the display name
     */
    record LiveStep(StepKey key, String id, StepState state, Optional<String> worker) {}

    /** Why an attempt failed. */
    record StepError(String kind, String message) {}

    /** Some steps of a run; {@code next} is absent on the last page. */
    record StepPage(List<StoredStep> steps, Optional<StepKey> next) {}

    /**
     * One ended attempt.
     *
     * @param result {@code succeeded}, {@code failed}, {@code timed-out}, {@code cancelled}, {@code ask-again} or
     *     {@code lost}
     */
    record StoredAttempt(
            StepKey key,
            int claim,
            int attempt,
            String result,
            Optional<String> worker,
            Optional<Instant> startedAt,
            Instant endedAt,
            Optional<Integer> exitCode,
            Optional<StepError> error) {}
}
