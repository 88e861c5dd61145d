package dev.dagkeeper.simulation;

import dev.dagkeeper.history.DatasetContract;

/** The contract, held by the tables in memory. */
class MemoryDatasetTest extends DatasetContract {
    @Override
    protected Rows open() {
        return new MemoryRows();
    }
}
