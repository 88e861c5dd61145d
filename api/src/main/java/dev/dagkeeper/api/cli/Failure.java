package dev.dagkeeper.api.cli;

import java.util.List;

/** A command cannot go on. Caught at the top of the command line, which says so and ends with the code. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;
    private final List<String> next;

    /**
     * @param message what was expected and what was found, without a full stop
     * @param next what to do now, one line each
     */
    Failure(ExitCode code, String message, String... next) {
        super(message, null, false, false);
        this.code = code;
        this.next = List.of(next);
    }

    ExitCode code() {
        return code;
    }

    List<String> next() {
        return next;
    }
}
