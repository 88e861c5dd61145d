package dev.dagkeeper.workflow;

import java.time.LocalDate;
import java.time.YearMonth;

/**
 * The two day fields of a cron expression.
 *
 * @param ofMonth bit n: day n of the month
 * @param fromEnd bit n: n days before the last of the month
 * @param nearest bit n: the weekday nearest to day n
 * @param lastWeekday whether the last weekday of the month is allowed
 * @param ofWeek bit n: day n of the week, 0 is Sunday
 * @param lastOfWeek bit n: the last such day of the month
 * @param nth bit 5n + i - 1: the i-th day n of the week in the month, i from 1 to 5
 * @param both whether a day must be allowed by both fields; otherwise by either
 */
record CronDays(
        int ofMonth,
        int fromEnd,
        int nearest,
        boolean lastWeekday,
        int ofWeek,
        int lastOfWeek,
        long nth,
        boolean both) {
    private static final int WEEK = 7;
    private static final int SATURDAY = 6;
    private static final int SUNDAY = 0;

    /** Bit n: day n of that month is allowed. */
    int of(int year, int month) {
        var length = YearMonth.of(year, month).lengthOfMonth();
        // Day d of the month is day (first + d) % 7 of the week.
        var first = (int) Math.floorMod(LocalDate.of(year, month, 1).toEpochDay() + 3, (long) WEEK);
        var byMonth = byMonth(length, first);
        var byWeek = byWeek(length, first);
        var exist = (1L << (length + 1)) - 2;
        return (int) (exist & (both ? byMonth & byWeek : byMonth | byWeek));
    }

    private long byMonth(int length, int first) {
        long days = Integer.toUnsignedLong(ofMonth);
        for (var rest = fromEnd; rest != 0; rest &= rest - 1) {
            var day = length - Integer.numberOfTrailingZeros(rest);
            days |= day >= 1 ? 1L << day : 0;
        }
        for (var rest = nearest; rest != 0; rest &= rest - 1) {
            var day = Integer.numberOfTrailingZeros(rest);
            days |= day <= length ? 1L << weekdayNear(day, length, first) : 0;
        }
        return lastWeekday ? days | (1L << weekdayNear(length, length, first)) : days;
    }

    /** The Monday to Friday nearest to a day, within its month. */
    private static int weekdayNear(int day, int length, int first) {
        return switch ((first + day) % WEEK) {
            case SATURDAY -> day == 1 ? day + 2 : day - 1;
            case SUNDAY -> day == length ? day - 2 : day + 1;
            default -> day;
        };
    }

    private long byWeek(int length, int first) {
        var days = 0L;
        for (var day = 1; day <= length; day++) {
            var weekday = (first + day) % WEEK;
            var allowed = (ofWeek & (1 << weekday)) != 0
                    || (nth & (1L << (5 * weekday + (day - 1) / WEEK))) != 0
                    || ((lastOfWeek & (1 << weekday)) != 0 && day + WEEK > length);
            days |= allowed ? 1L << day : 0;
        }
        return days;
    }
}
