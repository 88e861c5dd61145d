package dev.dagkeeper.run;

import java.util.Locale;

/**
 * The states of a step instance, as users see them, and how it goes from one to the next. Whatever is not in this table
 * changes nothing. Events about another than the current claim are stale and not in it.
 *
 * <table>
 * <caption>Transitions of an instance</caption>
 * <tr><th>from</th><th>on</th><th>to</th><th>why</th></tr>
 * <tr><td>pending</td><td>an upstream ended, the run started</td><td>blocked</td><td>the join holds and {@code when} is
 * true; a foreach creates its instances first</td></tr>
 * <tr><td>pending</td><td>another instance ended</td><td>blocked</td><td>{@code max-parallel} has room for one more
 * instance of the foreach</td></tr>
 * <tr><td>pending</td><td>an upstream ended</td><td>skipped</td><td>{@code when} is false, or the join cannot hold and no
 * bad upstream is to blame</td></tr>
 * <tr><td>pending</td><td>an upstream ended</td><td>upstream-failed</td><td>a bad upstream defeated the join</td></tr>
 * <tr><td>pending</td><td>an upstream ended</td><td>failed</td><td>{@code when} or {@code foreach.in} cannot be
 * evaluated; trying again would not help</td></tr>
 * <tr><td>pending</td><td>an upstream ended</td><td>succeeded</td><td>a foreach over no items</td></tr>
 * <tr><td>blocked</td><td>placed</td><td>queued</td><td>a worker's inbox holds its item</td></tr>
 * <tr><td>blocked</td><td>the past is heard</td><td>the same</td><td>with {@code depends-on-past} it waits, not to be placed,
 * until the same step of the run of the fire before has succeeded; only the reason changes</td></tr>
 * <tr><td>queued</td><td>withdrawn</td><td>blocked</td><td>the item was taken back before it was claimed; the claim may be
 * placed again</td></tr>
 * <tr><td>blocked, queued</td><td>running</td><td>running</td><td>a worker holds the lock; from blocked when the news of
 * placing it was lost with a leader</td></tr>
 * <tr><td>blocked, waiting</td><td>doubted</td><td>the same</td><td>Postgres crashed and may have lost that it was given
 * out: the claim is raised</td></tr>
 * <tr><td>waiting</td><td>due</td><td>blocked</td><td>the time it waited for has come</td></tr>
 * <tr><td>any not final</td><td>report: succeeded</td><td>succeeded</td><td>a recorded result under the current claim is a
 * fact, whatever news is still on its way</td></tr>
 * <tr><td>any not final</td><td>report: failed, timed-out</td><td>waiting</td><td>a retry is left and wanted: claim and
 * attempt are raised; blocked at once when it has no delay; cancelled when it was told to stop</td></tr>
 * <tr><td>any not final</td><td>report: failed, timed-out</td><td>failed, timed-out</td><td>no retry is left or wanted;
 * warned with {@code on-error: warn}</td></tr>
 * <tr><td>any not final</td><td>report: cancelled</td><td>cancelled</td><td>the worker ended it as told</td></tr>
 * <tr><td>any not final</td><td>report: ask again</td><td>waiting</td><td>the claim is raised, the attempt goes on;
 * cancelled when it was told to stop</td></tr>
 * <tr><td>queued, running</td><td>lost</td><td>blocked</td><td>its worker is gone: the claim is raised, the attempt is not
 * counted; cancelled when it was told to stop</td></tr>
 * <tr><td>queued, running</td><td>lost, the third time in a row</td><td>failed</td><td>it likely kills its workers</td></tr>
 * <tr><td>queued</td><td>withdrawn, told to stop</td><td>cancelled</td><td>no worker has it any more</td></tr>
 * <tr><td>pending, blocked, waiting</td><td>cancel, kill, the run's timeout, a failure elsewhere</td><td>cancelled</td>
 * <td>no worker has it; what is queued or running is told to stop and keeps its state until that is done</td></tr>
 * </table>
 *
 * <p>A foreach step as a whole is not placed or claimed. It is blocked when it has its instances, running when the first of
 * them is, and ends when all of them have: failed (or warned with {@code on-error: warn}) when more than
 * {@code max-failures} failed or timed out, else cancelled when any was, else warned when any failed, else succeeded.
 */
public enum StepState {
    PENDING,
    BLOCKED,
    QUEUED,
    RUNNING,
    WAITING,
    SUCCEEDED,
    WARNED,
    FAILED,
    TIMED_OUT,
    SKIPPED,
    UPSTREAM_FAILED,
    CANCELLED;

    /** The notation of the language and of every interface: {@code timed-out}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Reads {@link #text()}. */
    public static StepState parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** Whether it never changes again. */
    public boolean isFinal() {
        return switch (this) {
            case PENDING, BLOCKED, QUEUED, RUNNING, WAITING -> false;
            case SUCCEEDED, WARNED, FAILED, TIMED_OUT, SKIPPED, UPSTREAM_FAILED, CANCELLED -> true;
        };
    }
}
