package dev.dagkeeper.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.workflow.Schedule;
import dev.dagkeeper.workflow.Schedule.Catchup;
import dev.dagkeeper.workflow.Schedule.Catchup.Mode;
import dev.dagkeeper.workflow.Schedule.Catchup.Order;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CatchUpTest {
    private static final Instant MIDNIGHT = Instant.parse("2026-03-01T00:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    private static Schedule every(Duration every, Catchup catchup) {
        return schedule(every, catchup, Duration.ZERO, Optional.empty());
    }

    private static Schedule schedule(
            Duration every, Catchup catchup, Duration jitter, Optional<Duration> startDeadline) {
        return new Schedule(
                new Schedule.When.Every(every, Duration.ZERO),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                jitter,
                catchup,
                startDeadline,
                Optional.empty());
    }

    private static Schedule within(Schedule schedule, Instant from, Instant until) {
        return new Schedule(
                schedule.when(),
                Optional.of(from),
                Optional.of(until),
                schedule.exclude(),
                schedule.jitter(),
                schedule.catchup(),
                schedule.startDeadline(),
                schedule.pauseOnFailure());
    }

    private static Catchup mode(Mode mode) {
        return new Catchup(mode, Optional.empty(), Optional.empty(), Order.OLDEST_FIRST);
    }

    private static CatchUp.Plan decide(Schedule schedule, Instant cursor, Instant now, Hold... holds) {
        return CatchUp.decide(Timetable.of(schedule, "default/w", "t"), cursor, List.of(holds), now);
    }

    private static Instant hour(double hours) {
        return MIDNIGHT.plusMillis(Math.round(hours * 3_600_000));
    }

    /** Outcomes by hour, in the order in which they are to be started. */
    private static List<String> outcomes(CatchUp.Plan plan) {
        return plan.fires().stream()
                .map(fire -> Duration.between(MIDNIGHT, fire.fire()).toHours() + " "
                        + fire.outcome().text())
                .toList();
    }

    @Test
    void before_the_next_fire_nothing_is_decided_and_the_cursor_stays() {
        var plan = decide(every(HOUR, Catchup.DEFAULT), hour(0), hour(0.99));
        assertThat(plan.fires()).isEmpty();
        assertThat(plan.cursor()).isEqualTo(hour(0));
    }

    @Test
    void a_fire_is_due_at_its_very_instant_and_the_cursor_comes_to_stand_on_it() {
        var plan = decide(every(HOUR, Catchup.DEFAULT), hour(0), hour(1));
        assertThat(outcomes(plan)).containsExactly("1 started");
        assertThat(plan.cursor()).isEqualTo(hour(1));
    }

    @Test
    void a_fire_within_the_grace_is_started_whatever_the_mode() {
        for (var mode : Mode.values()) {
            var plan = decide(every(HOUR, mode(mode)), hour(0), hour(1).plus(CatchUp.GRACE));
            assertThat(outcomes(plan)).as("%s", mode).containsExactly("1 started");
            assertThat(plan.fires().getFirst().reason()).isEmpty();
        }
    }

    @Test
    void a_fire_later_than_the_grace_is_missed_without_catching_up() {
        var plan = decide(
                every(HOUR, mode(Mode.NONE)),
                hour(0),
                hour(1).plus(CatchUp.GRACE).plusMillis(1));
        assertThat(outcomes(plan)).containsExactly("1 missed");
        assertThat(plan.fires().getFirst().reason()).isEqualTo("1m late; the trigger does not catch up");
        assertThat(plan.cursor()).isEqualTo(hour(1));
    }

    @Test
    void latest_starts_the_newest_of_those_that_are_late() {
        var plan = decide(every(HOUR, Catchup.DEFAULT), hour(0), hour(4.5));
        assertThat(outcomes(plan)).containsExactly("1 missed", "2 missed", "3 missed", "4 started");
        assertThat(plan.fires().getFirst().reason()).isEqualTo("210m late; a later fire was started");
    }

    @Test
    void latest_starts_none_of_those_that_are_late_when_one_is_on_time() {
        var plan = decide(every(HOUR, Catchup.DEFAULT), hour(0), hour(4).plusSeconds(5));
        assertThat(outcomes(plan)).containsExactly("1 missed", "2 missed", "3 missed", "4 started");
    }

    @Test
    void all_starts_the_most_recent_within_the_window() {
        var all = new Catchup(Mode.ALL, Optional.of(Duration.ofHours(4)), Optional.of(2), Order.OLDEST_FIRST);
        var plan = decide(every(HOUR, all), hour(0), hour(6.5));
        assertThat(outcomes(plan))
                .containsExactly("1 missed", "2 missed", "3 missed", "4 missed", "5 started", "6 started");
        assertThat(plan.fires().get(0).reason()).isEqualTo("330m late; the window to catch up is 4h");
        assertThat(plan.fires().get(3).reason()).isEqualTo("150m late; the most recent 2 are caught up");
    }

    @Test
    void what_is_on_time_does_not_count_among_those_that_are_caught_up() {
        var all = new Catchup(Mode.ALL, Optional.empty(), Optional.of(1), Order.OLDEST_FIRST);
        assertThat(outcomes(decide(every(HOUR, all), hour(0), hour(3).plusSeconds(1))))
                .containsExactly("1 missed", "2 started", "3 started");
    }

    @Test
    void newest_first_reverses_the_order_and_the_cursor_waits_for_all() {
        var all = new Catchup(Mode.ALL, Optional.empty(), Optional.empty(), Order.NEWEST_FIRST);
        var plan = decide(every(HOUR, all), hour(0), hour(3.5));
        assertThat(outcomes(plan)).containsExactly("3 started", "2 started", "1 started");
        assertThat(plan.ascending()).isFalse();
        assertThat(plan.cursor()).isEqualTo(hour(3));
    }

    @Test
    void what_is_not_started_by_its_deadline_is_missed_even_within_the_grace() {
        var schedule = schedule(HOUR, mode(Mode.ALL), Duration.ZERO, Optional.of(Duration.ofSeconds(10)));
        assertThat(outcomes(decide(schedule, hour(0), hour(1).plusSeconds(10)))).containsExactly("1 started");
        var plan = decide(schedule, hour(0), hour(2).plusSeconds(11));
        assertThat(outcomes(plan)).containsExactly("1 missed", "2 missed");
        assertThat(plan.fires().getLast().reason()).isEqualTo("11s late; it was to be started within 10s");
    }

    @Test
    void latest_does_not_count_what_missed_its_deadline_or_was_held() {
        var held = new Hold(hour(3), hour(3.2), "paused by ada");
        assertThat(outcomes(decide(every(HOUR, Catchup.DEFAULT), hour(0), hour(3.5), held)))
                .containsExactly("1 missed", "2 started", "3 skipped");
    }

    @Test
    void fires_of_a_pause_are_skipped_and_the_first_after_it_is_started() {
        var paused = new Hold(hour(1), hour(3), "paused by ada");
        var plan = decide(every(HOUR, mode(Mode.ALL)), hour(0), hour(3), paused);
        assertThat(outcomes(plan)).containsExactly("1 skipped", "2 skipped", "3 started");
        assertThat(plan.fires().getFirst().reason()).isEqualTo("paused by ada");
    }

    @Test
    void bounds_of_the_schedule_are_kept() {
        var schedule = within(every(HOUR, mode(Mode.ALL)), hour(2), hour(4));
        assertThat(outcomes(decide(schedule, hour(0), hour(9)))).containsExactly("2 started", "3 started");
    }

    @Test
    void a_fire_whose_jitter_is_not_over_holds_up_those_behind_it() {
        var schedule = schedule(Duration.ofMinutes(1), mode(Mode.ALL), Duration.ofMinutes(5), Optional.empty());
        var timetable = Timetable.of(schedule, "default/w", "t");
        var seen = new ArrayList<Instant>();
        var cursor = MIDNIGHT;
        for (var now = MIDNIGHT; now.isBefore(hour(2)); now = now.plusSeconds(7)) {
            for (var fire : CatchUp.decide(timetable, cursor, List.of(), now).fires()) {
                assertThat(timetable.startAt(fire.fire())).isBeforeOrEqualTo(now);
                assertThat(fire.outcome()).isEqualTo(FireOutcome.STARTED);
                seen.add(fire.fire());
                cursor = fire.fire();
            }
        }
        assertThat(seen)
                .as("each once, in their order")
                .containsExactlyElementsOf(
                        timetable.fires().between(MIDNIGHT, cursor).toList());
        assertThat(cursor).isAfter(hour(1.8));
    }

    @Test
    void of_a_long_gap_the_newest_ten_thousand_are_listed_and_the_others_share_a_row() {
        var year = Duration.ofDays(365);
        var plan = decide(every(Duration.ofSeconds(1), Catchup.DEFAULT), MIDNIGHT, MIDNIGHT.plus(year));
        assertThat(plan.fires()).hasSize(CatchUp.MOST + 1);
        var rest = plan.fires().getFirst();
        assertThat(rest.fire()).isEqualTo(MIDNIGHT.plusSeconds(1));
        assertThat(rest.outcome()).isEqualTo(FireOutcome.MISSED);
        assertThat(rest.reason())
                .startsWith(
                        "one of 31,526,000 fires until " + plan.fires().get(1).fire());
        assertThat(plan.fires().stream().filter(fire -> fire.outcome() == FireOutcome.STARTED))
                .as("those within the grace")
                .hasSize(61);
        assertThat(plan.cursor()).isEqualTo(MIDNIGHT.plus(year));
    }

    @Test
    void a_trigger_that_is_new_owes_the_past_only_when_its_workflow_asks_for_it() {
        var past = within(every(HOUR, Catchup.DEFAULT), hour(0), hour(100));
        assertThat(Timetable.of(past, "w", "t").owedFrom(hour(9.5), Optional.empty()))
                .isEqualTo(hour(9.5));
        var none = within(every(HOUR, mode(Mode.NONE)), hour(0), hour(100));
        assertThat(Timetable.of(none, "w", "t").owedFrom(hour(9.5), Optional.empty()))
                .isEqualTo(hour(9.5));
        var latest = within(every(HOUR, mode(Mode.LATEST)), hour(8), hour(100));
        var named = Timetable.of(latest, "w", "t").owedFrom(hour(9.5), Optional.empty());
        assertThat(outcomes(decide(latest, named, hour(9.5)))).containsExactly("8 missed", "9 started");
        var all = within(every(HOUR, mode(Mode.ALL)), hour(8), hour(100));
        var owed = Timetable.of(all, "w", "t").owedFrom(hour(9.5), Optional.empty());
        assertThat(outcomes(decide(all, owed, hour(9.5)))).containsExactly("8 started", "9 started");
        assertThat(Timetable.of(all, "w", "t").owedFrom(hour(9.5), Optional.of(hour(9))))
                .isEqualTo(hour(9.5));
        assertThat(Timetable.of(all, "w", "t").owedFrom(hour(9.5), Optional.of(hour(11))))
                .isEqualTo(hour(11));
    }

    @Test
    void pauses_are_read_from_what_is_stored_of_them() {
        var none = Optional.<Instant>empty();
        assertThat(Hold.of(none, "", none, "", none, "", none)).isEmpty();
        assertThat(Hold.of(Optional.of(hour(1)), "ada", none, "", none, "", none))
                .containsExactly(new Hold(hour(1), Instant.MAX, "paused by ada"));
        assertThat(Hold.of(none, "ada", Optional.of(hour(2)), "bob", Optional.of(hour(1)), "three failed", none))
                .as("it paused itself and was resumed")
                .containsExactly(new Hold(hour(1), hour(2), "three failed"));
        assertThat(Hold.of(none, "ada", Optional.of(hour(2)), "bob", Optional.of(hour(3)), "three failed", none))
                .as("it was resumed, and paused itself later")
                .contains(new Hold(hour(3), Instant.MAX, "three failed"));
        assertThat(Hold.of(none, "ada", Optional.of(hour(2)), "bob", none, "", none))
                .as("nobody knows any more when that pause began")
                .containsExactly(new Hold(Instant.MIN, hour(2), "paused by ada"));
        assertThat(Hold.of(none, "ada", Optional.of(hour(2)), "bob", none, "", Optional.of(hour(1))))
                .containsExactly(new Hold(hour(1), hour(2), "paused by ada"));
        assertThat(Hold.of(none, "", Optional.of(hour(2)), "bob", none, "", none))
                .as("nobody knows any more who paused it")
                .containsExactly(new Hold(Instant.MIN, hour(2), "paused; resumed by bob"));
    }
}
