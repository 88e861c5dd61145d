package dev.dagkeeper.master;

/** What this leader remembers may not be what is stored: only a new epoch and loading everything again helps. */
final class TermEndedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TermEndedException(String message) {
        super(message);
    }
}
