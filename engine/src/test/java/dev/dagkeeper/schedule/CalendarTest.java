package dev.dagkeeper.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.workflow.Schedule;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Random;
import java.util.TimeZone;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.quartz.CronExpression;

/** Fires away from transitions, with random expressions: against a walk over days, against Quartz, and against each other. */
class CalendarTest {
    private static final int SEEDS = Integer.getInteger("fires.seeds", 200);
    private static final int YEARS = 30;

    private static LocalDateTime anyTime(Random random) {
        return LocalDateTime.of(2000, 1, 1, 0, 0)
                .plusSeconds(random.nextLong(Duration.ofDays(365L * 40).toSeconds()));
    }

    @Test
    void the_next_fire_and_the_one_before_are_those_that_a_walk_over_days_finds() {
        var never = 0;
        for (var seed = 0; seed < SEEDS; seed++) {
            var random = new Random(seed);
            var time = anyTime(random);
            var cron = GeneratedCron.near(random, anyTime(random));
            var fires = Fires.of(Schedules.cron(cron.text(), "UTC"));
            var what = "seed " + seed + ": " + cron.text() + " from " + time;
            var next = later(cron, time);
            never += next.isEmpty() ? 1 : 0;
            var end = time.plusYears(YEARS).toInstant(ZoneOffset.UTC);
            assertThat(fires.next(time.toInstant(ZoneOffset.UTC)).filter(found -> found.isBefore(end)))
                    .as(what)
                    .isEqualTo(next.map(found -> found.toInstant(ZoneOffset.UTC)));
            var begin = time.minusYears(YEARS).toInstant(ZoneOffset.UTC);
            assertThat(fires.previous(time.toInstant(ZoneOffset.UTC)).filter(found -> !found.isBefore(begin)))
                    .as(what)
                    .isEqualTo(earlier(cron, time).map(found -> found.toInstant(ZoneOffset.UTC)));
        }
        assertThat(never).isLessThan(SEEDS / 10);
    }

    private static Optional<LocalDateTime> later(GeneratedCron cron, LocalDateTime time) {
        var end = time.plusYears(YEARS);
        for (var date = time.toLocalDate(); date.isBefore(end.toLocalDate()); date = date.plusDays(1)) {
            var found = times(cron, date).stream().filter(t -> t.isAfter(time)).findFirst();
            if (found.isPresent()) {
                return found.filter(t -> t.isBefore(end));
            }
        }
        return Optional.empty();
    }

    private static Optional<LocalDateTime> earlier(GeneratedCron cron, LocalDateTime time) {
        var begin = time.minusYears(YEARS);
        for (var date = time.toLocalDate(); !date.isBefore(begin.toLocalDate()); date = date.minusDays(1)) {
            var found = times(cron, date).descendingSet().stream()
                    .filter(t -> t.isBefore(time))
                    .findFirst();
            if (found.isPresent()) {
                return found.filter(t -> !t.isBefore(begin));
            }
        }
        return Optional.empty();
    }

    private static NavigableSet<LocalDateTime> times(GeneratedCron cron, LocalDate date) {
        var times = new TreeSet<LocalDateTime>();
        if (cron.allows(date)) {
            cron.hours().values().stream()
                    .forEach(hour -> cron.minutes().values().stream()
                            .forEach(minute -> times.add(date.atTime(hour, minute, cron.second()))));
        }
        return times;
    }

    @Test
    void quartz_finds_the_same_where_it_means_the_same() throws ParseException {
        var compared = 0;
        var zones = new ArrayList<>(new TreeSet<>(ZoneId.getAvailableZoneIds()));
        for (var seed = 0; seed < SEEDS * 10; seed++) {
            var random = new Random(seed);
            var cron = GeneratedCron.near(random, anyTime(random));
            if (!comparable(cron)) {
                continue;
            }
            var zone = ZoneId.of(zones.get(random.nextInt(zones.size())));
            var after = anyTime(random).toInstant(ZoneOffset.UTC);
            var found = Fires.of(Schedules.cron(cron.text(), zone.getId())).next(after);
            var quartz = new CronExpression(ofQuartz(cron));
            quartz.setTimeZone(TimeZone.getTimeZone(zone));
            var theirs = Optional.ofNullable(quartz.getNextValidTimeAfter(Date.from(after)))
                    .map(Date::toInstant);
            if (theirs.isPresent() && found.isPresent() && !steady(zone, after, later(theirs.get(), found.get()))) {
                continue;
            }
            compared++;
            assertThat(found)
                    .as("seed %s: %s in %s from %s", seed, cron.text(), zone, after)
                    .isEqualTo(theirs);
        }
        System.out.println("compared with Quartz: " + compared);
        assertThat(compared).isGreaterThan(SEEDS);
    }

