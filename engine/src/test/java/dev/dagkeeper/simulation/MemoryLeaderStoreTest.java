package dev.dagkeeper.simulation;

import dev.dagkeeper.history.LeaderStoreContract;

/** The contract, held by the tables in memory. */
class MemoryLeaderStoreTest extends LeaderStoreContract {
    @Override
    protected Rows open() {
        return new MemoryRows();
    }
}
