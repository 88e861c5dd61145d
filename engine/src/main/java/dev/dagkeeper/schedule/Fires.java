package dev.dagkeeper.schedule;

import dev.dagkeeper.workflow.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * When a trigger fires: the one authority on it. A <em>fire</em> is an instant, the same whoever computes it and when; it is what a run of
 * the trigger is known by, and jitter does not change it. Fires are to the millisecond, those of cron to the second, and lie in the
 * years 1 to 9999.
 *
 * <p>Everywhere an instant that is asked with is itself left out ({@link #next}, {@link #previous}), and a range is {@code (from, to]}, so that a
 * cursor that stands at the last fire that was dealt with is the {@code from} of what comes.
 *
 * <p>Cron follows the wall clock of its zone. A time of day that a day does not have, since the clock was put forward over it, fires at the
 * first instant after the gap (or not at all, by {@link Schedule.Gap}); several of one gap, or one that meets a regular fire, are one fire. A
 * time that a day has twice fires the first time (or both, by {@link Schedule.Overlap}). An expression that allows all 24 hours
 * follows elapsed time instead: nothing is made up for after a gap, and both passes of an overlap fire.
 *
 * <p>A trigger on datasets has no fires by time: here it never fires. Immutable and thread-safe.
 */
public final class Fires {
    private static final long NANOS_IN_MILLI = 1_000_000;

    private final Times times;
    private final long first;
    private final long last;
    private final Exclusions excluded;
    private final Duration jitter;

    private Fires(Times times, Schedule schedule) {
        this.times = times;
        this.first = schedule.from().map(Fires::ceiling).orElse(Times.EARLIEST);
        this.last = schedule.until().map(until -> ceiling(until) - 1).orElse(Times.LATEST);
        this.excluded = Exclusions.of(schedule.exclude());
        this.jitter = schedule.jitter();
    }

    public static Fires of(Schedule schedule) {
        var times = switch (schedule.when()) {
            case Schedule.When.Cron cron -> new CronTimes(cron);
            case Schedule.When.Every(var every, var offset) -> new EqualTimes(every, offset);
            case Schedule.When.At(var list) -> new ListedTimes(list);
            case Schedule.When.Datasets datasets -> ListedTimes.NONE;
        };
        return new Fires(times, schedule);
    }

    /** The first fire after an instant, which itself does not count; empty when none comes any more. */
    public Optional<Instant> next(Instant after) {
        var time = times.next(Math.max(floor(after) + 1, first));
        while (time <= last) {
            var end = excluded.endAt(time);
            if (end == time) {
                return Optional.of(Instant.ofEpochMilli(time));
            }
            time = times.next(end);
        }
        return Optional.empty();
    }

    /** The last fire before an instant, which itself does not count; empty when none came. */
    public Optional<Instant> previous(Instant before) {
        return previous(ceiling(before) - 1, first);
    }

    private Optional<Instant> previous(long to, long notBefore) {
        var time = times.previous(Math.min(to, last));
        while (time >= notBefore) {
            var begin = excluded.beginAt(time);
            if (begin > time) {
                return Optional.of(Instant.ofEpochMilli(time));
            }
            time = times.previous(begin - 1);
        }
        return Optional.empty();
    }

    /**
     * The fires in {@code (from, to]}, ascending, each computed when it is asked for.
     *
     * @param from exclusive
     * @param to inclusive
     */
    public Stream<Instant> between(Instant from, Instant to) {
        return Stream.iterate(
                        next(from),
                        fire -> fire.filter(f -> !f.isAfter(to)).isPresent(),
                        fire -> fire.flatMap(this::next))
                .flatMap(Optional::stream);
    }

    /**
     * How many fires are in {@code (from, to]}, counted by the day and not by the fire, so that millions cost no more than a few.
     *
     * @param from exclusive
     * @param to inclusive
     */
    public long count(Instant from, Instant to) {
        var begin = Math.max(floor(from) + 1, first);
        var end = Math.min(floor(to), last) + 1;
        if (begin >= end) {
            return 0;
        }
        return times.count(begin, end) - excluded.count(times, begin, end);
    }

    /**
     * What a run of a fire is for: {@code [previous fire, this fire)}. The previous fire is sought as if the trigger had no {@code from}, so that the
     * first run is for a whole interval too. Where there is none, as for the first of a list of times, the interval is
     * empty and lies at the fire.
     *
     * @param fire one of the fires
     */
    public Interval interval(Instant fire) {
        return new Interval(previous(ceiling(fire) - 1, Times.EARLIEST).orElse(fire), fire);
    }

    /**
     * The interval of the last fire that is not after {@code at}, also here as if the trigger had no {@code from}: what a manual run is for.
     * Empty when there is no such fire.
     */
    public Optional<Interval> lastCompleteInterval(Instant at) {
        return previous(floor(at), Times.EARLIEST).map(this::interval);
    }

    /**
     * When a fire is to be started: up to the trigger's jitter later, and the same for a given fire whoever computes it.
     *
     * @param workflow what the workflow is known by, with its namespace
     */
    public Instant startAt(String workflow, String trigger, Instant fire) {
        return fire.plus(Jitter.of(workflow, trigger, fire, jitter));
    }

    /** In milliseconds, at or before the instant; the ends of time for what lies beyond. */
    private static long floor(Instant instant) {
        var second = Math.clamp(instant.getEpochSecond(), Times.EARLIEST / 1000 - 1, Times.LATEST / 1000 + 1);
        return second * 1000 + instant.get(ChronoField.MILLI_OF_SECOND);
    }

    /** In milliseconds, at or after the instant; the ends of time for what lies beyond. */
    static long ceiling(Instant instant) {
        return floor(instant) + (instant.get(ChronoField.NANO_OF_SECOND) % NANOS_IN_MILLI == 0 ? 0 : 1);
    }
}
