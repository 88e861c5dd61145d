package dev.dagkeeper.simulation;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.WorkerStore;
import dev.dagkeeper.master.LeaderSettings;

/** A deliberate error in the protocol, made where the real code meets the stores. */
interface Mutation {
    /** The protocol as it is. */
    Mutation NONE = new Mutation() {};

    default Coordination coordination(Coordination real, boolean leader) {
        return real;
    }

    default LeaderStore leader(World world, LeaderStore real) {
        return real;
    }

    default WorkerStore worker(World world, WorkerStore real) {
        return real;
    }

    default LeaderSettings settings(LeaderSettings real) {
        return real;
    }
}
