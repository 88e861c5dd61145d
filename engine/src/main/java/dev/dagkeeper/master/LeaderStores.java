package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.queue.Outbox;

/**
 * Where a leader reads and writes within one term.
 *
 * @param outbox what it writes to ZooKeeper, under the fence of its epoch
 */
record LeaderStores(Coordination zooKeeper, LeaderStore postgres, Outbox outbox) {}
