package dev.dagkeeper.alert;

import dev.dagkeeper.history.AlertStore.Alert;

/** A way to somebody outside. Used by one thread. */
interface Channel extends AutoCloseable {
    /** What it is called in the interfaces. */
    String name();

    /**
     * Sends an alert and returns once the receiver has accepted it. The same alert may come again; its id tells the receiver.
     *
     * @throws UndeliveredException when it did not, or when that is unknown; trying again is worth it
     */
    void send(Alert alert) throws UndeliveredException, InterruptedException;

    @Override
    default void close() {}
}
