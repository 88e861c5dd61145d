package dev.dagkeeper.history;

import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * Which workers operators drain: they finish what they run and get nothing new, until they are resumed. By the worker's name,
 * which outlives its restarts, or by one incarnation. Thread-safe; methods throw {@link StoreException} when Postgres does not
 * answer.
 */
public interface DrainStore {
    /** Drains a worker; one that is drained already stays so as it was. Durable. */
    Drain drain(String worker, String by);

    /**
     * Lets a worker take steps again.
     *
     * @param worker a name, which stands for its incarnations too, or an incarnation
     * @return what ended; none when it was not drained
     */
    List<Drain> resume(String worker);

    /**
     * Forgets drains of incarnations that are gone, which never come back. Those by name stay.
     *
     * @param living incarnations that are there
     * @param before only what was drained before this moment
     * @return what was forgotten
     */
    List<Drain> forgetGone(Collection<String> living, Instant before);

    /** All of them, in order of their names. */
    List<Drain> list();

    /**
     * One worker that is drained.
     *
     * @param worker a name, or an incarnation
     * @param by who asked for it
     */
    record Drain(String worker, String by, Instant since) {}
}
