package dev.dagkeeper.api.http;

/** Whether new requests are welcome. Thread-safe. */
final class Readiness {
    private volatile boolean closing;

    /** The server is about to close. */
    void close() {
        closing = true;
    }

    boolean isClosing() {
        return closing;
    }
}
