package dev.dagkeeper.history;

import dev.dagkeeper.run.RunId;
import java.util.List;
import java.util.Set;

/**
 * The history of runs, event by event. Thread-safe; methods throw {@link StoreException} when Postgres does not answer.
 */
public interface EventStore {
    /**
     * Events of a run in order of their numbers.
     *
     * @param after only events with greater numbers; 0 for all
     * @param limit 1 to 10,000
     */
    List<RunWrites.EventWrite> read(RunId run, long after, int limit);

    /**
     * Tells a listener of runs that got events or whose commands got an outcome, from now on. All listeners share one
     * connection. Subscribe first, then read: so nothing is missed.
     *
     * @return ends the subscription when closed
     */
    Subscription subscribe(Listener listener);

    /** Called on the listening thread: must return quickly, and must not throw. */
    interface Listener {
        /** These runs have news. */
        void changed(Set<RunId> runs);

        /** The connection was away and is back: any run may have news. */
        void reconnected();
    }

    /** A subscription; closing twice is harmless. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
