package dev.dagkeeper.worker;

/** The store answers, and does not have what a claimed step needs. */
final class MissingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MissingException(String message) {
        super(message);
    }
}
