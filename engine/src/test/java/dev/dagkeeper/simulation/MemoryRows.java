package dev.dagkeeper.simulation;

import dev.dagkeeper.history.AlertWrites.NewAlert;
import dev.dagkeeper.history.HistoryContract;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.NewRun;
import dev.dagkeeper.history.StoredBackfill;
import dev.dagkeeper.history.StoredTrigger;
import dev.dagkeeper.history.WorkerStore;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.schedule.Backfill;
import dev.dagkeeper.simulation.MemoryHistory.AttemptKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.JsonNodeFactory;

/** The rows of the tables in memory. */
record MemoryRows(MemoryHistory history) implements HistoryContract.Rows {
    MemoryRows() {
        this(new MemoryHistory(MemoryHistory.Observer.NONE));
    }

    @Override
    public LeaderStore leader() {
        return new MemoryLeaderStore(history, Wire.PERFECT, InstantSource.system());
    }

    @Override
    public WorkerStore worker() {
        return new MemoryWorkerStore(history, Wire.PERFECT, InstantSource.system());
    }

    @Override
    public void create(NewRun run) {
        history.create(run);
    }

    @Override
    public long command(RunId run, String kind, String by) {
        return history.command(run, kind, by);
    }

    @Override
    public StoredTrigger trigger(String workflow, String name, String schedule) {
        long id = history.triggers.size() + 1L;
        var trigger = new StoredTrigger(
                id,
                workflow.hashCode(),
                "default",
                workflow,
                name,
                7,
                1,
                schedule,
                Instant.EPOCH,
                Optional.empty(),
                Optional.empty(),
                "",
                Optional.empty(),
                "",
                history.nextChange(),
                Optional.empty());
        history.put(trigger);
        return trigger;
    }

    @Override
    public void pause(StoredTrigger trigger, String by) {
        history.put(new StoredTrigger(
                trigger.id(),
                trigger.workflowId(),
                trigger.namespace(),
                trigger.workflow(),
                trigger.name(),
                trigger.revisionId(),
                trigger.revision(),
                trigger.schedule(),
                trigger.since(),
                trigger.removedAt(),
                Optional.of(Instant.EPOCH),
                by,
                trigger.resumedAt(),
                trigger.resumedBy(),
                history.nextChange(),
                trigger.progress()));
    }

    @Override
    public long backfill(StoredTrigger trigger) {
        long id = history.backfills.size() + 1L;
        put(new StoredBackfill(
                id,
                trigger.workflowId(),
                trigger.namespace(),
                trigger.workflow(),
                trigger.name(),
                trigger.revisionId(),
                trigger.revision(),
                trigger.schedule(),
                Backfill.Reprocess.FAILED,
                3,
                Backfill.Direction.NEWEST_FIRST,
                Map.of("day", JsonNodeFactory.instance.stringNode("x")),
                -10,
                false,
                Optional.empty(),
                Optional.empty(),
                Set.of()));
        return id;
    }

    private void put(StoredBackfill row) {
        var before = Optional.ofNullable(history.backfills.get(row.id()));
        var written = new MemoryHistory.BackfillRow(
                row, before.flatMap(MemoryHistory.BackfillRow::cursor), before.flatMap(MemoryHistory.BackfillRow::end));
        var transaction = history.new Transaction();
        transaction.put(history.backfills, row.id(), written);
        transaction.commit(true);
    }

    @Override
    public long datasetEvent(String uri) {
        return new MemoryDatasets(history).add(uri, InstantSource.system().instant());
    }

    @Override
    public List<String> uses(StoredTrigger trigger) {
        return history.datasetUses.entrySet().stream()
                .filter(entry -> entry.getKey().workflow() == trigger.workflowId()
                        && entry.getKey().trigger().equals(trigger.name()))
                .map(entry -> entry.getKey().event() + " " + entry.getValue())
                .toList();
    }

    @Override
    public void pauseBackfill(long id, String by) {
        var row = Objects.requireNonNull(history.backfills.get(id)).backfill();
        put(new StoredBackfill(
                id,
                row.workflowId(),
                row.namespace(),
                row.workflow(),
                row.trigger(),
                row.revisionId(),
                row.revision(),
                row.schedule(),
                row.reprocess(),
                row.maxActive(),
                row.direction(),
                row.inputs(),
                row.priority(),
                true,
                row.cancelledBy(),
                row.cursor(),
                row.active()));
    }

    @Override
    public List<String> fires(long workflow, String startedBy) {
        return history.fires.values().stream()
                .filter(fire -> fire.workflowId() == workflow && fire.trigger().equals(startedBy))
                .map(fire -> fire.outcome().text() + " " + fire.reason())
                .toList();
    }

    @Override
    public List<String> alerts(RunId run) {
        return history.alerts.values().stream()
                .filter(alert -> alert.run().equals(Optional.of(run)))
                .map(NewAlert::subject)
                .sorted()
                .toList();
    }

    @Override
    public List<String> attempts(StepKey key) {
        return List.copyOf(history.attempts
                .subMap(new AttemptKey(key, 0), true, new AttemptKey(key, Integer.MAX_VALUE), true)
                .values());
    }
}
