package dev.dagkeeper.embedded;

import java.io.IOException;

/** A local store cannot be started here; the message says why and what to do. Trying again unchanged does not help. */
public final class EmbeddedStoreException extends IOException {
    private static final long serialVersionUID = 1L;

    public EmbeddedStoreException(String message) {
        super(message);
    }

    public EmbeddedStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
