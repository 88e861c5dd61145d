package dev.dagkeeper.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.workflow.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiresTest {
    private static Instant at(String text) {
        return Instant.parse(text);
    }

    private static List<String> between(Schedule schedule, String from, String to) {
        return Fires.of(schedule)
                .between(at(from), at(to))
                .map(Instant::toString)
                .toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            * * * * *        | 2026-03-01T10:00:00Z | 2026-03-01T10:01:00Z
            * * * * *        | 2026-03-01T10:00:00.001Z | 2026-03-01T10:01:00Z
            * * * * * *      | 2026-03-01T10:00:59.999Z | 2026-03-01T10:01:00Z
            10/20 * * * *    | 2026-03-01T10:50:00Z | 2026-03-01T11:10:00Z
            */7 * * * *      | 2026-03-01T10:56:00Z | 2026-03-01T11:00:00Z
            0 9-16 * * 1-5   | 2026-03-06T16:00:00Z | 2026-03-09T09:00:00Z
            0 0 * * FRI-MON  | 2026-03-02T00:00:00Z | 2026-03-06T00:00:00Z
            0 0 * * 5-7      | 2026-03-02T00:00:00Z | 2026-03-06T00:00:00Z
            0 0 * * 7        | 2026-03-02T00:00:00Z | 2026-03-08T00:00:00Z
            0 0 * * 0        | 2026-03-02T00:00:00Z | 2026-03-08T00:00:00Z
            0 0 * * 5/1      | 2026-03-07T00:00:00Z | 2026-03-13T00:00:00Z
            0 0 * * 7-2      | 2026-03-04T00:00:00Z | 2026-03-08T00:00:00Z
            0 0 20 * 3       | 2026-03-18T00:00:00Z | 2026-03-20T00:00:00Z
            0 0 20 * 3       | 2026-03-20T00:00:00Z | 2026-03-25T00:00:00Z
            0 0 */2 * 3      | 2026-03-02T00:00:00Z | 2026-03-11T00:00:00Z
            0 0 20 * ?       | 2026-03-18T00:00:00Z | 2026-03-20T00:00:00Z
            0 0 L * *        | 2026-02-01T00:00:00Z | 2026-02-28T00:00:00Z
            0 0 L * *        | 2028-02-01T00:00:00Z | 2028-02-29T00:00:00Z
            0 0 L-3 * *      | 2026-02-01T00:00:00Z | 2026-02-25T00:00:00Z
            0 0 L-30 * *     | 2026-01-02T00:00:00Z | 2026-03-01T00:00:00Z
            0 0 LW * *       | 2026-05-01T00:00:00Z | 2026-05-29T00:00:00Z
            0 0 15W * *      | 2026-02-01T00:00:00Z | 2026-02-16T00:00:00Z
            0 0 15W * *      | 2026-08-01T00:00:00Z | 2026-08-14T00:00:00Z
            0 0 1W * *       | 2026-08-01T00:00:00Z | 2026-08-03T00:00:00Z
            0 0 31W * *      | 2026-05-01T00:00:00Z | 2026-05-29T00:00:00Z
            0 0 31W * *      | 2026-01-31T00:00:00Z | 2026-03-31T00:00:00Z
            0 0 * * 5L       | 2026-03-01T00:00:00Z | 2026-03-27T00:00:00Z
            0 0 * * MON#2    | 2026-03-01T00:00:00Z | 2026-03-09T00:00:00Z
            0 0 * * 7#5      | 2026-03-01T00:00:00Z | 2026-03-29T00:00:00Z
            0 0 13 * 5L      | 2026-03-01T00:00:00Z | 2026-03-13T00:00:00Z
            0 0 29 2 *       | 2096-02-29T00:00:00Z | 2104-02-29T00:00:00Z
            0 0 */28 2 6#5   | 2026-01-01T00:00:00Z | 2048-02-29T00:00:00Z
            0 0 31 2 MON     | 2026-02-03T00:00:00Z | 2026-02-09T00:00:00Z
            @hourly          | 2026-03-01T10:00:00Z | 2026-03-01T11:00:00Z
            @daily           | 2026-03-01T10:00:00Z | 2026-03-02T00:00:00Z
            @midnight        | 2026-03-01T10:00:00Z | 2026-03-02T00:00:00Z
            @weekly          | 2026-03-01T10:00:00Z | 2026-03-08T00:00:00Z
            @monthly         | 2026-03-01T10:00:00Z | 2026-04-01T00:00:00Z
            @yearly          | 2026-03-01T10:00:00Z | 2027-01-01T00:00:00Z
            @annually        | 2026-03-01T10:00:00Z | 2027-01-01T00:00:00Z
            5 4 3 2 1 *      | 2026-03-01T10:00:00Z | 2027-01-02T03:04:05Z
            """)
    void the_next_fire_is_found_and_from_there_the_way_back(String expression, String after, String next) {
        var fires = Fires.of(Schedules.cron(expression, "UTC"));
        assertThat(fires.next(at(after))).contains(at(next));
        assertThat(fires.previous(at(next)).orElseThrow()).isBeforeOrEqualTo(at(after));
        assertThat(fires.previous(at(next).plusNanos(1))).contains(at(next));
        assertThat(fires.count(at(after), at(next))).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # clocks go from 02:00 to 03:00 on 2026-03-29 and from 03:00 to 02:00 on 2026-10-25
            30 2 * * *     | Europe/Stockholm | RUN_AFTER | ONCE  | 2026-03-28T22:00:00Z | 2026-03-29T01:00:00Z 2026-03-30T00:30:00Z
            30 2 * * *     | Europe/Stockholm | SKIP      | ONCE  | 2026-03-28T22:00:00Z | 2026-03-30T00:30:00Z 2026-03-31T00:30:00Z
            0/15 2 * * *   | Europe/Stockholm | RUN_AFTER | ONCE  | 2026-03-28T22:00:00Z | 2026-03-29T01:00:00Z 2026-03-30T00:00:00Z
            30 2 * * *     | Europe/Stockholm | RUN_AFTER | ONCE  | 2026-10-24T22:00:00Z | 2026-10-25T00:30:00Z 2026-10-26T01:30:00Z
            30 2 * * *     | Europe/Stockholm | RUN_AFTER | TWICE | 2026-10-24T22:00:00Z | 2026-10-25T00:30:00Z 2026-10-25T01:30:00Z
            0 1-3 * * *    | Europe/Stockholm | RUN_AFTER | ONCE  | 2026-03-28T23:30:00Z | 2026-03-29T00:00:00Z 2026-03-29T01:00:00Z 2026-03-29T23:00:00Z
            # all 24 hours: elapsed time
            30 * * * *     | Europe/Stockholm | RUN_AFTER | ONCE  | 2026-03-29T00:00:00Z | 2026-03-29T00:30:00Z 2026-03-29T01:30:00Z
            30 * * * *     | Europe/Stockholm | RUN_AFTER | ONCE  | 2026-10-25T00:00:00Z | 2026-10-25T00:30:00Z 2026-10-25T01:30:00Z 2026-10-25T02:30:00Z
            # half an hour: 02:00 to 02:30 on 2026-10-04, 02:00 to 01:30 on 2026-04-05
            15 2 * * *     | Australia/Lord_Howe | RUN_AFTER | ONCE  | 2026-10-03T12:00:00Z | 2026-10-03T15:30:00Z 2026-10-04T15:15:00Z
            45 1 * * *     | Australia/Lord_Howe | RUN_AFTER | ONCE  | 2026-04-04T12:00:00Z | 2026-04-04T14:45:00Z 2026-04-05T15:15:00Z
            45 1 * * *     | Australia/Lord_Howe | RUN_AFTER | TWICE | 2026-04-04T12:00:00Z | 2026-04-04T14:45:00Z 2026-04-04T15:15:00Z
            0 * * * *      | Australia/Lord_Howe | RUN_AFTER | ONCE  | 2026-10-03T14:00:00Z | 2026-10-03T14:30:00Z 2026-10-03T16:00:00Z
            # there was no 2011-12-30 in Samoa
            0 12 30 12 *   | Pacific/Apia | RUN_AFTER | ONCE | 2011-06-01T00:00:00Z | 2011-12-30T10:00:00Z 2012-12-29T22:00:00Z
            0 12 30 12 *   | Pacific/Apia | SKIP      | ONCE | 2011-06-01T00:00:00Z | 2012-12-29T22:00:00Z
            0 0,12 * * *   | Pacific/Apia | RUN_AFTER | ONCE | 2011-12-29T12:00:00Z | 2011-12-29T22:00:00Z 2011-12-30T10:00:00Z 2011-12-30T22:00:00Z
            # winter time is the exception in Ireland
            30 1 * * *     | Europe/Dublin | RUN_AFTER | ONCE | 2026-03-28T12:00:00Z | 2026-03-29T01:00:00Z 2026-03-30T00:30:00Z
            30 1 * * *     | Europe/Dublin | RUN_AFTER | ONCE | 2026-10-24T12:00:00Z | 2026-10-25T00:30:00Z 2026-10-26T01:30:00Z
            # midnight is left out, or comes twice
            0 0 * * *      | Asia/Beirut       | RUN_AFTER | ONCE | 2026-03-28T12:00:00Z | 2026-03-28T22:00:00Z 2026-03-29T21:00:00Z
            30 0 * * *     | America/Sao_Paulo | RUN_AFTER | ONCE | 2018-11-03T12:00:00Z | 2018-11-04T03:00:00Z 2018-11-05T02:30:00Z
            30 23 * * *    | America/Sao_Paulo | RUN_AFTER | ONCE | 2019-02-16T12:00:00Z | 2019-02-17T01:30:00Z 2019-02-18T02:30:00Z
            @daily         | Africa/Cairo      | RUN_AFTER | ONCE | 2026-04-23T12:00:00Z | 2026-04-23T22:00:00Z 2026-04-24T21:00:00Z
            """)
    void clocks_are_put_forward_and_back(
            String expression, String zone, Schedule.Gap gap, Schedule.Overlap overlap, String after, String expected) {
        var schedule = Schedules.cron(expression, zone, gap, overlap);
        var fires = expected.split(" ", -1);
        assertThat(between(schedule, after, fires[fires.length - 1])).containsExactly(fires);
        assertThat(Fires.of(schedule).count(at(after), at(fires[fires.length - 1])))
                .isEqualTo(fires.length);
        for (var i = 1; i < fires.length; i++) {
            assertThat(Fires.of(schedule).previous(at(fires[i]))).contains(at(fires[i - 1]));
        }
    }

    @Test
    void what_the_calendar_or_the_zone_never_has_ends_the_search() {
        var now = at("2026-01-01T00:00:00Z");
        for (var never : List.of("0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 */3 2 MON#5")) {
            var fires = Fires.of(Schedules.cron(never, "Europe/Stockholm"));
            assertThat(fires.next(now)).as(never).isEmpty();
            assertThat(fires.previous(now)).as(never).isEmpty();
            assertThat(fires.count(Instant.MIN, Instant.MAX)).as(never).isZero();
        }
        var inTheGap = Schedules.cron("30 2 * 3 SUN#2", "America/New_York", Schedule.Gap.SKIP, Schedule.Overlap.ONCE);
        assertThat(Fires.of(inTheGap).next(now)).isEmpty();
        assertThat(Fires.of(inTheGap).previous(now)).contains(at("2006-03-12T07:30:00Z"));
    }

    @Test
    void time_has_ends() {
        var fires = Fires.of(Schedules.cron("@daily", "Europe/Stockholm"));
        assertThat(fires.next(Instant.MAX)).isEmpty();
        assertThat(fires.previous(Instant.MIN)).isEmpty();
        assertThat(fires.next(Instant.MIN)).isPresent();
        assertThat(fires.previous(Instant.MAX)).contains(at("9999-12-31T23:00:00Z"));
        var hours = Fires.of(Schedules.every("PT1H", "PT0S"));
        assertThat(hours.next(Instant.MAX)).isEmpty();
        assertThat(hours.next(Instant.MIN)).contains(at("0001-01-01T00:00:00Z"));
        assertThat(hours.previous(Instant.MAX)).contains(at("9999-12-31T23:00:00Z"));
    }

    @Test
    void equal_distances_are_counted_from_the_epoch() {
        var schedule = Schedules.every("PT15M", "PT5M");
        assertThat(between(schedule, "2026-01-01T00:05:00Z", "2026-01-01T00:35:00Z"))
                .containsExactly("2026-01-01T00:20:00Z", "2026-01-01T00:35:00Z");
        assertThat(between(schedule, "1969-12-31T23:40:00Z", "1970-01-01T00:10:00Z"))
                .containsExactly("1969-12-31T23:50:00Z", "1970-01-01T00:05:00Z");
        assertThat(Fires.of(schedule).previous(at("2026-01-01T00:20:00Z"))).contains(at("2026-01-01T00:05:00Z"));
        assertThat(Fires.of(schedule).count(at("2026-01-01T00:05:00Z"), at("2026-01-01T00:35:00Z")))
                .isEqualTo(2);
    }

    @Test
    void listed_times_fire_once_each() {
        var schedule = Schedules.at("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z");
        var fires = Fires.of(schedule);
        assertThat(between(schedule, "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"))
                .containsExactly("2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z");
        assertThat(fires.next(at("2026-03-01T00:00:00Z"))).isEmpty();
        assertThat(fires.previous(at("2026-01-01T00:00:00Z"))).isEmpty();
        assertThat(fires.count(Instant.MIN, Instant.MAX)).isEqualTo(3);
        assertThat(fires.interval(at("2026-01-01T00:00:00Z")))
                .isEqualTo(new Interval(at("2026-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z")));
    }

    @Test
    void datasets_do_not_fire_by_time() {
        var fires = Fires.of(Schedules.of(
                new Schedule.When.Datasets(true, List.of("s3://raw/orders"), Duration.ZERO, Optional.empty())));
        assertThat(fires.next(Instant.MIN)).isEmpty();
        assertThat(fires.lastCompleteInterval(Instant.MAX)).isEmpty();
    }

    @Test
    void bounds_and_exclusions_leave_fires_out() {
        var schedule = Schedules.within(
                Schedules.cron("0 0 * * *", "UTC"),
                "2026-01-02T00:00:00Z",
                "2026-01-10T00:00:00Z",
                "2026-01-04T00:00:00Z/2026-01-05T00:00:00Z",
                "2026-01-07T12:00:00Z/2026-01-09T00:00:00Z",
                "2026-01-06T12:00:00Z/2026-01-08T00:00:00Z");
        var expected = new String[] {
            "2026-01-02T00:00:00Z",
            "2026-01-03T00:00:00Z",
            "2026-01-05T00:00:00Z",
            "2026-01-06T00:00:00Z",
            "2026-01-09T00:00:00Z"
        };
        assertThat(between(schedule, "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"))
                .containsExactly(expected);
        var fires = Fires.of(schedule);
        assertThat(fires.count(Instant.MIN, Instant.MAX)).isEqualTo(expected.length);
        assertThat(fires.count(at("2026-01-03T00:00:00Z"), at("2026-01-08T00:00:00Z")))
                .isEqualTo(2);
        assertThat(fires.previous(Instant.MAX)).contains(at("2026-01-09T00:00:00Z"));
        assertThat(fires.previous(at("2026-01-09T00:00:00Z"))).contains(at("2026-01-06T00:00:00Z"));
        assertThat(fires.previous(at("2026-01-02T00:00:00Z"))).isEmpty();
    }

    @Test
    void an_interval_reaches_back_to_the_fire_before_and_the_first_one_beyond_the_beginning() {
        var fires = Fires.of(Schedules.within(
                Schedules.cron("0 6 * * MON-FRI", "Europe/Stockholm"),
                "2026-01-05T00:00:00Z",
                "2026-02-01T00:00:00Z",
                "2026-01-06T00:00:00Z/2026-01-07T00:00:00Z"));
        var friday = at("2026-01-02T05:00:00Z");
        var monday = at("2026-01-05T05:00:00Z");
        var wednesday = at("2026-01-07T05:00:00Z");
        assertThat(fires.interval(monday)).isEqualTo(new Interval(friday, monday));
        assertThat(fires.interval(wednesday)).isEqualTo(new Interval(monday, wednesday));
        assertThat(fires.lastCompleteInterval(wednesday)).contains(new Interval(monday, wednesday));
        assertThat(fires.lastCompleteInterval(wednesday.minusNanos(1))).contains(new Interval(friday, monday));
        assertThat(fires.lastCompleteInterval(friday)).contains(new Interval(at("2026-01-01T05:00:00Z"), friday));
        assertThat(fires.lastCompleteInterval(Instant.MAX).map(Interval::end)).contains(at("2026-01-30T05:00:00Z"));
    }

    @Test
    void jitter_is_the_same_everywhere_and_spread_evenly() {
        var fire = at("2026-01-01T00:00:00Z");
        var most = Duration.ofSeconds(60);
        // These values are part of the contract: another version would start the same fire at another time.
        assertThat(Jitter.of("default/orders", "nightly", fire, most)).isEqualTo(Duration.ofMillis(41_306));
        assertThat(Jitter.of("default/orders", "nightly", fire.plusSeconds(60), most))
                .isEqualTo(Duration.ofMillis(30_327));
        assertThat(Jitter.of("default/order", "snightly", fire, most)).isEqualTo(Duration.ofMillis(38_021));
        var tenths = new int[10];
        IntStream.range(0, 10_000)
                .mapToObj(i -> Jitter.of("default/w" + i % 100, "t", fire.plusSeconds(60L * (i / 100)), most))
                .forEach(jitter -> tenths[(int) (jitter.toMillis() / 6_000)]++);
        // A tenth of 10,000 is 1,000 with a standard deviation of 30.
        assertThat(IntStream.of(tenths).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(850, 1150));
    }

    @Test
    void without_jitter_a_fire_is_started_at_its_time() {
        var fire = at("2026-01-01T00:00:00Z");
        assertThat(Fires.of(Schedules.every("PT1H", "PT0S")).startAt("default/w", "t", fire))
                .isEqualTo(fire);
    }

    @Test
    void ten_million_fires_are_counted_at_once_and_a_rare_one_is_found_at_once() {
        var everySecond = Fires.of(Schedules.cron("* * * * * *", "Europe/Stockholm"));
        assertThat(everySecond.count(
                        at("2026-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z").plusSeconds(10_000_000)))
                .isEqualTo(10_000_000);
        var rare = Fires.of(Schedules.cron("0 12 */28 2 1#5", "America/New_York"));
        var started = System.nanoTime();
        var found = IntStream.range(0, 1_000)
                .filter(i ->
                        rare.next(at("2026-01-01T00:00:00Z").plusSeconds(i)).isPresent())
                .count();
        var micros = Duration.ofNanos(System.nanoTime() - started).toNanos() / 1_000 / 1_000;
        assertThat(found).isEqualTo(1_000);
        // A walk by the minute over 18 years would take a hundred times longer than even a loaded machine needs.
        assertThat(micros).isLessThan(2_000);
        assertThat(rare.next(at("2026-01-01T00:00:00Z")).orElseThrow().atZone(ZoneId.of("America/New_York")))
                .hasToString("2044-02-29T12:00-05:00[America/New_York]");
    }
}
