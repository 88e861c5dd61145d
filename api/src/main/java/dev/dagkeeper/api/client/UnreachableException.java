package dev.dagkeeper.api.client;

/** The server did not answer, or stopped in the middle of an answer. Worth trying again later. */
public final class UnreachableException extends ClientException {
    private static final long serialVersionUID = 1L;

    UnreachableException(ServerAddress address, Throwable cause) {
        super("no answer from the server at " + address + " (" + reason(cause) + ")", cause);
    }

    UnreachableException(String message) {
        super(message);
    }

    private static String reason(Throwable cause) {
        var message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
