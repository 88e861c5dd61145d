package dev.dagkeeper.workflow;

import java.util.Optional;

/**
 * A cron expression as sets of the values that each of its fields allows; bit {@code n} stands for the value {@code n}.
 *
 * <p>5 fields, or 6 with seconds first: second 0-59, minute 0-59, hour 0-23, day of month 1-31, month 1-12 or JAN-DEC, day of
 * week 0-7 or SUN-SAT, where 0 and 7 are Sunday. Lists, ranges (days of the week may wrap around), steps ({@code 10/20} is 10-max/20)
 * and in the days {@code ?} for {@code *}; in the days of the month {@code L} (the last), {@code L-3} (3 before it), {@code LW} (the last
 * Monday to Friday) and {@code 15W} (the Monday to Friday nearest to the 15th of the same month); in the days of the week {@code 5L} (the last
 * Friday of the month) and {@code 1#2} (the second Monday). Or one of {@code @hourly} to {@code @yearly}.
 *
 * <p>As in Vixie cron: where neither of the two day fields begins with {@code *} (or is {@code ?}), a day that either of them allows
 * is allowed; otherwise both must allow it.
 *
 * <p>Immutable. Two expressions are equal when they are written the same.
 */
public final class CronExpression {
    private static final int EVERY_HOUR = (1 << 24) - 1;

    private final String text;
    private final long seconds;
    private final long minutes;
    private final int hours;
    private final int months;
    private final CronDays days;

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException when the text is none, with what was expected and what was found
     */
    public CronExpression(String text) {
        var syntax = new CronSyntax(text);
        syntax.problem().ifPresent(why -> {
            throw new IllegalArgumentException("'" + text + "': " + why);
        });
        this.text = text;
        this.seconds = syntax.bits(CronSyntax.Part.SECOND);
        this.minutes = syntax.bits(CronSyntax.Part.MINUTE);
        this.hours = (int) syntax.bits(CronSyntax.Part.HOUR);
        this.months = (int) syntax.bits(CronSyntax.Part.MONTH);
        this.days = syntax.days();
    }

    /** What is wrong with a text; empty when nothing is. */
    static Optional<String> problem(String text) {
        return new CronSyntax(text).problem();
    }

    /** As written. */
    public String text() {
        return text;
    }

    public long seconds() {
        return seconds;
    }

    public long minutes() {
        return minutes;
    }

    public int hours() {
        return hours;
    }

    /** Whether it allows all 24 hours of a day that it allows. */
    public boolean everyHour() {
        return hours == EVERY_HOUR;
    }

    /** The days of a month of the Gregorian calendar that it allows; none when the month is not allowed. */
    public int days(int year, int month) {
        return (months & (1 << month)) == 0 ? 0 : days.of(year, month);
    }

    /** Whether the calendar has no day that it allows, such as a 30th of February. */
    public boolean neverFires() {
        // The calendar repeats after 400 years, and 28 years without a skipped leap day hold every kind of year there
        // is.
        for (var year = 2000; year < 2028; year++) {
            for (var month = 1; month <= 12; month++) {
                if (days(year, month) != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CronExpression expression && expression.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
