package dev.dagkeeper.workflow;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The notation of cron: 5 fields, or 6 with seconds first; {@code * , - /}, names of months and days, {@code ?}, {@code L},
 * {@code W}, {@code #}, and {@code @hourly} to {@code @yearly}.
 */
final class CronSyntax {
    private static final List<String> MACROS =
            List.of("@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually");
    private static final List<String> MONTHS =
            List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,3}");

    private enum Part {
        SECOND("second", 0, 59),
        MINUTE("minute", 0, 59),
        HOUR("hour", 0, 23),
        DAY_OF_MONTH("day of month", 1, 31),
        MONTH("month", 1, 12),
        DAY_OF_WEEK("day of week", 0, 7);

        private final String words;
        private final int min;
        private final int max;

        Part(String words, int min, int max) {
            this.words = words;
            this.min = min;
            this.max = max;
        }
    }

    private CronSyntax() {}

    /** What is wrong; empty when nothing is. */
    static Optional<String> problem(String text) {
        if (text.startsWith("@")) {
            return MACROS.contains(text)
                    ? Optional.empty()
                    : Optional.of("expected one of " + String.join(", ", MACROS));
        }
        var fields = text.strip().split("\\s+");
        if (fields.length != 5 && fields.length != 6) {
            return Optional.of(
                    "expected 5 fields, or 6 with seconds first, found " + (text.isBlank() ? 0 : fields.length));
        }
        var parts = Part.values();
        for (var i = 0; i < fields.length; i++) {
            var part = parts[i + parts.length - fields.length];
            for (var item : fields[i].split(",", -1)) {
                if (!isItem(part, item.toUpperCase(Locale.ROOT))) {
                    return Optional.of(
                            "'" + item + "' is no " + part.words + " (" + part.min + " to " + part.max + ")");
                }
            }
        }
        return neverFires(fields);
    }

    private static boolean isItem(Part part, String item) {
        if (item.equals("?") || isSpecial(part, item)) {
            return !item.equals("?") || part == Part.DAY_OF_MONTH || part == Part.DAY_OF_WEEK;
        }
        var step = item.split("/", -1);
        if (step.length > 2 || (step.length == 2 && !isStep(part, step[1]))) {
            return false;
        }
        if (step[0].equals("*")) {
            return true;
        }
        var range = step[0].split("-", -1);
        if (range.length > 2) {
            return false;
        }
        var from = value(part, range[0]);
        var to = value(part, range[range.length - 1]);
        // Days of the week may wrap around: FRI-MON.
        return from >= 0 && to >= 0 && (from <= to || part == Part.DAY_OF_WEEK);
    }

    private static boolean isSpecial(Part part, String item) {
        return switch (part) {
            case DAY_OF_MONTH ->
                item.equals("L")
                        || item.equals("LW")
                        || (item.startsWith("L-") && within(item.substring(2), 1, 30))
                        || (item.endsWith("W") && within(item.substring(0, item.length() - 1), 1, 31));
            case DAY_OF_WEEK ->
                (item.length() > 1 && item.endsWith("L") && value(part, item.substring(0, item.length() - 1)) >= 0)
                        || (item.indexOf('#') > 0
                                && value(part, item.substring(0, item.indexOf('#'))) >= 0
                                && within(item.substring(item.indexOf('#') + 1), 1, 5));
            case SECOND, MINUTE, HOUR, MONTH -> false;
        };
    }

    private static boolean isStep(Part part, String text) {
        return within(text, 1, Math.max(1, part.max));
    }

    private static boolean within(String text, int min, int max) {
        return NUMBER.matcher(text).matches() && Integer.parseInt(text) >= min && Integer.parseInt(text) <= max;
    }

    /** The number of a value or name, -1 when it is none. */
    private static int value(Part part, String text) {
        if (part == Part.MONTH && MONTHS.contains(text)) {
            return MONTHS.indexOf(text) + 1;
        }
        if (part == Part.DAY_OF_WEEK && DAYS.contains(text)) {
            return DAYS.indexOf(text);
        }
        return within(text, part.min, part.max) ? Integer.parseInt(text) : -1;
    }

    /** A single day that none of its months has, such as 31 in February, with no day of the week beside it. */
    private static Optional<String> neverFires(String[] fields) {
        var day = fields[fields.length - 3];
        var month = fields[fields.length - 2];
        var weekday = fields[fields.length - 1];
        if (!NUMBER.matcher(day).matches() || !(weekday.equals("*") || weekday.equals("?"))) {
            return Optional.empty();
        }
        for (var item : month.split(",", -1)) {
            var number = value(Part.MONTH, item.toUpperCase(Locale.ROOT));
            if (number < 0
                    || Integer.parseInt(day) <= java.time.Month.of(number).maxLength()) {
                return Optional.empty();
            }
        }
        return Optional.of("no such month has a day " + day + ", so it never fires");
    }
}
