package dev.dagkeeper.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.schedule.CatchUp;
import dev.dagkeeper.schedule.Hold;
import dev.dagkeeper.schedule.Timetable;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What comes of the nights of the example {@code nightly}, by a clock that the test sets. */
class NightlyTest {
    /** All nights before are done. */
    private static final Instant DONE = Instant.parse("2026-03-27T01:30:00Z");

    private static Timetable timetable() throws IOException {
        return Compiled.timetable(Compiled.example("nightly.yaml"));
    }

    private static List<String> decided(String now, Hold... holds) throws IOException {
        return CatchUp.decide(timetable(), DONE, List.of(holds), Instant.parse(now)).fires().stream()
                .map(decided -> decided.fire() + " " + decided.outcome()
                        + (decided.reason().isEmpty() ? "" : " " + decided.reason()))
                .toList();
    }

    @Test
    void a_night_is_started_when_its_time_has_come() throws IOException {
        assertThat(decided("2026-03-28T01:29:59Z")).isEmpty();
        assertThat(decided("2026-03-28T01:30:00Z")).containsExactly("2026-03-28T01:30:00Z STARTED");
    }

    @Test
    void after_an_outage_the_nights_of_three_days_are_made_up_for_oldest_first() throws IOException {
        assertThat(decided("2026-04-01T08:00:00Z"))
                .satisfiesExactly(
                        first -> assertThat(first)
                                .startsWith("2026-03-28T01:30:00Z MISSED")
                                .endsWith("the window to catch up is 3d"),
                        // The night without 02:30.
                        gap -> assertThat(gap).startsWith("2026-03-29T01:00:00Z MISSED"),
                        third -> assertThat(third).isEqualTo("2026-03-30T00:30:00Z STARTED"),
                        fourth -> assertThat(fourth).isEqualTo("2026-03-31T00:30:00Z STARTED"),
                        last -> assertThat(last).isEqualTo("2026-04-01T00:30:00Z STARTED"));
    }

    @Test
    void nights_of_a_pause_are_skipped_and_the_next_is_started() throws IOException {
        var pause =
                new Hold(Instant.parse("2026-03-28T00:00:00Z"), Instant.parse("2026-03-29T12:00:00Z"), "paused by ada");
        assertThat(decided("2026-03-30T00:30:00Z", pause))
                .containsExactly(
                        "2026-03-28T01:30:00Z SKIPPED paused by ada",
                        "2026-03-29T01:00:00Z SKIPPED paused by ada",
                        "2026-03-30T00:30:00Z STARTED");
    }
}