    /** Quartz does not combine the two fields of days, and on the weekday nearest to a day it begins at the time of day it comes from. */
    private static boolean comparable(GeneratedCron cron) {
        return (cron.ofMonth().any() || cron.ofWeek().any())
                && !cron.ofMonth().text().endsWith("W");
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** Whether the clocks of the zone are not put forward or back between two times, or near them. */
    private static boolean steady(ZoneId zone, Instant from, Instant to) {
        var next = zone.getRules().nextTransition(from.minus(Duration.ofDays(2)));
        return next == null || next.getInstant().isAfter(to.plus(Duration.ofDays(2)));
    }

    private static String ofQuartz(GeneratedCron cron) {
        var byWeek = cron.ofMonth().any();
        var ofMonth = byWeek ? "?" : cron.ofMonth().quartz();
        var ofWeek = byWeek ? cron.ofWeek().quartz().replace('?', '*') : "?";
        return String.join(
                " ",
                Integer.toString(cron.second()),
                cron.minutes().text(),
                cron.hours().text(),
                ofMonth,
                cron.months().text(),
                ofWeek);
    }

    @Test
    void next_previous_between_and_count_agree_whatever_the_schedule() {
        var zones = new ArrayList<>(new TreeSet<>(ZoneId.getAvailableZoneIds()));
        for (var seed = 0; seed < SEEDS; seed++) {
            var random = new Random(seed);
            var schedule = schedule(random, zones.get(random.nextInt(zones.size())));
            var fires = Fires.of(schedule);
            var time = anyTime(random).toInstant(ZoneOffset.UTC);
            var what = "seed " + seed + ": " + schedule;
            var found = fires.between(time, Instant.MAX).limit(50).toList();
            if (found.isEmpty()) {
                assertThat(fires.count(time, Instant.MAX)).as(what).isZero();
                continue;
            }
            assertThat(fires.count(time, found.getLast())).as(what).isEqualTo(found.size());
            assertThat(found).as(what).isSorted().doesNotHaveDuplicates();
            var back = new ArrayList<Instant>();
            for (var fire = fires.previous(found.getLast().plusNanos(1));
                    fire.filter(f -> f.isAfter(time)).isPresent();
                    fire = fires.previous(fire.get())) {
                back.add(fire.get());
            }
            Collections.reverse(back);
            assertThat(back).as(what).isEqualTo(found);
            for (var fire : found) {
                assertThat(schedule.from().filter(fire::isBefore)).as(what).isEmpty();
                assertThat(schedule.until().filter(until -> !fire.isBefore(until)))
                        .as(what)
                        .isEmpty();
                assertThat(schedule.exclude()).as(what).noneMatch(span -> span.contains(fire));
                assertThat(fires.interval(fire).end()).as(what).isEqualTo(fire);
                assertThat(fires.lastCompleteInterval(fire)).as(what).contains(fires.interval(fire));
            }
        }
    }

    private static Schedule schedule(Random random, String zone) {
        var cron = GeneratedCron.near(random, anyTime(random));
        var plain = random.nextInt(4) == 0
                ? Schedules.every("PT" + random.nextInt(1, 100_000) + "S", "PT0.5S")
                : Schedules.cron(
                        cron.text(),
                        zone,
                        random.nextBoolean() ? Schedule.Gap.SKIP : Schedule.Gap.RUN_AFTER,
                        random.nextBoolean() ? Schedule.Overlap.ONCE : Schedule.Overlap.TWICE);
        var begin = anyTime(random).toInstant(ZoneOffset.UTC);
        var spans = new ArrayList<String>();
        for (var i = random.nextInt(5); i > 0; i--) {
            var excluded = anyTime(random).toInstant(ZoneOffset.UTC);
            spans.add(excluded + "/" + excluded.plus(Duration.ofDays(random.nextInt(1, 2_000))));
        }
        return Schedules.within(
                plain,
                random.nextBoolean() ? begin.toString() : "",
                random.nextBoolean() ? begin.plus(Duration.ofDays(7_000)).toString() : "",
                spans.toArray(String[]::new));
    }
}
