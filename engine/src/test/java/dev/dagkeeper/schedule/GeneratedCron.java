package dev.dagkeeper.schedule;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * A random cron expression with its meaning, which is told without the code under test.
 *
 * @param second the only one at which it fires
 */
record GeneratedCron(
        int second,
        Numbers minutes,
        Numbers hours,
        Numbers months,
        GeneratedDays ofMonth,
        GeneratedDays ofWeek,
        boolean withSeconds) {

    /** A field of numbers. */
    record Numbers(String text, BitSet values) {
        static Numbers any(RandomGenerator random, int min, int max, int around) {
            var value = Math.clamp(around + random.nextInt(-1, 2), min, max);
            return switch (random.nextInt(7)) {
                case 0, 1 -> all(min, max);
                case 2 -> new Numbers(Integer.toString(value), range(value, value, 1));
                case 3 -> list(value, random.nextInt(min, max + 1), random.nextInt(min, max + 1));
                case 4 -> {
                    var end = random.nextInt(value, max + 1);
                    yield new Numbers(value + "-" + end, range(value, end, 1));
                }
                case 5 -> {
                    var distance = random.nextInt(1, Math.min(20, max));
                    yield new Numbers("*/" + distance, range(min, max, distance));
                }
                default -> {
                    var distance = random.nextInt(1, Math.min(20, max));
                    yield new Numbers(value + "/" + distance, range(value, max, distance));
                }
            };
        }

        static Numbers all(int min, int max) {
            return new Numbers("*", range(min, max, 1));
        }

        private static Numbers list(int one, int two, int three) {
            var values = range(one, one, 1);
            values.set(two);
            values.set(three);
            return new Numbers(one + "," + two + "," + three, values);
        }

        private static BitSet range(int from, int to, int distance) {
            var values = new BitSet();
            for (var value = from; value <= to; value += distance) {
                values.set(value);
            }
            return values;
        }

        boolean has(int value) {
            return values.get(value);
        }
    }

    /** One that is likely to fire around a time. */
    static GeneratedCron near(RandomGenerator random, LocalDateTime around) {
        return new GeneratedCron(
                random.nextInt(3) == 0 ? random.nextInt(60) : 0,
                Numbers.any(random, 0, 59, around.getMinute()),
                Numbers.any(random, 0, 23, around.getHour()),
                random.nextInt(3) > 0 ? Numbers.all(1, 12) : Numbers.any(random, 1, 12, around.getMonthValue()),
                GeneratedDays.ofMonth(random, around.getDayOfMonth()),
                GeneratedDays.ofWeek(random, around.getDayOfWeek()),
                random.nextBoolean());
    }

    String text() {
        var seconds = withSeconds || second != 0 ? second + " " : "";
        return seconds + String.join(" ", minutes.text(), hours.text(), ofMonth.text(), months.text(), ofWeek.text());
    }

    boolean allows(LocalDate date) {
        var days = (ofMonth.star() || ofWeek.star())
                ? (ofMonth.allows(date) && ofWeek.allows(date))
                : (ofMonth.allows(date) || ofWeek.allows(date));
        return days && months.has(date.getMonthValue());
    }

    boolean everyHour() {
        return hours.values().cardinality() == 24;
    }
}
