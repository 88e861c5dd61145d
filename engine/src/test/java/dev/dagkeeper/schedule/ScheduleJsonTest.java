package dev.dagkeeper.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dagkeeper.workflow.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleJsonTest {
    private static final String NIGHTLY = """
            {"cron":"30 2 * * *","timezone":"Europe/Stockholm","gap":"run-after","overlap":"once",\
            "from":"2026-01-01T00:00:00Z","exclude":[["2026-12-24T00:00:00Z","2026-12-25T00:00:00Z"]],"jitter":"1m",\
            "catchup":{"mode":"all","window":"3d","max-runs":10,"order":"oldest-first"},"start-deadline":"10m",\
            "pause-on-failure":3}""";

    private static <T> Optional<T> perhaps(RandomGenerator random, T value) {
        return random.nextBoolean() ? Optional.of(value) : Optional.empty();
    }

    private static <E extends Enum<E>> E any(RandomGenerator random, Class<E> type) {
        return type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
    }

    private static Instant instant(RandomGenerator random) {
        return Instant.ofEpochMilli(random.nextLong(4_000_000_000_000L));
    }

    private static Duration duration(RandomGenerator random) {
        return Duration.ofMillis(random.nextLong(1, 1_000_000_000L));
    }

    private static Schedule schedule(RandomGenerator random) {
        Schedule.When when = switch (random.nextInt(4)) {
            case 0 ->
                ((Schedule.When.Cron) Schedules.cron(
                                "30 2 * * MON#2",
                                "Europe/Stockholm",
                                any(random, Schedule.Gap.class),
                                any(random, Schedule.Overlap.class))
                        .when());
            case 1 -> new Schedule.When.Every(duration(random), duration(random));
            case 2 -> new Schedule.When.At(List.of(instant(random), instant(random)));
            default ->
                new Schedule.When.Datasets(
                        random.nextBoolean(),
                        List.of("s3://raw/orders", "s3://\"x\""),
                        duration(random),
                        perhaps(random, duration(random)));
        };
        var begin = instant(random);
        return new Schedule(
                when,
                perhaps(random, begin),
                perhaps(random, begin.plusMillis(1)),
                perhaps(random, new Schedule.Span(begin, begin.plusSeconds(60))).stream()
                        .toList(),
                random.nextBoolean() ? Duration.ZERO : duration(random),
                random.nextInt(4) == 0
                        ? Schedule.Catchup.DEFAULT
                        : new Schedule.Catchup(
                                any(random, Schedule.Catchup.Mode.class),
                                perhaps(random, duration(random)),
                                perhaps(random, random.nextInt(1, 100)),
                                any(random, Schedule.Catchup.Order.class)),
                perhaps(random, duration(random)),
                perhaps(random, random.nextInt(1, 100)));
    }

    @Test
    void what_is_read_is_what_was_written() {
        for (var seed = 0; seed < 1_000; seed++) {
            var schedule = schedule(new Random(seed));
            var json = ScheduleJson.write(schedule);
            assertThat(ScheduleJson.read(json)).as("seed %s: %s", seed, json).isEqualTo(schedule);
            assertThat(ScheduleJson.write(ScheduleJson.read(json)))
                    .as("seed %s", seed)
                    .isEqualTo(json);
        }
    }

    @Test
    void the_form_is_fixed() {
        // Rows in this form are kept: another version must be able to read them.
        assertThat(ScheduleJson.write(ScheduleJson.read(NIGHTLY))).isEqualTo(NIGHTLY);
        assertThat(ScheduleJson.read(NIGHTLY).catchup().maxRuns()).contains(10);
        assertThat(ScheduleJson.write(Schedules.every("PT15M", "PT5M")))
                .isEqualTo(
                        "{\"every\":\"15m\",\"offset\":\"5m\",\"jitter\":\"0s\",\"catchup\":{\"mode\":\"latest\",\"order\":\"oldest-first\"}}");
    }

    @Test
    void a_default_that_is_named_is_told_from_one_that_is_not() {
        var unnamed = Schedules.every("PT15M", "PT5M");
        var json = ScheduleJson.write(unnamed);
        assertThat(ScheduleJson.read(json).catchup().asksForThePast()).isFalse();
        var named = json.replace("\"mode\":\"latest\"", "\"mode\":\"latest\",\"named\":true");
        assertThat(ScheduleJson.read(named).catchup().asksForThePast()).isTrue();
        assertThat(ScheduleJson.write(ScheduleJson.read(named))).isEqualTo(named);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{}",
                "{\"every\":\"15m\"}",
                "{\"every\":\"a\",\"offset\":\"0s\",\"jitter\":\"0s\",\"catchup\":{\"mode\":\"latest\",\"order\":\"oldest-first\"}}",
                "{\"cron\":\"61 * * * *\",\"timezone\":\"UTC\",\"gap\":\"skip\",\"overlap\":\"once\"}",
                "{\"cron\":\"* * * * *\",\"timezone\":\"Mars/Base\",\"gap\":\"skip\",\"overlap\":\"once\"}",
                "{\"cron\":5,\"timezone\":\"UTC\",\"gap\":\"skip\",\"overlap\":\"once\"}",
                "{\"cron\":\"* * * * *\",\"timezone\":\"UTC\",\"gap\":\"jump\",\"overlap\":\"once\"}"
            })
    void anything_else_is_refused_and_told(String text) {
        assertThatThrownBy(() -> ScheduleJson.read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected a schedule as JSON, found " + text);
    }

    @Test
    void a_hundred_thousand_are_read_in_a_moment() {
        var written = ScheduleJson.write(Schedules.cron("30 2 * * MON-FRI", "Europe/Stockholm"));
        var started = System.nanoTime();
        var read = new ArrayList<Fires>(100_000);
        for (var i = 0; i < 100_000; i++) {
            read.add(Fires.of(ScheduleJson.read(written)));
        }
        var took = Duration.ofNanos(System.nanoTime() - started);
        System.out.println("read 100,000 schedules in " + took.toMillis() + " ms");
        assertThat(read).hasSize(100_000);
        assertThat(took).isLessThan(Duration.ofSeconds(10));
    }
}
