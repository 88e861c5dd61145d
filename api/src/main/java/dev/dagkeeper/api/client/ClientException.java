package dev.dagkeeper.api.client;

/** A call to a server did not give what was asked for. */
public abstract sealed class ClientException extends RuntimeException permits ApiException, UnreachableException {
    private static final long serialVersionUID = 1L;

    ClientException(String message) {
        super(message);
    }

    ClientException(String message, Throwable cause) {
        super(message, cause);
    }
}
