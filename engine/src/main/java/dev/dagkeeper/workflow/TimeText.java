package dev.dagkeeper.workflow;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Points in time as people write them: a date, a time on the wall of a zone, or a time with its offset. To the millisecond. */
public final class TimeText {
    /** For messages about what is none of them. */
    public static final String EXAMPLES = "such as 2026-01-31, 2026-01-31T08:00 or 2026-01-31T08:00:00Z";

    private static final Instant EARLIEST = Instant.parse("0001-01-02T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");
    private static final int DATE_LENGTH = "2026-01-31".length();

    private TimeText() {}

    static boolean isDate(String text) {
        return text.length() <= DATE_LENGTH;
    }

    /**
     * A date is its first instant in the zone; of a time that the day has twice it is the first, for one that it does not have the
     * first instant after the gap. Empty when the text is none of them, or of a year that no calendar on a wall shows.
     *
     * @param zone of dates, and of times without an offset
     */
    public static Optional<Instant> parse(String text, ZoneId zone) {
        try {
            var time = read(text, zone).truncatedTo(ChronoUnit.MILLIS);
            return Optional.of(time).filter(found -> !found.isBefore(EARLIEST) && found.isBefore(LATEST));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Instant read(String text, ZoneId zone) {
        if (isDate(text)) {
            return LocalDate.parse(text).atStartOfDay(zone).toInstant();
        }
        var hasOffset =
                text.endsWith("Z") || text.endsWith("z") || text.lastIndexOf('-') > DATE_LENGTH || text.contains("+");
        return hasOffset ? OffsetDateTime.parse(text).toInstant() : onTheWall(LocalDateTime.parse(text), zone);
    }

    private static Instant onTheWall(LocalDateTime time, ZoneId zone) {
        var transition = zone.getRules().getTransition(time);
        return transition != null && transition.isGap()
                ? transition.getInstant()
                : time.atZone(zone).toInstant();
    }
}
