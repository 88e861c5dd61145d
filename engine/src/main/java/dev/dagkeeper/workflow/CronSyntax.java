package dev.dagkeeper.workflow;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the notation of cron into sets of values; see {@link CronExpression}. */
final class CronSyntax {
    private static final Map<String, String> MACROS = Map.of(
            "@hourly", "0 * * * *",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@weekly", "0 0 * * 0",
            "@monthly", "0 0 1 * *",
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *");
    private static final List<String> MACRO_NAMES =
            List.of("@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually");
    private static final List<String> MONTHS =
            List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final int WEEK = 7;

    enum Part {
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

    private final Optional<String> problem;
    private final Map<Part, Long> bits = new EnumMap<>(Part.class);
    private int fromEnd;
    private int nearest;
    private boolean lastWeekday;
    private int lastOfWeek;
    private long nth;
    private boolean anyDay;

    CronSyntax(String text) {
        problem = read(text);
    }

    /** What is wrong; empty when nothing is. */
    Optional<String> problem() {
        return problem;
    }

    long bits(Part part) {
        return bits.getOrDefault(part, 0L);
    }

    CronDays days() {
        return new CronDays(
                (int) bits(Part.DAY_OF_MONTH),
                fromEnd,
                nearest,
                lastWeekday,
                (int) bits(Part.DAY_OF_WEEK),
                lastOfWeek,
                nth,
                anyDay);
    }

    private Optional<String> read(String text) {
        if (text.startsWith("@")) {
            var meaning = MACROS.get(text);
            return meaning == null ? Optional.of("expected one of " + String.join(", ", MACRO_NAMES)) : read(meaning);
        }
        var fields = SPACE.splitAsStream(text).filter(field -> !field.isEmpty()).toList();
        if (fields.size() != 5 && fields.size() != 6) {
            return Optional.of("expected 5 fields, or 6 with seconds first, found " + fields.size());
        }
        var parts = Part.values();
        if (fields.size() == 5) {
            bits.put(Part.SECOND, 1L);
        }
        for (var i = 0; i < fields.size(); i++) {
            var part = parts[i + parts.length - fields.size()];
            var field = fields.get(i);
            anyDay |= isDay(part) && (field.startsWith("*") || field.startsWith("?"));
            for (var item : field.split(",", -1)) {
                if (!readItem(part, item.toUpperCase(Locale.ROOT))) {
                    return Optional.of(
                            "'" + item + "' is no " + part.words + " (" + part.min + " to " + part.max + ")");
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isDay(Part part) {
        return part == Part.DAY_OF_MONTH || part == Part.DAY_OF_WEEK;
    }

    private boolean readItem(Part part, String item) {
        if (item.equals("?")) {
            add(part, part.min, part.max, 1);
            return isDay(part);
        }
        if ((part == Part.DAY_OF_MONTH && readSpecialDay(item))
                || (part == Part.DAY_OF_WEEK && readSpecialWeekday(item))) {
            return true;
        }
        var step = item.split("/", -1);
        if (step.length > 2 || (step.length == 2 && !within(step[1], 1, part.max))) {
            return false;
        }
        var distance = step.length == 2 ? Integer.parseInt(step[1]) : 1;
        // 7 is Sunday once more: what runs to the end of the week ends on Saturday.
        var end = part == Part.DAY_OF_WEEK ? WEEK - 1 : part.max;
        if (step[0].equals("*")) {
            add(part, part.min, end, distance);
            return true;
        }
        var range = step[0].split("-", -1);
        if (range.length > 2) {
            return false;
        }
        var from = value(part, range[0]);
        var to = value(part, range[range.length - 1]);
        // Days of the week may wrap around: FRI-MON.
        if (from < 0 || to < 0 || (from > to && part != Part.DAY_OF_WEEK)) {
            return false;
        }
        if (range.length == 1 && step.length == 2) {
            var first = part == Part.DAY_OF_WEEK ? from % WEEK : from;
            add(part, first, end, distance);
        } else {
            add(part, from, from <= to ? to : to + WEEK, distance);
        }
        return true;
    }

    private void add(Part part, int from, int to, int distance) {
        var added = 0L;
        for (var value = from; value <= to; value += distance) {
            added |= 1L << (part == Part.DAY_OF_WEEK ? value % WEEK : value);
        }
        bits.merge(part, added, (some, more) -> some | more);
    }

    /** {@code L}, {@code L-3}, {@code LW}, {@code 15W}. */
    private boolean readSpecialDay(String item) {
        if (item.equals("L")) {
            fromEnd |= 1;
            return true;
        }
        if (item.equals("LW")) {
            lastWeekday = true;
            return true;
        }
        if (item.startsWith("L-") && within(item.substring(2), 1, 30)) {
            fromEnd |= 1 << Integer.parseInt(item.substring(2));
            return true;
        }
        if (item.endsWith("W") && within(item.substring(0, item.length() - 1), 1, 31)) {
            nearest |= 1 << Integer.parseInt(item.substring(0, item.length() - 1));
            return true;
        }
        return false;
    }

    /** {@code 5L}, {@code MON#2}. */
    private boolean readSpecialWeekday(String item) {
        var mark = item.indexOf('#');
        if (mark > 0) {
            var weekday = value(Part.DAY_OF_WEEK, item.substring(0, mark));
            var fits = weekday >= 0 && within(item.substring(mark + 1), 1, 5);
            if (fits) {
                nth |= 1L << (5 * (weekday % WEEK) + Integer.parseInt(item.substring(mark + 1)) - 1);
            }
            return fits;
        }
        if (item.length() > 1 && item.endsWith("L")) {
            var weekday = value(Part.DAY_OF_WEEK, item.substring(0, item.length() - 1));
            if (weekday >= 0) {
                lastOfWeek |= 1 << (weekday % WEEK);
            }
            return weekday >= 0;
        }
        return false;
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

    private static boolean within(String text, int min, int max) {
        if (text.isEmpty() || text.length() > 3) {
            return false;
        }
        var number = 0;
        for (var i = 0; i < text.length(); i++) {
            var digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            number = 10 * number + digit;
        }
        return number >= min && number <= max;
    }
}
