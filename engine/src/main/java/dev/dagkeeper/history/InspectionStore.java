package dev.dagkeeper.history;

import dev.dagkeeper.history.SettingsStore.SettingsVersion;
import dev.dagkeeper.run.GroupName;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;

/**
 * What is stored, for whoever checks that it fits together. Reads only; every answer is one snapshot, so rows of one answer
 * that do not fit are damage and not news. Thread-safe; methods throw {@link StoreException} when Postgres does not answer.
 */
public interface InspectionStore {
    /** Runs to look at: all active ones, and the newest of the others. */
    Scope scope(Instant createdSince, int mostEnded);

    /** Everything stored about these runs but outputs and logs. */
    List<RunRecord> records(Collection<RunId> runs);

    /** What Postgres says about who has which step, for all steps that are queued or running and for the given ones. */
    Placements placements(Collection<StepKey> asked);

    /**
     * Which steps are with workers since when, and the settings that hold.
     *
     * @param revisions picks whose steps are wanted; asked while the snapshot is open, about those with active runs
     */
    Given given(LongPredicate revisions);

    /** The runs that have a place in a concurrency group, in the order in which they got it. */
    List<GroupedRun> grouped();

    /** Commands without an outcome, oldest first, at most 1,000. */
    List<OpenCommand> openCommands();

    /** The database's clock. */
    Instant now();

    /**
     * Runs to look at, oldest first.
     *
     * @param active not final when listed
     * @param leftOut whether more runs have ended since than were wanted
     */
    record Scope(List<RunId> active, List<RunId> ended, boolean leftOut) {}

    /** A run with its rows; steps in order of their keys, attempts of keys and claims, events of their numbers. */
    record RunRecord(
            RunId id,
            long revisionId,
            RunState state,
            String reason,
            Optional<RunState> verdict,
            Instant createdAt,
            Optional<Instant> due,
            List<StepRecord> steps,
            List<AttemptRecord> attempts,
            List<EventRecord> events) {}

    /**
     * A step instance.
     *
     * @param report of the current claim, as recorded: {@code succeeded}, {@code ask-again}, ...
     * @param reportedAt when the attempt that it is about had ended
     */
    record StepRecord(
            StepKey key,
            String name,
            StepState state,
            int claim,
            int attempt,
            Optional<Instant> due,
            Optional<String> report,
            Optional<Instant> reportedAt) {}

    /** A claim that ended. */
    record AttemptRecord(
            StepKey key, int claim, int attempt, String result, Optional<Instant> startedAt, Instant endedAt) {}

    /**
     * An event.
     *
     * @param step absent for the run itself
     * @param index {@link StepKey#WHOLE} but for instances
     */
    record EventRecord(long seq, Instant at, Optional<String> step, int index, String type, String from, String to) {}

    /**
     * Who has which step, by Postgres.
     *
     * @param epoch of the leader
     * @param active whether any run is active
     * @param placed steps queued or running; a foreach as a whole is never placed
     * @param asked of the steps asked for, those there are
     */
    record Placements(long epoch, boolean active, Map<StepKey, Placement> placed, Map<StepKey, Placement> asked) {}

    /**
     * What a row says.
     *
     * @param reported whether a result is recorded for the claim
     */
    record Placement(String step, StepState state, int claim, boolean reported) {}

    /**
     * Steps that are queued or running, but for a foreach as a whole.
     *
     * @param settings the version that holds
     */
    record Given(SettingsVersion settings, List<GivenStep> steps) {}

    /**
     * A step that a worker has.
     *
     * @param at when it was last placed; absent when no event tells
     */
    record GivenStep(StepKey key, String name, long revisionId, Optional<Instant> at) {}

    /** An active run of a concurrency group that has begun. */
    record GroupedRun(RunId id, long revisionId, GroupName group, Instant startedAt) {}

    /** A command that has no outcome. */
    record OpenCommand(long id, RunId run, String kind, Instant createdAt) {}
}
