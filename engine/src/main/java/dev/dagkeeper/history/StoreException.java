package dev.dagkeeper.history;

/**
 * Postgres did not answer, or it is not known what became of a commit. Trying again later may help, after reading what is
 * stored.
 */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
