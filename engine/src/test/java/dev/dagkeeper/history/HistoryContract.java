package dev.dagkeeper.history;

import static dev.dagkeeper.history.Samples.step;
import static dev.dagkeeper.history.Samples.steps;

import dev.dagkeeper.history.RunWrites.LostAttempt;
import dev.dagkeeper.history.RunWrites.StepWrite;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepSnapshot;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/**
 * What leaders and workers rely on in their stores, whatever keeps the rows: the simulation is worth something only as long as its
 * memory behaves as Postgres does.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class HistoryContract {
    LeaderStore leader;
    WorkerStore worker;
    long epoch;
    private Rows rows;

    /** The rows, with the stores under test over them. */
    public interface Rows {
        LeaderStore leader();

        WorkerStore worker();

        /** Stores a run, as the api does. */
        void create(NewRun run);

        /** Stores a command, as the api does; its id. */
        long command(RunId run, String kind, String by);

        /** Stores a trigger as the api does when its workflow is deployed; what the leader reads of it. */
        StoredTrigger trigger(String workflow, String name, String schedule);

        /** An operator pauses a trigger. */
        void pause(StoredTrigger trigger, String by);

        /** Stores a backfill of a trigger as the api does, for a day from {@link Samples#NOW}; its id. */
        long backfill(StoredTrigger trigger);

        /** Somebody outside updates a dataset, as the api records it; the id of the event. */
        long datasetEvent(String uri);

        /** Which events a trigger has consumed, in their order, as {@code id fire}. */
        List<String> uses(StoredTrigger trigger);

        /** An operator pauses a backfill. */
        void pauseBackfill(long id, String by);

        /** What came of the fires of a workflow that a trigger or a backfill has started, oldest first, as {@code outcome reason}. */
        List<String> fires(long workflow, String startedBy);

        /** Subjects of the alerts about a run, in order. */
        List<String> alerts(RunId run);

        /** Results of the attempts of a step, in the order of their claims. */
        List<String> attempts(StepKey key);
    }

    /** Called once. */
    protected abstract Rows open();

    @BeforeAll
    void openStores() {
        rows = open();
        leader = rows.leader();
        worker = rows.worker();
    }

    @BeforeEach
    void elect() {
        epoch = leader.raiseEpoch();
    }

    void create(NewRun run) {
        rows.create(run);
    }

    long command(RunId run, String kind, String by) {
        return rows.command(run, kind, by);
    }

    List<String> attempts(StepKey key) {
        return rows.attempts(key);
    }

    StoredTrigger trigger(String workflow, String name, String schedule) {
        return rows.trigger(workflow, name, schedule);
    }

    void pause(StoredTrigger trigger, String by) {
        rows.pause(trigger, by);
    }

    long backfill(StoredTrigger trigger) {
        return rows.backfill(trigger);
    }

    void pauseBackfill(long id, String by) {
        rows.pauseBackfill(id, by);
    }

    long datasetEvent(String uri) {
        return rows.datasetEvent(uri);
    }

    List<String> uses(StoredTrigger trigger) {
        return rows.uses(trigger);
    }

    List<String> fires(StoredTrigger trigger) {
        return fires(trigger, trigger.name());
    }

    List<String> fires(StoredTrigger trigger, String startedBy) {
        return rows.fires(trigger.workflowId(), startedBy);
    }

    List<String> alerts(RunId run) {
        return rows.alerts(run);
    }

    RunId created(int steps) {
        var run = Samples.run(steps);
        create(run);
        return run.header().id();
    }

    List<StepKey> keys(int steps) {
        var run = created(steps);
        return IntStream.range(0, steps)
                .mapToObj(step -> new StepKey(run, step, StepKey.WHOLE))
                .toList();
    }

    StepKey key() {
        return keys(1).getFirst();
    }

    StepSnapshot row(StepKey key) {
        return leader.load(List.of(key.run())).getFirst().steps().stream()
                .filter(step -> step.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    static RunWrites lost(LostAttempt lost, StepWrite step) {
        return new RunWrites(List.of(step), List.of(), List.of(lost), List.of(), List.of(), List.of(), true);
    }
}
