package dev.dagkeeper.cluster;

/**
 * One long-lived recursive watch. It says what changed while the session is connected; what happened across a reconnect
 * it cannot say, so the listener is told to list again whenever the watch was set anew.
 */
public interface TreeWatch extends AutoCloseable {
    @Override
    void close();

    /** Hears of changes; must not block. */
    interface Listener {
        /** A node came. */
        default void created(String path) {}

        /** A node went. */
        default void deleted(String path) {}

        /** A node's data changed. */
        default void changed(String path) {}

        /** The watch was set, for the first time or again: what went before is not known. */
        void listAgain();
    }
}
