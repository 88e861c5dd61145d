package dev.dagkeeper.simulation;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.WorkerStore;
import dev.dagkeeper.master.LeaderSettings;
import java.time.Duration;

/** Deliberate errors in the protocol, each made where the real code meets the stores. */
enum Mutation {
    /** The protocol as it is. */
    NONE,
    /** A result is recorded whatever claim the step has by now. */
    CLAIM_NOT_COMPARED_WHEN_RECORDED,
    /** A leader's transaction is accepted whatever epoch it is of. */
    EPOCH_NOT_COMPARED_IN_POSTGRES,
    /** A leader's multi() is accepted though another leader has put up its fence. */
    EPOCH_NOT_CHECKED_IN_ZOOKEEPER,
    /** A worker's multi() is accepted though its membership is over. */
    MEMBERSHIP_NOT_CHECKED,
    /** The locks are listed before the queue. */
    LOCKS_LISTED_BEFORE_THE_QUEUE,
    /** Claims are called lost at once after an election or a reconnect. */
    NO_GRACE,
    /** The lock goes before the result is recorded. */
    UNLOCKED_BEFORE_RECORDED,
    /** The item is deleted by one multi(), the lock created by another. */
    CLAIMED_IN_TWO_STEPS,
    /** A raised claim is not written. */
    RAISED_CLAIM_NOT_WRITTEN,
    /** A raised claim is written without waiting for the disk. */
    RAISED_CLAIM_NOT_DURABLE,
    /** A claim whose outcome is unknown is taken for refused. */
    UNKNOWN_CLAIM_TAKEN_FOR_REFUSED,
    /** An unlock whose outcome is unknown is taken for done. */
    UNLOCK_NOT_REPEATED,
    /** A leader that begins again keeps the epoch. */
    EPOCH_NOT_RAISED,
    /** A leader goes on with its memory after Postgres crashed. */
    CRASH_OF_POSTGRES_NOT_NOTICED,
    /** After Postgres crashed, what looks as if it had not been given out keeps its claim. */
    CLAIM_NOT_RAISED_AFTER_A_CRASH,
    /** A worker that joins again leaves its earlier membership. */
    EARLIER_MEMBERSHIP_STAYS,
    /** A leader skips as many event numbers in every epoch. */
    EVENT_NUMBERS_SKIP_TOO_LITTLE,
    /** A worker does not list its inbox after a reconnect. */
    INBOX_NOT_LISTED_AGAIN,
    /** A cursor is written before the fires up to it, in a transaction of its own. */
    CURSOR_BEFORE_FIRES,
    /** A cursor is written after the fires up to it, and the row of a fire does not keep another one from being written. */
    FIRES_WITHOUT_KEY,
    /** Fires and their runs do not wait for the disk. */
    FIRES_NOT_DURABLE,
    /** A new leader takes runs that wait for a place for runs of no group. */
    GROUPS_FORGOTTEN;

    Coordination coordination(World world, Coordination real, boolean leader) {
        return MutatedCoordination.of(this, real, leader);
    }

    LeaderStore leader(World world, LeaderStore real) {
        return MutatedStores.leader(this, world, real);
    }

    WorkerStore worker(World world, WorkerStore real) {
        return MutatedStores.worker(this, world, real);
    }

    LeaderSettings settings(LeaderSettings real) {
        return this == NO_GRACE ? new LeaderSettings(Duration.ZERO, real.sweepInterval(), real.settle()) : real;
    }
}
