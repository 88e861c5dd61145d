package dev.dagkeeper.api.cli.live;

import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepState;

/**
 * How a frame looks.
 *
 * @param ascii whether to keep to ASCII
 * @param colours whether to use colours
 */
public record Style(boolean ascii, boolean colours) {
    private static final String RED = "31";
    private static final String GREEN = "32";
    private static final String YELLOW = "33";
    private static final String BLUE = "34";
    private static final String GREY = "90";

    String mark(StepState state) {
        return switch (state) {
            case PENDING, BLOCKED -> ascii ? "." : "·";
            case QUEUED -> ascii ? ":" : "○";
            case RUNNING -> ascii ? ">" : "●";
            case WAITING -> ascii ? "~" : "◌";
            case SUCCEEDED -> ascii ? "+" : "✓";
            case WARNED -> "!";
            case FAILED, TIMED_OUT -> ascii ? "x" : "✗";
            case SKIPPED -> "-";
            case UPSTREAM_FAILED -> ascii ? "/" : "⊘";
            case CANCELLED -> ascii ? "#" : "■";
        };
    }

    String paint(StepState state, String text) {
        return switch (state) {
            case PENDING, BLOCKED, SKIPPED -> colour(GREY, text);
            case QUEUED, RUNNING, WAITING -> colour(BLUE, text);
            case SUCCEEDED -> colour(GREEN, text);
            case WARNED, CANCELLED -> colour(YELLOW, text);
            case FAILED, TIMED_OUT, UPSTREAM_FAILED -> colour(RED, text);
        };
    }

    String paint(RunState state, String text) {
        return switch (state) {
            case QUEUED, PAUSED, RUNNING -> colour(BLUE, text);
            case SUCCEEDED -> colour(GREEN, text);
            case WARNED, CANCELLING, CANCELLED, SKIPPED -> colour(YELLOW, text);
            case FAILED -> colour(RED, text);
        };
    }

    String arrow() {
        return ascii ? " -> " : " → ";
    }

    String ellipsis() {
        return ascii ? "..." : "…";
    }

    private String colour(String code, String text) {
        return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
