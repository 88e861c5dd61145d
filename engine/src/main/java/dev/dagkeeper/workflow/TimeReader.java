package dev.dagkeeper.workflow;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Reads points in time: a date, a time on the wall of a zone, or a time with its offset. To the millisecond. */
final class TimeReader {
    private static final Instant EARLIEST = Instant.parse("0001-01-02T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");
    private static final int DATE_LENGTH = "2026-01-31".length();

    private final ZoneId zone;
    private final Scalars scalars;
    private final Problems problems;

    /** @param zone of dates, and of times without an offset */
    TimeReader(ZoneId zone, Scalars scalars, Problems problems) {
        this.zone = zone;
        this.scalars = scalars;
        this.problems = problems;
    }

    static boolean isDate(String text) {
        return text.length() <= DATE_LENGTH;
    }

    /** A date is its first instant in the zone; empty, and told, when the text is none of them. */
    Optional<Instant> read(Field field) {
        return scalars.text(field).flatMap(text -> {
            try {
                var time = parse(text).truncatedTo(ChronoUnit.MILLIS);
                if (!time.isBefore(EARLIEST) && time.isBefore(LATEST)) {
                    return Optional.of(time);
                }
            } catch (DateTimeException e) {
                // Told below, like a time of a year that no calendar on a wall shows.
            }
            problems.add(
                    Code.BAD_TIME,
                    field,
                    "expected a date or time, found '" + TypedValue.shorten(text) + "'",
                    "such as 2026-01-31, 2026-01-31T08:00 or 2026-01-31T08:00:00Z");
            return Optional.empty();
        });
    }

    /** What an item of {@code exclude} that is one value covers: the whole of a day, or one instant; empty for a day the zone left out. */
    Optional<Schedule.Span> span(Field field) {
        return read(field).flatMap(begin -> {
            var end = isDate(field.text())
                    ? LocalDate.parse(field.text())
                            .plusDays(1)
                            .atStartOfDay(zone)
                            .toInstant()
                    : begin.plusMillis(1);
            return begin.isBefore(end) ? Optional.of(new Schedule.Span(begin, end)) : Optional.empty();
        });
    }

    private Instant parse(String text) {
        if (isDate(text)) {
            return LocalDate.parse(text).atStartOfDay(zone).toInstant();
        }
        var hasOffset =
                text.endsWith("Z") || text.endsWith("z") || text.lastIndexOf('-') > DATE_LENGTH || text.contains("+");
        return hasOffset ? OffsetDateTime.parse(text).toInstant() : onTheWall(LocalDateTime.parse(text));
    }

    /** Of a time that the day has twice the first; for one that it does not have the first instant after the gap. */
    private Instant onTheWall(LocalDateTime time) {
        var transition = zone.getRules().getTransition(time);
        return transition != null && transition.isGap()
                ? transition.getInstant()
                : time.atZone(zone).toInstant();
    }
}
