package dev.dagkeeper.history;

import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract, held by Postgres. */
class HistoryContractIT extends HistoryContract {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private Database api;

    @BeforeAll
    void openApi() {
        api = POSTGRES.open(Role.API);
    }

    @Override
    protected Stores open() {
        return new Stores(
                POSTGRES.open(Role.MASTER).leader(), POSTGRES.open(Role.WORKER).worker());
    }

    @Override
    protected void create(NewRun run) {
        api.runs().create(run);
    }

    @Override
    protected long command(RunId run, String kind, String by) {
        return api.commands().add(run, kind, by);
    }

    @Override
    protected List<String> attempts(StepKey key) {
        return api.runs().attempts(key.run(), "step_" + key.step()).stream()
                .sorted(Comparator.comparingInt(RunStore.StoredAttempt::claim))
                .map(RunStore.StoredAttempt::result)
                .toList();
    }
}
