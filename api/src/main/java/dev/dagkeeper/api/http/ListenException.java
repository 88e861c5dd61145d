package dev.dagkeeper.api.http;

/** The API cannot, or must not, listen where it was told to. Trying the same again does not help. */
public final class ListenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ListenException(String message) {
        super(message);
    }

    ListenException(String message, Throwable cause) {
        super(message, cause);
    }
}
