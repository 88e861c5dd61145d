package dev.dagkeeper.run;

import java.util.Locale;

/**
 * The states of a run, as users see them, and how it goes from one to the next. Whatever is not in this table changes
 * nothing. The <em>verdict</em>, once fixed, never changes.
 *
 * <table>
 * <caption>Transitions of a run</caption>
 * <tr><th>from</th><th>on</th><th>to</th><th>why</th></tr>
 * <tr><td>queued</td><td>started</td><td>running</td><td>steps without needs become ready</td></tr>
 * <tr><td>queued</td><td>turned away by its concurrency group</td><td>skipped</td><td>no step starts, no hook either</td></tr>
 * <tr><td>queued</td><td>turned away as failed</td><td>failed</td><td>no step starts; hooks that are there for a failure
 * run first: running, reason {@code hooks}</td></tr>
 * <tr><td>running</td><td>the last main step ended</td><td>running, reason {@code hooks}</td><td>the verdict is fixed, and
 * hooks are there for it; the others are skipped</td></tr>
 * <tr><td>running</td><td>the last main step ended</td><td>the verdict</td><td>no hook is there for it</td></tr>
 * <tr><td>running, reason {@code hooks}</td><td>the last hook ended</td><td>the verdict</td><td>whatever became of the
 * hooks</td></tr>
 * <tr><td>queued, running</td><td>cancel</td><td>cancelling</td><td>the verdict is cancelled, whatever still succeeds; main
 * steps are ended</td></tr>
 * <tr><td>queued, running, cancelling</td><td>kill</td><td>cancelling</td><td>the same without grace, and the hooks are
 * skipped; a cancel before it is overtaken</td></tr>
 * <tr><td>queued, running</td><td>the run's timeout</td><td>running, reason {@code timeout}</td><td>the verdict is failed;
 * main steps are ended, the hooks are not covered</td></tr>
 * <tr><td>queued, running</td><td>a deadline that fails</td><td>running, reason {@code deadline}</td><td>as by the timeout;
 * one that cancels is a cancel, one that alerts changes no state</td></tr>
 * <tr><td>running, reason {@code timeout}, {@code deadline}</td><td>kill</td><td>cancelling</td><td>without grace and hooks; the verdict stays
 * failed</td></tr>
 * <tr><td>running, reason {@code hooks}</td><td>cancel, kill</td><td>cancelling</td><td>the hooks are ended; the verdict
 * stays</td></tr>
 * <tr><td>cancelling</td><td>the last main step ended</td><td>cancelling, reason {@code hooks}</td><td>hooks that are there
 * for every end run</td></tr>
 * <tr><td>cancelling</td><td>the last main step, the last hook ended</td><td>the verdict</td><td>nothing is left to
 * do</td></tr>
 * </table>
 *
 * <p>A run that is queued waits for a place in its concurrency group, or has not been looked at. A run is never paused by the
 * decisions of this package yet; a paused run is decided about as a running one.
 */
public enum RunState {
    QUEUED,
    RUNNING,
    PAUSED,
    CANCELLING,
    SUCCEEDED,
    WARNED,
    FAILED,
    CANCELLED,
    SKIPPED;

    /** The notation of every interface. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads {@link #text()}. */
    public static RunState parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /** Whether it never changes again. */
    public boolean isFinal() {
        return switch (this) {
            case QUEUED, RUNNING, PAUSED, CANCELLING -> false;
            case SUCCEEDED, WARNED, FAILED, CANCELLED, SKIPPED -> true;
        };
    }
}
