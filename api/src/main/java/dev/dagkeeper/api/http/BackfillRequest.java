package dev.dagkeeper.api.http;

import dev.dagkeeper.schedule.Backfill.Direction;
import dev.dagkeeper.schedule.Backfill.Reprocess;
import dev.dagkeeper.workflow.Schedule;
import dev.dagkeeper.workflow.TimeText;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * What a client wants to be gone through once more.
 *
 * @param schedule {@code [namespace.]workflow[.trigger]}
 * @param from the first instant of the range; a date or time that may be meant by the clock of the trigger's zone
 * @param to the first instant after it, as {@code from}
 * @param inputs those that win over the trigger's
 * @param dryRun whether it is only to be told what would be started
 */
record BackfillRequest(
        String schedule,
        String from,
        String to,
        Reprocess reprocess,
        int maxActive,
        Direction order,
        Map<String, JsonNode> inputs,
        int priority,
        boolean dryRun) {
    /** Below what is started by itself or by hand. */
    private static final int LOW_PRIORITY = -10;

    private static final int MOST_ACTIVE = 1_000;
    private static final Set<String> FIELDS =
            Set.of("schedule", "from", "to", "reprocess", "maxActive", "order", "inputs", "priority", "dryRun");

    static BackfillRequest parse(byte[] body) {
        var fields = BodyFields.parse(body, FIELDS);
        return new BackfillRequest(
                fields.requiredText("schedule"),
                fields.requiredText("from"),
                fields.requiredText("to"),
                word("reprocess", fields, Reprocess.values(), Reprocess::text).orElse(Reprocess.MISSING),
                fields.number("maxActive", 1, MOST_ACTIVE).orElse(1L).intValue(),
                word("order", fields, Direction.values(), Direction::text).orElse(Direction.OLDEST_FIRST),
                fields.map("inputs"),
                fields.number("priority", -100, 100).map(Long::intValue).orElse(LOW_PRIORITY),
                fields.flag("dryRun"));
    }

    /** The range, by the clock of a zone where it says no other. */
    Schedule.Span range(ZoneId zone) {
        var begin = time("from", from, zone);
        var end = time("to", to, zone);
        if (!begin.isBefore(end)) {
            throw ApiProblem.invalidBody("expected 'from' to be before 'to', found " + from + " and " + to
                    + "; the range is from 'from' on up to, but without, 'to'");
        }
        return new Schedule.Span(begin, end);
    }

    private static Instant time(String name, String text, ZoneId zone) {
        return TimeText.parse(text, zone)
                .orElseThrow(() -> ApiProblem.invalidBody("expected a date or time, " + TimeText.EXAMPLES + ", for '"
                        + name + "', found '" + text + "'"));
    }

    private static <T> Optional<T> word(String name, BodyFields fields, T[] all, Function<T, String> word) {
        return fields.text(name)
                .map(text -> Arrays.stream(all)
                        .filter(value -> word.apply(value).equals(text))
                        .findFirst()
                        .orElseThrow(() -> ApiProblem.invalidBody("expected "
                                + Arrays.stream(all).map(word).collect(Collectors.joining(" or ")) + " for '" + name
                                + "', found '" + text + "'")));
    }
}
