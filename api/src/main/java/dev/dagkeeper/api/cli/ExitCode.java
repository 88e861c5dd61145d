package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.ApiException;
import dev.dagkeeper.api.client.ClientException;
import dev.dagkeeper.api.client.UnreachableException;
import dev.dagkeeper.run.RunState;

/** The exit codes, the same in every command. */
enum ExitCode {
    /** It worked; a run that was waited for succeeded, with warnings or without. */
    SUCCEEDED(0),
    /** A run that was waited for failed; for {@code diff}, there are differences. */
    FAILED(1),
    /** The command line, a workflow or an input is wrong. */
    USAGE(2),
    /** A run that was waited for was cancelled. */
    CANCELLED(3),
    /** The server does not let the caller do this. */
    NOT_AUTHORISED(4),
    /** There is no such run, step or workflow. */
    NOT_FOUND(5),
    /** The state of things does not allow it; a run that was waited for was skipped, as its group was full. */
    CONFLICT(6),
    /** The time to wait was over; the run goes on. */
    GAVE_UP(7),
    /** No server, or a store of it, answers. */
    UNREACHABLE(8),
    /** A defect of the program itself. */
    INTERNAL(70);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** What waiting for a run came to. */
    static ExitCode of(RunState state) {
        return switch (state) {
            case SUCCEEDED, WARNED -> SUCCEEDED;
            case FAILED -> FAILED;
            case CANCELLED -> CANCELLED;
            case SKIPPED -> CONFLICT;
            case QUEUED, RUNNING, PAUSED, CANCELLING -> GAVE_UP;
        };
    }

    /** What a failed call means for the caller. */
    static ExitCode of(ClientException failure) {
        return switch (failure) {
            case UnreachableException unreachable -> UNREACHABLE;
            case ApiException refused -> ofStatus(refused.status());
        };
    }

    private static ExitCode ofStatus(int status) {
        return switch (status) {
            case 401, 403 -> NOT_AUTHORISED;
            case 404 -> NOT_FOUND;
            case 409, 412 -> CONFLICT;
            default -> status >= 500 || status == 429 ? UNREACHABLE : USAGE;
        };
    }
}
