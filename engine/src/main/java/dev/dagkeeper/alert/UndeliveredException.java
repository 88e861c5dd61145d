package dev.dagkeeper.alert;

/** A receiver has not accepted an alert, as far as is known. The message says why, without secrets. */
final class UndeliveredException extends Exception {
    private static final long serialVersionUID = 1L;

    UndeliveredException(String message) {
        super(message);
    }

    UndeliveredException(String message, Throwable cause) {
        super(message, cause);
    }
}
