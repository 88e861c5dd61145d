package dev.dagkeeper.history;

import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract, held by Postgres. */
class DatasetContractIT extends DatasetContract {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    @Override
    protected Rows open() {
        return PostgresRows.of(POSTGRES);
    }
}
