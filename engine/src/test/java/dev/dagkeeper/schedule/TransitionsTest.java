package dev.dagkeeper.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.workflow.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Fires around the moments at which the clocks of a zone are put forward or back, against a model that looks at the clock once a
 * minute: every such moment of every zone from 2000 to 2040, two days around each, with random expressions and all four settings of
 * {@code dst}. The build takes a sample that a seed fixes; {@code -Pfuzz} takes them all.
 */
class TransitionsTest {
    private static final Instant FROM = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant UNTIL = Instant.parse("2040-01-01T00:00:00Z");
    private static final Duration AROUND = Duration.ofDays(2);
    private static final int SAMPLE = Integer.getInteger("fires.transitions", 250);
    private static final int EXPRESSIONS = Integer.getInteger("fires.expressions", 4);

    private record Moment(String zone, Instant at) {}

    private static List<Moment> moments() {
        var moments = new ArrayList<Moment>();
        for (var zone : new TreeSet<>(ZoneId.getAvailableZoneIds())) {
            var rules = ZoneId.of(zone).getRules();
            var next = rules.nextTransition(FROM);
            while (next != null && next.getInstant().isBefore(UNTIL)) {
                moments.add(new Moment(zone, next.getInstant()));
                next = rules.nextTransition(next.getInstant());
            }
        }
        return moments;
    }

    @Test
    void fires_around_every_transition_are_those_that_a_look_at_the_clock_each_minute_finds() {
        var moments = moments();
        assertThat(moments.size()).isGreaterThan(10_000);
        var random = new Random(20_260_101);
        var sample = SAMPLE >= moments.size()
                ? moments
                : random.ints(SAMPLE, 0, moments.size()).mapToObj(moments::get).toList();
        var fires = 0L;
        for (var moment : sample) {
            fires += check(moment);
        }
        System.out.printf("%,d fires around %,d of %,d transitions%n", fires, sample.size(), moments.size());
        assertThat(fires).isGreaterThan(10L * sample.size());
    }

    private static long check(Moment moment) {
        var from = moment.at().minus(AROUND);
        var to = moment.at().plus(AROUND);
        var zone = ZoneId.of(moment.zone());
        var model = new MinuteModel(zone.getRules(), from, to);
        var random = new Random(moment.hashCode());
        var fires = 0L;
        for (var i = 0; i < EXPRESSIONS; i++) {
            var cron = GeneratedCron.near(
                    random, moment.at().minusSeconds(60).atZone(zone).toLocalDateTime());
            for (var gap : Schedule.Gap.values()) {
                for (var overlap : Schedule.Overlap.values()) {
                    var expected = model.fires(cron, gap, overlap);
                    var found = Fires.of(Schedules.cron(cron.text(), moment.zone(), gap, overlap));
                    var what = cron.text() + " in " + moment + ", gap " + gap + ", overlap " + overlap;
                    assertThat(found.between(from, to).toList()).as(what).isEqualTo(expected);
                    assertThat(backwards(found, from, to)).as(what).isEqualTo(expected.reversed());
                    assertThat(found.count(from, to)).as(what).isEqualTo(expected.size());
                    fires += expected.size();
                }
            }
        }
        return fires;
    }

    private static List<Instant> backwards(Fires fires, Instant from, Instant to) {
        var found = new ArrayList<Instant>();
        var last = fires.previous(to.plusNanos(1));
        while (last.isPresent() && last.get().isAfter(from)) {
            found.add(last.get());
            last = fires.previous(last.get());
        }
        return found;
    }
}
