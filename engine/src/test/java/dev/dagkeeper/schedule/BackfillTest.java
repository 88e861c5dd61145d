package dev.dagkeeper.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.schedule.Backfill.Before;
import dev.dagkeeper.schedule.Backfill.Direction;
import dev.dagkeeper.schedule.Backfill.Reprocess;
import dev.dagkeeper.workflow.Schedule;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackfillTest {
    private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant UNTIL = Instant.parse("2026-01-01T05:00:00Z");

    private static Backfill of(Schedule schedule, Direction direction) {
        return Backfill.of(schedule, FROM, UNTIL, direction);
    }

    private static Instant hour(int hour) {
        return FROM.plusSeconds(3600L * hour);
    }

    @Test
    void the_begin_of_the_range_is_in_it_and_its_end_is_not() {
        var hourly = Schedules.every("PT1H", "PT0S");

        var oldest = of(hourly, Direction.OLDEST_FIRST);
        assertThat(oldest.next(Optional.empty(), 10)).containsExactly(hour(0), hour(1), hour(2), hour(3), hour(4));
        assertThat(oldest.next(Optional.of(hour(1)), 2)).containsExactly(hour(2), hour(3));
        assertThat(oldest.next(Optional.of(hour(4)), 10)).isEmpty();
        var newest = of(hourly, Direction.NEWEST_FIRST);
        assertThat(newest.next(Optional.empty(), 2)).containsExactly(hour(4), hour(3));
        assertThat(newest.next(Optional.of(hour(1)), 10)).containsExactly(hour(0));
        assertThat(newest.next(Optional.of(hour(0)), 10)).isEmpty();
    }

    @Test
    void what_remains_is_counted_in_either_direction() {
        for (var direction : Direction.values()) {
            var backfill = of(Schedules.every("PT1H", "PT0S"), direction);
            assertThat(backfill.count()).isEqualTo(5);
            assertThat(backfill.remaining(Optional.empty())).isEqualTo(5);
            Optional<Instant> cursor = Optional.empty();
            for (int left = 4; left >= 0; left--) {
                cursor = Optional.of(backfill.next(cursor, 1).getFirst());
                assertThat(backfill.remaining(cursor))
                        .as("%s at %s", direction, cursor)
                        .isEqualTo(left);
            }
        }
    }

    @Test
    void the_bounds_of_the_trigger_do_not_count_but_what_it_leaves_out_does() {
        var trigger = Schedules.within(
                Schedules.every("PT1H", "PT0S"),
                "2026-01-01T02:00:00Z",
                "2026-01-01T03:00:00Z",
                "2026-01-01T01:00:00Z/2026-01-01T03:00:00Z");

        var backfill = of(trigger, Direction.OLDEST_FIRST);

        assertThat(backfill.next(Optional.empty(), 10)).containsExactly(hour(0), hour(3), hour(4));
        assertThat(backfill.interval(hour(0))).isEqualTo(new Interval(hour(-1), hour(0)));
        assertThat(backfill.interval(hour(3))).isEqualTo(new Interval(hour(0), hour(3)));
    }

    @Test
    void ten_million_fires_are_counted_at_once() {
        var trigger = Schedules.every("PT1S", "PT0S");

        var backfill = Backfill.of(trigger, FROM, FROM.plusSeconds(10_000_000), Direction.OLDEST_FIRST);

        assertThat(backfill.count()).isEqualTo(10_000_000);
    }

    @Test
    void what_was_kept_is_the_same_backfill() {
        var made = of(Schedules.cron("30 * * * *", "Europe/Stockholm"), Direction.NEWEST_FIRST);

        var kept = Backfill.of(ScheduleJson.read(ScheduleJson.write(made.schedule())), Direction.NEWEST_FIRST);

        assertThat(kept.next(Optional.empty(), 10))
                .isEqualTo(made.next(Optional.empty(), 10))
                .hasSize(5);
    }

    @Test
    void each_mode_starts_what_it_says() {
        assertThat(started(Reprocess.MISSING)).containsExactly(Before.NOTHING);
        assertThat(started(Reprocess.FAILED)).containsExactly(Before.NOTHING, Before.FAILED);
        assertThat(started(Reprocess.ALL)).containsExactly(Before.values());
    }

    private static List<Before> started(Reprocess mode) {
        return Arrays.stream(Before.values()).filter(mode::starts).toList();
    }

    @Test
    void a_backfill_is_known_by_the_trigger_of_its_runs() {
        assertThat(Backfill.id(Backfill.trigger(17))).contains(17L);
        assertThat(Backfill.id("nightly")).isEmpty();
        assertThat(Reprocess.parse("failed")).contains(Reprocess.FAILED);
        assertThat(Direction.parse("newest-first")).contains(Direction.NEWEST_FIRST);
        assertThat(Direction.parse("newest")).isEmpty();
    }
}
