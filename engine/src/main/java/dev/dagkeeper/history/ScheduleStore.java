package dev.dagkeeper.history;

import dev.dagkeeper.run.RunId;
import dev.dagkeeper.schedule.FireOutcome;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Triggers and what came of their fires, as the api shows them, and what operators say about them. What fires is the
 * leader's to decide. Thread-safe; methods throw {@link StoreException} when Postgres does not answer.
 */
public interface ScheduleStore {
    /** Triggers of deployed workflows in order of namespace, workflow and name, one page. */
    List<TriggerView> list(TriggerFilter filter);

    /** One trigger; also one that no deployed revision has any more, since its fires can still be listed. */
    Optional<TriggerView> find(TriggerName name);

    /** Fires of one trigger that have their outcome, newest first, one page. */
    List<FireView> fires(FireFilter filter);

    /**
     * Holds back the trigger, durably; a trigger that is paused already stays as it is.
     *
     * @param by who asks for it
     * @return the trigger as it is now; absent when no deployed revision has it
     */
    Optional<TriggerView> pause(TriggerName name, String by);

    /**
     * Ends a pause, an operator's and the trigger's own, durably; a trigger that is not paused stays as it is.
     *
     * @param by who asks for it
     * @return the trigger as it is now; absent when no deployed revision has it
     */
    Optional<TriggerView> resume(TriggerName name, String by);

    /** A trigger's full name. */
    record TriggerName(String namespace, String workflow, String trigger) {
        @Override
        public String toString() {
            return namespace + "." + workflow + "." + trigger;
        }
    }

    /**
     * Which triggers to list.
     *
     * @param after the last of the page before
     * @param limit 1 to 500
     */
    record TriggerFilter(
            Optional<String> namespace, Optional<String> workflow, Optional<TriggerName> after, int limit) {
        public TriggerFilter {
            RevisionStorage.checkedLimit(limit);
        }
    }

    /**
     * Which fires to list.
     *
     * @param outcomes empty for all
     * @param from inclusive
     * @param until exclusive; of a page the time of the last fire of the page before
     * @param limit 1 to 500
     */
    record FireFilter(
            TriggerName trigger,
            Set<FireOutcome> outcomes,
            Optional<Instant> from,
            Optional<Instant> until,
            int limit) {
        public FireFilter {
            outcomes = Set.copyOf(outcomes);
            RevisionStorage.checkedLimit(limit);
        }
    }

    /**
     * A trigger as stored.
     *
     * @param revision number of the deployed revision, whose runs it starts
     * @param schedule when it fires, as JSON
     * @param since when this schedule was deployed
     * @param removedAt since when no deployed revision has it
     * @param pausedAt since when an operator has paused it
     * @param pausedBy who paused it last; empty when nobody has
     * @param cursor every fire up to this instant has its outcome; absent until the leader has first looked at it
     * @param failures how many of its runs have failed in a row
     * @param suspendedAt since when it has paused itself after failed runs; absent when that is over
     * @param suspension in words: why it paused itself
     */
    record TriggerView(
            TriggerName name,
            int revision,
            String schedule,
            Instant since,
            Optional<Instant> removedAt,
            Optional<Instant> pausedAt,
            String pausedBy,
            Optional<Instant> resumedAt,
            String resumedBy,
            Optional<Instant> cursor,
            int failures,
            Optional<Instant> suspendedAt,
            String suspension) {}

    /**
     * What came of one fire.
     *
     * @param reason in words, for what was skipped or missed
     * @param run its run; absent where none was created
     * @param runState what has become of that run; absent where none was created, or it is kept no longer
     */
    record FireView(
            Instant fire,
            FireOutcome outcome,
            String reason,
            Optional<RunId> run,
            Optional<String> runState,
            Instant decidedAt) {}
}
