package dev.dagkeeper.simulation;

import dev.dagkeeper.history.TriggerContract;

/** The contract, held by the tables in memory. */
class MemoryTriggerTest extends TriggerContract {
    @Override
    protected Rows open() {
        return new MemoryRows();
    }
}
