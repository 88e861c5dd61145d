package dev.dagkeeper.api.cli;

import dev.dagkeeper.workflow.TimeText;
import java.io.PrintStream;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Triggers and fires as the API gives them, for people. */
final class ScheduleText {
    private static final Pattern NOTATION = Pattern.compile("[a-z][a-z0-9_]*([./][a-z][a-z0-9_]*){0,2}");

    private ScheduleText() {}

    static String id(JsonNode schedule) {
        return schedule.path("id").asString("");
    }

    /** Reads {@code [NAMESPACE.]WORKFLOW[.TRIGGER]}, which may be written with slashes; the server resolves it. */
    static String selector(String text) {
        if (!NOTATION.matcher(text).matches()) {
            throw new Failure(
                    ExitCode.USAGE, "'" + text + "' does not name a schedule; expected [NAMESPACE.]WORKFLOW[.TRIGGER]");
        }
        return text.replace('/', '.');
    }

    /** A time in UTC as short as it is exact. */
    static String utc(JsonNode time) {
        return time.isString() ? instant(time).toString() : "";
    }

    static Instant instant(JsonNode time) {
        return OffsetDateTime.parse(time.stringValue()).toInstant();
    }

    /**
     * Checks a time that a user gives.
     *
     * @param option for the message
     */
    static String time(String option, String text) {
        try {
            return OffsetDateTime.parse(text).toInstant().toString();
        } catch (DateTimeParseException e) {
            throw new Failure(
                    ExitCode.USAGE, option + " is '" + text + "'; expected a time such as 2026-01-31T08:00:00Z");
        }
    }

    /** Checks a time that may be meant by the clock of a trigger's zone; the server knows the zone. */
    static String localTime(String option, String text) {
        if (TimeText.parse(text, ZoneOffset.UTC).isEmpty()) {
            throw new Failure(
                    ExitCode.USAGE, option + " is '" + text + "'; expected a date or time, " + TimeText.EXAMPLES);
        }
        return text;
    }

    /** A trigger that was deployed, and below it its next fires, by the wall clock of its zone and in UTC. */
    static void deployed(PrintStream out, JsonNode schedule) {
        var reason = schedule.path("reason").asString("");
        out.println("  " + schedule.path("trigger").asString("") + ": "
                + schedule.path("when").asString("") + (reason.isEmpty() ? "" : " (" + reason + ")"));
        for (var fire : schedule.path("next")) {
            out.println("    " + fire.path("local").asString("") + "  " + utc(fire.path("fire")));
        }
        var waitsFor = schedule.path("waitsFor").asString("");
        if (schedule.path("next").isEmpty() && reason.isEmpty()) {
            out.println("    " + (waitsFor.isEmpty() ? "no fire to come" : waitsFor));
        }
    }
}
