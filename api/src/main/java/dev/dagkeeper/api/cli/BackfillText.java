package dev.dagkeeper.api.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import tools.jackson.databind.JsonNode;

/** Backfills as the API gives them, for people. */
final class BackfillText {
    private BackfillText() {}

    static String id(JsonNode backfill) {
        return Long.toString(backfill.path("id").longValue());
    }

    /** Reads the number of a backfill; {@code backfill:7}, as its runs show it, is 7 as well. */
    static String number(String text) {
        var number = text.startsWith("backfill:") ? text.substring("backfill:".length()) : text;
        if (number.isEmpty() || number.length() > 18 || !number.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new Failure(
                    ExitCode.USAGE, "'" + text + "' is not the number of a backfill, as 'backfill list' shows them");
        }
        return number;
    }

    /** Such as {@code 5 of 24, 2 passed over: 1 running, 2 succeeded}. */
    static String progress(JsonNode backfill) {
        var progress = backfill.path("progress");
        long fires = progress.path("fires").longValue();
        long passedOver = progress.path("passedOver").longValue();
        var runs = new ArrayList<String>();
        progress.path("runs").properties().forEach(state -> runs.add(state.getValue() + " " + state.getKey()));
        return (fires - progress.path("remaining").longValue()) + " of " + fires
                + (passedOver == 0 ? "" : ", " + passedOver + " passed over")
                + (runs.isEmpty() ? "" : ": " + String.join(", ", runs));
    }

    /** One in some lines. */
    static void show(PrintStream out, JsonNode backfill) {
        out.println("backfill " + id(backfill) + " of "
                + backfill.path("schedule").asString("") + " is "
                + backfill.path("state").asString(""));
        out.println("  range      " + ScheduleText.utc(backfill.path("from")) + " to "
                + ScheduleText.utc(backfill.path("to")) + ", "
                + backfill.path("order").asString(""));
        out.println("  reprocess  " + backfill.path("reprocess").asString("") + ", at most "
                + backfill.path("maxActive").intValue() + " at once, priority "
                + backfill.path("priority").intValue());
        out.println("  progress   " + progress(backfill));
    }
}
