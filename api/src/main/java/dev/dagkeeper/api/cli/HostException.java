package dev.dagkeeper.api.cli;

/** An engine could not be started in this process. */
public final class HostException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why not. */
    public enum Kind {
        /** Another process holds the data directory. */
        IN_USE,
        /** There is no history in the data directory, and the options did not ask for a new one. */
        NO_HISTORY,
        /** The options or the configuration are wrong. */
        USAGE,
        /** A store, an address or the file system does not do what it should. */
        UNAVAILABLE
    }

    private final Kind kind;

    public HostException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public HostException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Why not. */
    public Kind kind() {
        return kind;
    }
}
