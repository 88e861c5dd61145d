package dev.dagkeeper.history;

import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.util.Comparator;
import java.util.List;

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
        var stored = (WorkflowStore.Outcome.Stored) api.workflows().deploy(revision);
        postgres.execute("""
                INSERT INTO trigger (workflow_id, name, revision_id, schedule, since)
                SELECT workflow_id, '%s', id, '%s', now() FROM workflow_revision WHERE id = %d
                """.formatted(name, schedule, stored.revision().id()));
        return api.leader().triggers(0, Integer.MAX_VALUE).getLast();
    }

    @Override
    public void pause(StoredTrigger trigger, String by) {
        postgres.execute("UPDATE trigger SET paused_at = now(), paused_by = '%s', change = DEFAULT WHERE id = %d"
                .formatted(by, trigger.id()));
    }

    @Override
    public List<String> fires(StoredTrigger trigger) {
        return postgres.texts(
                "SELECT outcome || ' ' || reason FROM fire WHERE workflow_id = %d AND trigger = '%s' ORDER BY fire"
                        .formatted(trigger.workflowId(), trigger.name()));
    }

    @Override
    public List<String> attempts(StepKey key) {
        return api.runs().attempts(key.run(), "step_" + key.step()).stream()
                .sorted(Comparator.comparingInt(RunStore.StoredAttempt::claim))
                .map(RunStore.StoredAttempt::result)
                .toList();
    }
}
