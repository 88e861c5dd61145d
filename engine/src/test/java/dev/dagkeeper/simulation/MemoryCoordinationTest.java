package dev.dagkeeper.simulation;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.CoordinationContract;

/** The contract, held by the ensemble in memory. */
class MemoryCoordinationTest extends CoordinationContract {
    private final MemoryZooKeeper server = new MemoryZooKeeper();

    @Override
    protected Coordination connect() {
        return new MemoryCoordination(server, Wire.PERFECT);
    }

    @Override
    protected void expire(Coordination client) {
        var memory = (MemoryCoordination) client;
        memory.disconnect(_ -> 0);
        server.expire(memory.sessionId());
        memory.connect();
    }
}
