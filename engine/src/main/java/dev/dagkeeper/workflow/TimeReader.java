package dev.dagkeeper.workflow;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;

/** Reads points in time, as {@link TimeText} has them. */
final class TimeReader {
    private final ZoneId zone;
    private final Scalars scalars;
    private final Problems problems;

    /** @param zone of dates, and of times without an offset */
    TimeReader(ZoneId zone, Scalars scalars, Problems problems) {
        this.zone = zone;
        this.scalars = scalars;
        this.problems = problems;
    }

    /** A date is its first instant in the zone; empty, and told, when the text is none of them. */
    Optional<Instant> read(Field field) {
        return scalars.text(field).flatMap(text -> {
            var time = TimeText.parse(text, zone);
            if (time.isEmpty()) {
                problems.add(
                        Code.BAD_TIME,
                        field,
                        "expected a date or time, found '" + TypedValue.shorten(text) + "'",
                        TimeText.EXAMPLES);
            }
            return time;
        });
    }

    /** What an item of {@code exclude} that is one value covers: the whole of a day, or one instant; empty for a day the zone left out. */
    Optional<Schedule.Span> span(Field field) {
        return read(field).flatMap(begin -> {
            var end = TimeText.isDate(field.text())
                    ? LocalDate.parse(field.text())
                            .plusDays(1)
                            .atStartOfDay(zone)
                            .toInstant()
                    : begin.plusMillis(1);
            return begin.isBefore(end) ? Optional.of(new Schedule.Span(begin, end)) : Optional.empty();
        });
    }
}
