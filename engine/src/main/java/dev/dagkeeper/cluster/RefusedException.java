package dev.dagkeeper.cluster;

/** A process has no place in the cluster: it would not be understood. Trying again helps only after an upgrade. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RefusedException(String message) {
        super(message);
    }
}
