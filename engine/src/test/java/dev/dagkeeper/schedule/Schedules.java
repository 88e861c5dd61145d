package dev.dagkeeper.schedule;

import dev.dagkeeper.workflow.CronExpression;
import dev.dagkeeper.workflow.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Schedules for tests. */
final class Schedules {
    private Schedules() {}

    static Schedule of(Schedule.When when) {
        return new Schedule(
                when,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Duration.ZERO,
                Schedule.Catchup.DEFAULT,
                Optional.empty(),
                Optional.empty());
    }

    static Schedule cron(String expression, String zone) {
        return cron(expression, zone, Schedule.Gap.RUN_AFTER, Schedule.Overlap.ONCE);
    }

    static Schedule cron(String expression, String zone, Schedule.Gap gap, Schedule.Overlap overlap) {
        return of(new Schedule.When.Cron(new CronExpression(expression), ZoneId.of(zone), gap, overlap));
    }

    static Schedule every(String every, String offset) {
        return of(new Schedule.When.Every(Duration.parse(every), Duration.parse(offset)));
    }

    static Schedule at(String... times) {
        return of(new Schedule.When.At(Stream.of(times).map(Instant::parse).toList()));
    }

    /** The same within bounds; an empty text is no bound. Spans are written {@code from/until}. */
    static Schedule within(Schedule schedule, String from, String until, String... exclude) {
        return new Schedule(
                schedule.when(),
                instant(from),
                instant(until),
                Stream.of(exclude)
                        .map(span -> span.split("/", -1))
                        .map(span -> new Schedule.Span(Instant.parse(span[0]), Instant.parse(span[1])))
                        .toList(),
                schedule.jitter(),
                schedule.catchup(),
                schedule.startDeadline(),
                schedule.pauseOnFailure());
    }

    private static Optional<Instant> instant(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
    }
}
