package dev.dagkeeper.schedule;

import dev.dagkeeper.workflow.Durations;
import dev.dagkeeper.workflow.Schedule;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Schedules and fires as people read them. Stateless. */
public final class ScheduleText {
    private ScheduleText() {}

    /** In a few words when it fires, as in {@code 30 2 * * * Europe/Stockholm} or {@code every 15m}. */
    public static String when(Schedule schedule) {
        return switch (schedule.when()) {
            case Schedule.When.Cron cron ->
                cron.expression().text() + " " + cron.zone().getId();
            case Schedule.When.Every(var every, var offset) ->
                "every " + Durations.format(every) + (offset.isZero() ? "" : ", offset " + Durations.format(offset));
            case Schedule.When.At(var times) ->
                times.size() == 1 ? "at " + times.getFirst() : "at " + times.size() + " times";
            case Schedule.When.Datasets datasets ->
                "after " + (datasets.uris().size() == 1 ? "" : datasets.all() ? "all of " : "any of ")
                        + String.join(", ", datasets.uris());
        };
    }

    /** Whose wall clock it goes by; UTC for what goes by none. */
    public static ZoneId zone(Schedule schedule) {
        return schedule.when() instanceof Schedule.When.Cron cron ? cron.zone() : ZoneOffset.UTC;
    }

    /** A time by the wall clock of the schedule, with its offset: RFC 3339, to the second where that is exact. */
    public static String local(Schedule schedule, Instant time) {
        return rfc3339(time.atZone(zone(schedule)).toOffsetDateTime());
    }

    /** {@link OffsetDateTime#toString} leaves out seconds that are zero, which RFC 3339 wants. */
    private static String rfc3339(OffsetDateTime time) {
        return java.time.format.DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time);
    }
}
