package dev.dagkeeper.history;

import dev.dagkeeper.run.Past;
import dev.dagkeeper.run.Report;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepSnapshot;
import dev.dagkeeper.schedule.Backfill;
import dev.dagkeeper.workflow.DatasetEvent;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What the leader reads and writes. Every write is fenced by the epoch: a deposed leader changes nothing. Thread-safe.
 *
 * <p>Methods throw {@link StoreException} when Postgres does not answer or the outcome of a commit is unknown; the leader
 * then takes a new epoch and loads again.
 */
public interface LeaderStore {
    /** Raises the epoch, after waiting for open transactions of the one before. Durable. */
    long raiseEpoch();

    /**
     * Whether Postgres crashed since the last epoch that wrote, and so may have lost the end of what that wrote and was not
     * durable: what the tables show as not given out may have been. To be asked before this epoch's first write.
     */
    boolean mayHaveLostWrites();

    /** Ids of the runs that have begun and are not final, oldest first. */
    List<RunId> begunRuns();

    /** The runs that no leader has begun, oldest first. */
    List<QueuedRun> queuedRuns();

    /** Those of {@link #queuedRuns} that no leader has told to wait either. Costs nothing for those that wait. */
    List<QueuedRun> newRuns();

    /**
     * Runs with all their step rows, but without outputs (see {@link #outputs}); ids that are final or unknown are left
     * out.
     */
    List<LoadedRun> load(Collection<RunId> runs);

    /**
     * Outputs recorded for current claims, of all instances of the given steps; rows without outputs have no entry. For
     * the steps whose outputs the leader's own expressions read: the others' can be large and stay in Postgres.
     *
     * @param steps ordinals
     */
    Map<StepKey, Map<String, JsonNode>> outputs(RunId run, Collection<Integer> steps);

    /**
     * The reports for the given claims, from one statement. A claim without a report, or that is not current any more, has
     * no entry.
     *
     * @param withOutputs those of the keys whose outputs are wanted as well
     */
    Map<StepKey, Heard> reports(Map<StepKey, Integer> claims, Collection<StepKey> withOutputs);

    /**
     * Writes all of it in one transaction, or nothing and {@code false} when the epoch is not the current one any more: it
     * was raised, or Postgres crashed since its first write and may have lost what was not written durably.
     */
    boolean write(long epoch, RunWrites writes);

    /**
     * Tells why steps cannot be placed, by what they ask for, and runs not begin, by their concurrency group; not durable, since the next leader finds it again.
     *
     * @param anew whether what was told before is forgotten first
     * @param reasons by {@link dev.dagkeeper.workflow.Demand#key} and {@link dev.dagkeeper.run.GroupName#key}
     * @param over those with which none waits any more
     * @return false, and nothing is written, when the epoch is not the current one
     */
    boolean explain(long epoch, boolean anew, Map<String, String> reasons, Collection<String> over);

    /** Commands that have no outcome yet, in order of their ids. */
    List<PendingCommand> pendingCommands();

    /**
     * The same steps of the newest runs of the fires before, of those that have any; a run that was turned away does not
     * count. One statement.
     */
    Map<PastQuestion, Past.Step> past(Collection<PastQuestion> questions);

    /**
     * Triggers in the order of their changes, removed ones too.
     *
     * @param after only those that changed later than this change; a change that was being written while another reader saw
     *     a later one may turn up behind it
     * @param most how many at most
     */
    List<StoredTrigger> triggers(long after, int most);

    /** Backfills that have not ended, in the order in which they were created. */
    List<StoredBackfill> backfills();

    /**
     * What has become of fires, by the runs of the trigger and of its backfills.
     *
     * @param workflow its name
     * @param trigger by name
     * @param first inclusive
     * @param last inclusive
     * @return an entry for each fire that has a run which was not turned away
     */
    Map<Instant, Backfill.Before> fireRuns(
            String namespace, String workflow, String trigger, Instant first, Instant last);

    /** The last event of a dataset that there is, 0 when there is none. */
    long lastDatasetEvent();

    /** Events of datasets behind another, in their order; whoever has seen one has seen all before it. */
    List<RecordedEvent> datasetEvents(long after, int most);

    /** Of triggers what they have not seen yet, by dataset; none for a dataset of which there is nothing. */
    Map<Long, List<UnseenOfOne>> unseen(Map<Long, DatasetWrites.Unseen> triggers);

    /** The newest of those events, at most so many, oldest first. */
    List<DatasetEvent> unseenEvents(DatasetWrites.Unseen which, int most);

    /** Names and incarnations of the workers that an operator drains, see {@link DrainStore}. */
    Set<String> drainedWorkers();

    /** The database's clock. */
    Instant now();

    /** That there was an update of a dataset, and when that was recorded. */
    record RecordedEvent(long id, String uri, Instant at) {}

    /** When the first and the last update of a dataset were recorded that a trigger has not seen. */
    record UnseenOfOne(String uri, Instant first, Instant last) {}

    /** A report with the times that the worker saw. */
    record Heard(int claim, Report report, String worker, Instant startedAt, Instant endedAt) {}

    /**
     * An active run as stored.
     *
     * @param lastSeq number of its newest event, 0 when it has none
     * @param struck the deadlines that have struck, by their places in the workflow's list
     */
    record LoadedRun(
            RunHeader header,
            RunState state,
            String reason,
            Optional<RunState> verdict,
            Optional<Instant> startedAt,
            long lastSeq,
            List<StepSnapshot> steps,
            Set<Integer> struck) {
        public LoadedRun {
            steps = List.copyOf(steps);
            struck = Set.copyOf(struck);
        }
    }

    /**
     * A run that has not begun.
     *
     * @param group its concurrency group; empty when it shares places with nobody
     * @param trigger whose fire it is for; empty for a run without
     * @param fire that fire; without one its creation
     * @param due when the run's timeout strikes
     * @param waits whether a leader has told it to wait
     */
    record QueuedRun(
            RunId id,
            long revisionId,
            String namespace,
            String workflow,
            String group,
            int priority,
            String trigger,
            Instant fire,
            Optional<Instant> due,
            boolean waits) {}

    /**
     * About the run of the fire before.
     *
     * @param series the trigger, see {@link RunHeader#series}
     * @param fire of the run that asks
     * @param step display name
     */
    record PastQuestion(String namespace, String workflow, String series, Instant fire, String step) {}

    /** What an operator asked for; {@code kind} is {@code cancel} or {@code kill}. */
    record PendingCommand(long id, RunId run, String kind, String by) {}
}
