package dev.dagkeeper.schedule;

import dev.dagkeeper.workflow.CronExpression;
import java.time.LocalDate;

/**
 * The times of a cron expression by a wall clock that is never put forward or back. Times are in seconds since 1970-01-01T00:00 of that
 * clock. Immutable.
 */
final class WallClock {
    /** No such time: later than each that there is. */
    static final long NEVER = Long.MAX_VALUE;

    /** No such time: earlier than each that there is. */
    static final long NEVER_BEFORE = Long.MIN_VALUE;

    static final long DAY = 86_400;

    /** Nothing that happens at all happens less often: a 29th of February that is a certain day of the week skips 40 years at most. */
    private static final int HORIZON_MONTHS = 100 * 12;

    private final CronExpression cron;
    private final DayTimes times;

    WallClock(CronExpression cron) {
        this.cron = cron;
        this.times = new DayTimes(cron.hours(), cron.minutes(), cron.seconds());
    }

    /** The first that is not before {@code from}. */
    long next(long from) {
        var day = Math.floorDiv(from, DAY);
        var date = LocalDate.ofEpochDay(day);
        var days = cron.days(date.getYear(), date.getMonthValue());
        if ((days & (1 << date.getDayOfMonth())) != 0) {
            var time = times.next((int) (from - day * DAY));
            if (time >= 0) {
                return day * DAY + time;
            }
        }
        var later = days & (-2 << date.getDayOfMonth());
        if (later != 0) {
            return (day - date.getDayOfMonth() + Integer.numberOfTrailingZeros(later)) * DAY + times.first();
        }
        var month = index(date);
        for (var end = month + HORIZON_MONTHS; month++ < end; ) {
            days = daysOf(month);
            if (days != 0) {
                return startOf(month, Integer.numberOfTrailingZeros(days)) + times.first();
            }
        }
        return NEVER;
    }

    /** The last that is not after {@code to}. */
    long previous(long to) {
        var day = Math.floorDiv(to, DAY);
        var date = LocalDate.ofEpochDay(day);
        var days = cron.days(date.getYear(), date.getMonthValue());
        if ((days & (1 << date.getDayOfMonth())) != 0) {
            var time = times.previous((int) (to - day * DAY));
            if (time >= 0) {
                return day * DAY + time;
            }
        }
        var earlier = days & ((1 << date.getDayOfMonth()) - 1);
        if (earlier != 0) {
            return (day - date.getDayOfMonth() + highest(earlier)) * DAY + times.last();
        }
        var month = index(date);
        for (var end = month - HORIZON_MONTHS; month-- > end; ) {
            days = daysOf(month);
            if (days != 0) {
                return startOf(month, highest(days)) + times.last();
            }
        }
        return NEVER_BEFORE;
    }

    /** How many there are from {@code from}, inclusive, to {@code until}, exclusive. */
    long count(long from, long until) {
        return from < until ? countBefore(until, from) - countBefore(from, from) : 0;
    }

    /** How many there are on the day of {@code from} and later, up to {@code until}, exclusive. */
    private long countBefore(long until, long from) {
        var last = Math.floorDiv(until, DAY);
        var whole = countDays(Math.floorDiv(from, DAY), last) * times.count();
        var date = LocalDate.ofEpochDay(last);
        var allowed = (cron.days(date.getYear(), date.getMonthValue()) & (1 << date.getDayOfMonth())) != 0;
        return allowed ? whole + times.before((int) (until - last * DAY)) : whole;
    }

    /** How many days are allowed from one, inclusive, to another, exclusive. */
    private long countDays(long from, long until) {
        if (from >= until) {
            return 0;
        }
        var first = LocalDate.ofEpochDay(from);
        var last = LocalDate.ofEpochDay(until);
        var count = 0L;
        for (var month = index(first); month <= index(last); month++) {
            var days = daysOf(month);
            days &= month == index(first) ? -1 << first.getDayOfMonth() : -1;
            days &= month == index(last) ? (1 << last.getDayOfMonth()) - 1 : -1;
            count += Integer.bitCount(days);
        }
        return count;
    }

    private static int highest(int bits) {
        return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(bits);
    }

    private static int index(LocalDate date) {
        return date.getYear() * 12 + date.getMonthValue() - 1;
    }

    private int daysOf(int month) {
        return cron.days(Math.floorDiv(month, 12), Math.floorMod(month, 12) + 1);
    }

    private static long startOf(int month, int day) {
        return LocalDate.of(Math.floorDiv(month, 12), Math.floorMod(month, 12) + 1, day)
                        .toEpochDay()
                * DAY;
    }
}
