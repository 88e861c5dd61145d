package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.schedule.Timetable;
import dev.dagkeeper.workflow.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.quartz.JobKey;
import org.quartz.TriggerKey;

class AlarmTriggerTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Timetable EACH_SECOND = Timetable.of(
            new Schedule(
                    new Schedule.When.Every(Duration.ofSeconds(1), Duration.ZERO),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    Duration.ZERO,
                    Schedule.Catchup.DEFAULT,
                    Optional.empty(),
                    Optional.empty()),
            "ns/w",
            "t");

    private Instant now = NOON;

    private AlarmTrigger after(Instant after, InstantSource machine) {
        return new AlarmTrigger(
                new TriggerKey("1", "g"), new JobKey("1", "g"), 1, EACH_SECOND, after, () -> now, machine);
    }

    @Test
    void what_became_due_before_the_alarm_was_set_is_told_at_once() {
        now = NOON.plusSeconds(5).plusMillis(1);

        assertThat(after(NOON, () -> now).computeFirstFireTime(null)).isEqualTo(Date.from(NOON.plusSeconds(1)));
    }

    @Test
    void after_an_alarm_only_what_is_not_due_yet_is_waited_for() {
        now = NOON.plusSeconds(5).plusMillis(1);
        var alarm = after(NOON, () -> now);
        alarm.computeFirstFireTime(null);

        alarm.triggered(null);

        assertThat(alarm.getNextFireTime()).isEqualTo(Date.from(NOON.plusSeconds(6)));
    }

    @Test
    void the_time_is_that_of_the_database_on_the_clock_of_this_machine() {
        var alarm = after(NOON, () -> now.plusSeconds(3_600));

        assertThat(alarm.computeFirstFireTime(null)).isEqualTo(Date.from(NOON.plusSeconds(3_601)));
    }
}
