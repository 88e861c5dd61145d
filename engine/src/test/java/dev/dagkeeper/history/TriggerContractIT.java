package dev.dagkeeper.history;

import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract, held by Postgres. */
class TriggerContractIT extends TriggerContract {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    @Override
    protected Rows open() {
        return PostgresRows.of(POSTGRES);
    }
}
