package dev.dagkeeper.worker;

import dev.dagkeeper.cluster.MultiResult;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.queue.Inbox;
import dev.dagkeeper.queue.Item;
import dev.dagkeeper.queue.StopNote;
import java.util.List;

/** What wakes the worker. */
sealed interface WorkerSignal {
    /** An item came into the inbox. */
    record Arrived(Item item) implements WorkerSignal {}

    /** A request to end a step came into the inbox. */
    record Asked(StopNote note) implements WorkerSignal {}

    /** An item left the inbox: claimed by this worker, or withdrawn. */
    record Gone(Item item) implements WorkerSignal {}

    /** The answer to a claim that the incarnation of the inbox made. */
    record Answered(Inbox inbox, List<Item> items, MultiResult result) implements WorkerSignal {}

    /** An attempt ended, so a slot is free. */
    record Ended(Claimed claimed) implements WorkerSignal {}

    /** The connection is back, in the same session: what happened meanwhile is not known. */
    record ListAgain() implements WorkerSignal {}

    /** The connection is away; the session may still be alive. */
    record Disconnected() implements WorkerSignal {}

    /** The session is over, and the incarnation with it. */
    record SessionLost() implements WorkerSignal {}

    /** There is a connection. */
    record Connected() implements WorkerSignal {}

    /** It is to run another number of steps at once. */
    record SlotsChanged(int slots) implements WorkerSignal {}

    /** The answer to the announcement of what the worker is now. */
    record Announced(WorkerInfo info, MultiResult result) implements WorkerSignal {}

    /** Another leads, which may work with other protocols. */
    record LeaderChanged() implements WorkerSignal {}

    /** Results were recorded, or refused, while this worker is about to leave. */
    record Settled() implements WorkerSignal {}

    /** Take nothing new and finish what is there. */
    record Drain() implements WorkerSignal {}

    /** End. */
    record Close() implements WorkerSignal {}
}
