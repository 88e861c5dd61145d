package dev.dagkeeper.workflow;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * When a trigger fires, and what becomes of fires that cannot be started in time. Immutable.
 *
 * @param when at which times, or after which events
 * @param from the first instant at which it may fire; absent when it has no beginning
 * @param until the instant from which on it does not fire any more
 * @param exclude spans in which it does not fire
 * @param jitter a fire is started up to so much later, the same for a given fire whoever computes it; zero for none
 * @param catchup what becomes of fires that nobody was there to start
 * @param startDeadline a fire that is not started so long after its time is missed
 * @param pauseOnFailure after so many failed runs in a row the trigger pauses itself, 1 to 1,000
 */
public record Schedule(
        When when,
        Optional<Instant> from,
        Optional<Instant> until,
        List<Span> exclude,
        Duration jitter,
        Catchup catchup,
        Optional<Duration> startDeadline,
        Optional<Integer> pauseOnFailure) {
    public Schedule {
        exclude = List.copyOf(exclude);
    }

    /** At which times, or after which events. */
    public sealed interface When {
        /**
         * By the clock on the wall of a place.
         *
         * @param expression 5 fields, or 6 with seconds first, or a macro
         * @param zone whose wall clock
         * @param gap what becomes of a wall-clock time that a day does not have
         * @param overlap what becomes of one that a day has twice
         */
        record Cron(CronExpression expression, ZoneId zone, Gap gap, Overlap overlap) implements When {}

        /**
         * At equal distances, counted from 1970-01-01T00:00Z.
         *
         * @param every at least a second
         * @param offset added to each, less than {@code every}
         */
        record Every(Duration every, Duration offset) implements When {}

        /** At given instants, ascending, without doubles. */
        record At(List<Instant> times) implements When {
            public At {
                times = List.copyOf(times);
            }
        }

        /**
         * After updates of datasets.
         *
         * @param all whether each of them must have been updated since the last run, or any is enough
         * @param uris at least one
         * @param debounce how long there must have been no further update
         * @param maxWait so long after the first update {@code debounce} does not hold it up any longer; what is missing of
         *     {@code all} is waited for all the same
         */
        record Datasets(boolean all, List<String> uris, Duration debounce, Optional<Duration> maxWait) implements When {
            public Datasets {
                uris = List.copyOf(uris);
            }
        }
    }

    /** A wall-clock time that a day does not have, since clocks were put forward over it. */
    public enum Gap {
        /** Fires at the first instant after the gap; several that fall into one gap are one fire. */
        RUN_AFTER,
        SKIP
    }

    /** A wall-clock time that a day has twice, since clocks were put back over it. */
    public enum Overlap {
        /** The first time only; what fires in every hour of the day follows elapsed time and is not held back. */
        ONCE,
        TWICE
    }

    /**
     * A span of time.
     *
     * @param from inclusive
     * @param until exclusive
     */
    public record Span(Instant from, Instant until) {
        public Span {
            if (!from.isBefore(until)) {
                throw new IllegalArgumentException(
                        "expected a span that ends after it begins, found " + from + " to " + until);
            }
        }

        public boolean contains(Instant instant) {
            return !instant.isBefore(from) && instant.isBefore(until);
        }
    }

    /**
     * What becomes of fires that nobody was there to start.
     *
     * @param named whether the workflow says so; what is said by saying nothing asks for no fire from before the deployment
     * @param window older fires are missed
     * @param maxRuns the most recent so many are started, the others are missed
     */
    public record Catchup(boolean named, Mode mode, Optional<Duration> window, Optional<Integer> maxRuns, Order order) {
        /** Without {@code catchup} in the workflow. */
        public static final Catchup DEFAULT =
                new Catchup(false, Mode.LATEST, Optional.empty(), Optional.empty(), Order.OLDEST_FIRST);

        /** As a workflow says it. */
        public Catchup(Mode mode, Optional<Duration> window, Optional<Integer> maxRuns, Order order) {
            this(true, mode, window, maxRuns, order);
        }

        /** Whether it says no more than what holds without it. */
        public boolean saysTheDefault() {
            return equals(new Catchup(named, DEFAULT.mode, DEFAULT.window, DEFAULT.maxRuns, DEFAULT.order));
        }

        /** Whether fires since {@code from} that are older than the deployment are to be caught up. */
        public boolean asksForThePast() {
            return named && mode != Mode.NONE;
        }

        /** Which of them are started. */
        public enum Mode {
            NONE,
            LATEST,
            ALL
        }

        /** In which order they are started. */
        public enum Order {
            OLDEST_FIRST,
            NEWEST_FIRST
        }
    }
}
