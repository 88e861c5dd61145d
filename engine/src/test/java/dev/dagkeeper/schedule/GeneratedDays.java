package dev.dagkeeper.schedule;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A field of days of a random cron expression, with its meaning.
 *
 * @param quartz the same in Quartz's notation, whose days of the week count from 1
 * @param star whether it begins with a star, or is a question mark
 */
record GeneratedDays(String text, String quartz, Predicate<LocalDate> meaning, boolean star) {
    boolean allows(LocalDate date) {
        return meaning.test(date);
    }

    /** Whether it says nothing at all. */
    boolean any() {
        return text.equals("*") || text.equals("?");
    }

    static GeneratedDays ofMonth(RandomGenerator random, int around) {
        return switch (random.nextInt(12)) {
            case 0 -> same("L", date -> date.plusDays(1).getDayOfMonth() == 1, false);
            case 1 -> {
                var before = random.nextInt(1, 20);
                yield same("L-" + before, date -> date.getDayOfMonth() == date.lengthOfMonth() - before, false);
            }
            case 2 ->
                same(
                        "LW",
                        date -> weekdays(date)
                                .max(Comparator.naturalOrder())
                                .orElseThrow()
                                .equals(date),
                        false);
            case 3 -> {
                var day = random.nextInt(3) == 0 ? random.nextInt(1, 29) : Math.min(around, 28);
                yield same(day + "W", date -> nearestWeekday(date, day).equals(date), false);
            }
            case 4, 5, 6 -> {
                var numbers = GeneratedCron.Numbers.any(random, 1, 31, around);
                yield same(
                        numbers.text(),
                        date -> numbers.has(date.getDayOfMonth()),
                        numbers.text().startsWith("*"));
            }
            default -> same(random.nextBoolean() ? "*" : "?", date -> true, true);
        };
    }

    private static GeneratedDays same(String text, Predicate<LocalDate> meaning, boolean star) {
        return new GeneratedDays(text, text, meaning, star);
    }

    private static Stream<LocalDate> weekdays(LocalDate month) {
        return IntStream.rangeClosed(1, month.lengthOfMonth())
                .mapToObj(month::withDayOfMonth)
                .filter(date -> date.getDayOfWeek() != DayOfWeek.SATURDAY && date.getDayOfWeek() != DayOfWeek.SUNDAY);
    }

    private static LocalDate nearestWeekday(LocalDate month, int day) {
        var wanted = month.withDayOfMonth(day);
        return weekdays(month)
                .min(Comparator.comparingLong(date -> Math.abs(ChronoUnit.DAYS.between(wanted, date))))
                .orElseThrow();
    }

    static GeneratedDays ofWeek(RandomGenerator random, DayOfWeek around) {
        var day = random.nextInt(3) == 0 ? DayOfWeek.of(random.nextInt(1, 8)) : around;
        // 0 and 7 are both Sunday.
        var number = day == DayOfWeek.SUNDAY && random.nextBoolean() ? 0 : day.getValue();
        var ofQuartz = day.getValue() % 7 + 1;
        return switch (random.nextInt(10)) {
            case 0 ->
                new GeneratedDays(
                        number + "L",
                        ofQuartz + "L",
                        date -> date.getDayOfWeek() == day && date.plusDays(7).getMonth() != date.getMonth(),
                        false);
            case 1 -> {
                var nth = random.nextInt(1, 6);
                yield new GeneratedDays(
                        number + "#" + nth,
                        ofQuartz + "#" + nth,
                        date -> date.getDayOfWeek() == day && passed(date) == nth,
                        false);
            }
            case 2 -> new GeneratedDays(Integer.toString(number), name(day), date -> date.getDayOfWeek() == day, false);
            case 3, 4 -> {
                var length = random.nextInt(1, 7);
                var last = day.plus(length);
                var days = new TreeSet<DayOfWeek>();
                for (var i = 0; i <= length; i++) {
                    days.add(day.plus(i));
                }
                var text = name(day) + "-" + name(last);
                yield new GeneratedDays(text, text, on(days), false);
            }
            case 5 -> {
                var other = day.plus(random.nextInt(1, 7));
                var text = name(day) + "," + name(other);
                yield new GeneratedDays(text, text, on(Set.of(day, other)), false);
            }
            default -> same(random.nextBoolean() ? "*" : "?", date -> true, true);
        };
    }

    private static Predicate<LocalDate> on(Set<DayOfWeek> days) {
        return date -> days.contains(date.getDayOfWeek());
    }

    /** How many such days of the week the month has up to this one, inclusive. */
    private static long passed(LocalDate date) {
        return IntStream.rangeClosed(1, date.getDayOfMonth())
                .filter(day -> date.withDayOfMonth(day).getDayOfWeek() == date.getDayOfWeek())
                .count();
    }

    private static String name(DayOfWeek day) {
        return day.name().substring(0, 3);
    }
}
