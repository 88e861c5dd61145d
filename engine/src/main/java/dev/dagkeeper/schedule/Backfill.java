package dev.dagkeeper.schedule;

import dev.dagkeeper.workflow.Schedule;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Going through the fires of a range once more. The pattern is the trigger's with what it leaves out; its {@code from} and {@code until} are
 * those of the range. Immutable and thread-safe.
 */
public final class Backfill {
    /** More fires than this are refused. */
    public static final int MOST_FIRES = 100_000;

    /** What its runs are told to be started by, before its number. */
    private static final String PREFIX = "backfill:";

    private final Fires fires;
    private final Schedule schedule;
    private final Direction direction;

    /** Which fires are started. */
    public enum Reprocess {
        /** Those for which no run did anything or is about to, whoever started it. */
        MISSING,
        /** Those as well whose newest run failed or was cancelled. */
        FAILED,
        ALL;

        /** The notation of every interface. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads {@link #text()}. */
        public static Optional<Reprocess> parse(String text) {
            return Arrays.stream(values())
                    .filter(mode -> mode.text().equals(text))
                    .findFirst();
        }

        /** Whether a fire is started, by what has become of it. */
        public boolean starts(Before before) {
            return switch (this) {
                case MISSING -> before == Before.NOTHING;
                case FAILED -> before == Before.NOTHING || before == Before.FAILED;
                case ALL -> true;
            };
        }
    }

    /** In which order they are gone through. */
    public enum Direction {
        OLDEST_FIRST,
        NEWEST_FIRST;

        /** The notation of every interface. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** Reads {@link #text()}. */
        public static Optional<Direction> parse(String text) {
            return Arrays.stream(values())
                    .filter(direction -> direction.text().equals(text))
                    .findFirst();
        }
    }

    /** What has become of a fire so far, by the runs for it, those of other backfills included. Runs that were turned away do not count. */
    public enum Before {
        NOTHING,
        ACTIVE,
        /** The newest run failed or was cancelled, and none is active. */
        FAILED,
        SUCCEEDED
    }

    private Backfill(Schedule schedule, Direction direction) {
        this.fires = Fires.of(schedule);
        this.schedule = schedule;
        this.direction = direction;
    }

    /**
     * The fires of a trigger in a range.
     *
     * @param from the first instant of the range
     * @param until the first instant after it
     */
    public static Backfill of(Schedule trigger, Instant from, Instant until, Direction direction) {
        return new Backfill(
                new Schedule(
                        trigger.when(),
                        Optional.of(from),
                        Optional.of(until),
                        trigger.exclude(),
                        trigger.jitter(),
                        trigger.catchup(),
                        trigger.startDeadline(),
                        trigger.pauseOnFailure()),
                direction);
    }

    /** One whose schedule was kept, see {@link #schedule}. */
    public static Backfill of(Schedule kept, Direction direction) {
        return new Backfill(kept, direction);
    }

    /** The pattern with the range. */
    public Schedule schedule() {
        return schedule;
    }

    /** How many fires there are, at once however many they are. */
    public long count() {
        return fires.count(Instant.MIN, Instant.MAX);
    }

    /** How many fires come after the one at which it stands; all of them before the first. */
    public long remaining(Optional<Instant> cursor) {
        return cursor.map(at -> switch (direction) {
                    case OLDEST_FIRST -> fires.count(at, Instant.MAX);
                    case NEWEST_FIRST -> fires.count(Instant.MIN, at.minusMillis(1));
                })
                .orElseGet(this::count);
    }

    /** The fires after the one at which it stands, in its order, at most so many. */
    public List<Instant> next(Optional<Instant> cursor, int most) {
        return Stream.iterate(step(cursor), Optional::isPresent, this::step)
                .flatMap(Optional::stream)
                .limit(most)
                .toList();
    }

    private Optional<Instant> step(Optional<Instant> cursor) {
        return switch (direction) {
            case OLDEST_FIRST -> fires.next(cursor.orElse(Instant.MIN));
            case NEWEST_FIRST -> fires.previous(cursor.orElse(Instant.MAX));
        };
    }

    /** What the run of a fire is for: the same as when the trigger itself starts it. */
    public Interval interval(Instant fire) {
        return fires.interval(fire);
    }

    /** What its runs and fires are told to be started by. */
    public static String trigger(long id) {
        return PREFIX + id;
    }

    /** The backfill that started a run with this trigger; empty for a trigger of the workflow itself. */
    public static Optional<Long> id(String trigger) {
        return trigger.startsWith(PREFIX)
                ? Optional.of(Long.valueOf(trigger.substring(PREFIX.length())))
                : Optional.empty();
    }
}
