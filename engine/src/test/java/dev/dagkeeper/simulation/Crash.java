package dev.dagkeeper.simulation;

/** A process ends in the middle of what it does; an error, so that nothing in it goes on. */
final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash() {
        super("crash", null, false, false);
    }
}
