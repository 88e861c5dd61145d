package dev.dagkeeper.schedule;

/** An ascending series of points in time, in milliseconds since 1970-01-01T00:00Z. Immutable. */
sealed interface Times permits CronTimes, EqualTimes, ListedTimes {
    /** What {@link #next} says when there is none: later than every point in time. */
    long NEVER = Long.MAX_VALUE;

    /** What {@link #previous} says when there is none: earlier than every point in time. */
    long NEVER_BEFORE = Long.MIN_VALUE;

    /** 0001-01-01T00:00Z; there is nothing earlier in any series. */
    long EARLIEST = -62_135_596_800_000L;

    /** The last millisecond of the year 9999; there is nothing later in any series. */
    long LATEST = 253_402_300_799_999L;

    /** The first that is not before {@code from}. */
    long next(long from);

    /** The last that is not after {@code to}. */
    long previous(long to);

    /** How many there are from {@code from}, inclusive, to {@code until}, exclusive. */
    long count(long from, long until);
}
