package dev.dagkeeper.history;

import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.util.Comparator;
import java.util.List;

/** The rows of a real Postgres. */
record PostgresRows(LeaderStore leader, WorkerStore worker, Database api) implements HistoryContract.Rows {
    static PostgresRows of(TestPostgres postgres) {
        return new PostgresRows(
                postgres.open(Role.MASTER).leader(), postgres.open(Role.WORKER).worker(), postgres.open(Role.API));
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
    public List<String> attempts(StepKey key) {
        return api.runs().attempts(key.run(), "step_" + key.step()).stream()
                .sorted(Comparator.comparingInt(RunStore.StoredAttempt::claim))
                .map(RunStore.StoredAttempt::result)
                .toList();
    }
}
