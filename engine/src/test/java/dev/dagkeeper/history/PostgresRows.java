package dev.dagkeeper.history;

import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.history.ScheduleStore.TriggerFilter;
import dev.dagkeeper.history.WorkflowStore.NewTrigger;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.schedule.Backfill;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rows of a real Postgres. */
record PostgresRows(LeaderStore leader, WorkerStore worker, Database api, TestPostgres postgres)
        implements HistoryContract.Rows {
    static PostgresRows of(TestPostgres postgres) {
        return new PostgresRows(
                postgres.open(Role.MASTER).leader(),
                postgres.open(Role.WORKER).worker(),
                postgres.open(Role.API),
                postgres);
    }

    @Override
    public void create(NewRun run) {
        api.runs().create(run);
    }

    @Override
    public long command(RunId run, String kind, String by) {
        return api.commands().add(run, kind, by);
    }

    @Override
    public StoredTrigger trigger(String workflow, String name, String schedule) {
        var revision = new WorkflowStore.NewRevision("default", workflow, "name: " + workflow, List.of());
        var triggers = new ArrayList<NewTrigger>();
        api.schedules()
                .list(new TriggerFilter(Optional.empty(), Optional.of(workflow), Optional.empty(), 500))
                .forEach(other -> triggers.add(new NewTrigger(other.name().trigger(), other.schedule())));
        triggers.add(new NewTrigger(name, schedule));
        api.workflows().deploy(revision, triggers);
        return api.leader().triggers(0, Integer.MAX_VALUE).getLast();
    }

    @Override
    public void pause(StoredTrigger trigger, String by) {
        api.schedules()
                .pause(new ScheduleStore.TriggerName(trigger.namespace(), trigger.workflow(), trigger.name()), by);
    }

    @Override
    public long backfill(StoredTrigger trigger) {
        var created = (BackfillStore.Outcome.Created) api.backfills()
                .create(new BackfillStore.NewBackfill(
                        new ScheduleStore.TriggerName(trigger.namespace(), trigger.workflow(), trigger.name()),
                        trigger.revision(),
                        trigger.schedule(),
                        Samples.NOW,
                        Samples.NOW.plusSeconds(86_400),
                        24,
                        Backfill.Reprocess.FAILED,
                        3,
                        Backfill.Direction.NEWEST_FIRST,
                        Map.of("day", Samples.text("x")),
                        -10,
                        "ada",
                        Optional.empty()));
        return created.id();
    }

    @Override
    public long datasetEvent(String uri) {
        var outcome = api.datasets()
                .record(new DatasetStore.NewEvent(uri, Optional.empty(), Optional.empty(), "ada", Optional.empty()));
        return ((DatasetStore.Outcome.Recorded) outcome).id();
    }

    @Override
    public List<String> uses(StoredTrigger trigger) {
        return postgres.texts("""
                SELECT event_id || ' ' || to_char(fire AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') FROM dataset_use
                WHERE workflow_id = %d AND trigger = '%s' ORDER BY event_id
                """.formatted(trigger.workflowId(), trigger.name()));
    }

    @Override
    public void pauseBackfill(long id, String by) {
        api.backfills().pause(id, by);
    }

    @Override
    public List<String> fires(long workflow, String startedBy) {
        return postgres.texts(
                "SELECT outcome || ' ' || reason FROM fire WHERE workflow_id = %d AND trigger = '%s' ORDER BY fire"
                        .formatted(workflow, startedBy));
    }

    @Override
    public List<String> alerts(RunId run) {
        return postgres.texts("SELECT subject FROM alert WHERE run_id = '%s' ORDER BY subject".formatted(run));
    }

    @Override
    public List<String> attempts(StepKey key) {
        return api.runs().attempts(key.run(), "step_" + key.step()).stream()
                .sorted(Comparator.comparingInt(RunStore.StoredAttempt::claim))
                .map(RunStore.StoredAttempt::result)
                .toList();
    }
}
