package dev.dagkeeper.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What users of Oozie's coordinators know of cron, in our numbering of the days of the week; docs/schedules.md lists what differs. 7 May
 * 2024 is a Tuesday.
 */
class ComingFromOozieTest {
    private static Instant at(String text) {
        return Instant.parse(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            5,35 * * * *           | 2024-05-07T10:06:00Z | 2024-05-07T10:35:00Z | the next minute of a list
            4/25 * * 4-6 MON,TUE   | 2024-05-07T10:06:00Z | 2024-05-07T10:29:00Z | a start with a step
            40-45 * 11 4-6 2,3     | 2024-05-07T10:41:00Z | 2024-05-07T10:42:00Z | either field of days is enough
            15 * 11 4-6 ?          | 2024-05-07T10:41:00Z | 2024-05-11T00:15:00Z | a question mark leaves a field out
            0 8-17 * * 1-5         | 2024-05-11T10:41:00Z | 2024-05-13T08:00:00Z | over a weekend
            0 8-17 * * 1-5         | 2024-05-13T08:00:00Z | 2024-05-13T09:00:00Z | the instant itself is left out
            40-45 * * 2 *          | 2024-05-07T10:41:00Z | 2025-02-01T00:40:00Z | a month that has passed
            5-9 6 * * TUE,THU      | 2024-05-07T10:41:00Z | 2024-05-09T06:05:00Z | days by their names
            """)
    void the_next_fire_is_the_same(String expression, String after, String next, String why) {
        assertThat(Fires.of(Schedules.cron(expression, "UTC")).next(at(after)))
                .as(why)
                .contains(at(next));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            5,35 * * * *         | UTC | 2024-05-07T10:00:00Z | 2024-05-07T11:00:00Z | 10:05 10:35       | 2024-05-07T11:05:00Z
            57-59 * * * *        | UTC | 2024-05-07T10:00:00Z | 2024-05-07T11:00:00Z | 10:57 10:58 10:59 | 2024-05-07T11:57:00Z
            0/20 6 * 4-6 2       | UTC | 2024-05-07T04:00:00Z | 2024-05-07T05:00:00Z | none              | 2024-05-07T06:00:00Z
            0/20 * * 4-6 2,3     | UTC | 2024-05-07T10:00:00Z | 2024-05-07T11:00:00Z | 10:00 10:20 10:40 | 2024-05-07T11:00:00Z
            25/15 * * 4-6 2,3    | UTC | 2024-05-07T10:00:00Z | 2024-05-07T11:00:00Z | 10:25 10:40 10:55 | 2024-05-07T11:25:00Z
            25/15 * * 5,9 TUE    | UTC | 2024-05-07T10:00:00Z | 2024-05-07T11:00:00Z | 10:25 10:40 10:55 | 2024-05-07T11:25:00Z
            0 * * * * | America/Los_Angeles | 2024-03-10T09:00:00Z | 2024-03-10T12:00:00Z | 09:00 10:00 11:00 | 2024-03-10T12:00:00Z
            0 * * * * | America/Los_Angeles | 2024-11-03T08:00:00Z | 2024-11-03T11:00:00Z | 08:00 09:00 10:00 | 2024-11-03T11:00:00Z
            """)
    void what_a_window_holds_is_the_same(
            String expression, String zone, String start, String end, String fires, String next) {
        var all = Fires.of(Schedules.cron(expression, zone));
        // A window there begins with its start and ends before its end; (from, to] here is one instant earlier.
        var found = all.between(at(start).minusNanos(1), at(end).minusNanos(1))
                .map(fire -> LocalTime.ofInstant(fire, ZoneId.of("UTC")).toString());
        assertThat(found.toList()).isEqualTo(fires == null ? List.of() : List.of(fires.split(" ", -1)));
        assertThat(all.next(at(end).minusNanos(1))).contains(at(next));
    }

    @Test
    void equal_distances_begin_at_the_epoch_and_not_at_a_start() {
        var window = Fires.of(Schedules.within(Schedules.every("PT20M", "PT0S"), "2024-05-07T10:05:00Z", ""));
        assertThat(window.next(at("2024-05-07T10:00:00Z"))).contains(at("2024-05-07T10:20:00Z"));
        var shifted = Fires.of(Schedules.within(Schedules.every("PT20M", "PT5M"), "2024-05-07T10:05:00Z", ""));
        assertThat(shifted.next(at("2024-05-07T10:00:00Z"))).contains(at("2024-05-07T10:05:00Z"));
    }

    @Test
    void a_pause_is_an_until_and_leaves_out_what_comes_later() {
        var fires = Fires.of(
                Schedules.within(Schedules.every("PT5M", "PT0S"), "2024-05-07T10:00:00Z", "2024-05-07T10:07:00Z"));
        assertThat(fires.between(Instant.MIN, Instant.MAX))
                .containsExactly(at("2024-05-07T10:00:00Z"), at("2024-05-07T10:05:00Z"));
    }

    @Test
    void a_time_of_day_stays_that_of_the_zone_in_summer_and_winter() {
        var fires = Fires.of(Schedules.cron("0 9 * * *", "America/Los_Angeles"));
        assertThat(Stream.of("2024-07-18T00:00:00Z", "2025-01-18T00:00:00Z")
                        .map(day -> fires.next(at(day)).orElseThrow()))
                .containsExactly(at("2024-07-18T16:00:00Z"), at("2025-01-18T17:00:00Z"));
    }
}
