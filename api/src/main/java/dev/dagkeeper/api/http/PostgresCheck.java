package dev.dagkeeper.api.http;

import dev.dagkeeper.history.RunFilter;
import dev.dagkeeper.history.RunStore;
import dev.dagkeeper.history.StoreException;

/** Whether Postgres answers now. Thread-safe. */
final class PostgresCheck {
    private final RunStore runs;

    PostgresCheck(RunStore runs) {
        this.runs = runs;
    }

    boolean answers() {
        try {
            runs.list(RunFilter.newest(1));
            return true;
        } catch (StoreException e) {
            return false;
        }
    }
}
