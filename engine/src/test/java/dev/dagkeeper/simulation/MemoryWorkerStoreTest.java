package dev.dagkeeper.simulation;

import dev.dagkeeper.history.WorkerStoreContract;

/** The contract, held by the tables in memory. */
class MemoryWorkerStoreTest extends WorkerStoreContract {
    @Override
    protected Rows open() {
        return new MemoryRows();
    }
}
