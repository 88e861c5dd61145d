package dev.dagkeeper.workflow;

import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** Reads the names of time zones. */
final class ZoneReader {
    private final Scalars scalars;
    private final Problems problems;

    ZoneReader(Scalars scalars, Problems problems) {
        this.scalars = scalars;
        this.problems = problems;
    }

    /** The zone; empty, and told with the nearest that there is, when there is none of that name. */
    Optional<ZoneId> read(Field field) {
        return scalars.text(field).flatMap(text -> {
            if (ZoneId.getAvailableZoneIds().contains(text)) {
                return Optional.of(ZoneId.of(text));
            }
            problems.add(
                    Code.BAD_TIMEZONE, field, "unknown time zone '" + TypedValue.shorten(text) + "'", nearest(text));
            return Optional.empty();
        });
    }

    private static String nearest(String text) {
        var zones = new TreeSet<>(ZoneId.getAvailableZoneIds());
        var city = "/" + text.toLowerCase(Locale.ROOT).replace(' ', '_');
        for (var zone : zones) {
            if (zone.equalsIgnoreCase(text) || zone.toLowerCase(Locale.ROOT).endsWith(city)) {
                return "did you mean '" + zone + "'?";
            }
        }
        var hint = Nearest.hint(text, zones);
        return hint.isEmpty() ? "such as Europe/Stockholm or UTC" : hint;
    }
}
