package dev.dagkeeper.api.http;

import dev.dagkeeper.schedule.Backfill.Direction;
import dev.dagkeeper.schedule.Backfill.Reprocess;
import java.time.Instant;
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
 * @param from the first instant of the range
 * @param to the first instant after it
 * @param inputs those that win over the trigger's
 * @param dryRun whether it is only to be told what would be started
 */
record BackfillRequest(
        String schedule,
        Instant from,
        Instant to,
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
        var request = new BackfillRequest(
                fields.requiredText("schedule"),
                time("from", fields),
                time("to", fields),
                word("reprocess", fields, Reprocess.values(), Reprocess::text).orElse(Reprocess.MISSING),
                fields.number("maxActive", 1, MOST_ACTIVE).orElse(1L).intValue(),
                word("order", fields, Direction.values(), Direction::text).orElse(Direction.OLDEST_FIRST),
                fields.map("inputs"),
                fields.number("priority", -100, 100).map(Long::intValue).orElse(LOW_PRIORITY),
                fields.flag("dryRun"));
        if (!request.from().isBefore(request.to())) {
            throw ApiProblem.invalidBody("expected 'from' to be before 'to', found " + request.from() + " and "
                    + request.to() + "; the range is from 'from' on up to, but without, 'to'");
        }
        return request;
    }

    private static Instant time(String name, BodyFields fields) {
        var text = fields.requiredText(name);
        return Parameters.parseTime(text)
                .orElseThrow(() -> ApiProblem.invalidBody(
                        "expected a time such as 2026-01-31T12:00:00Z for '" + name + "', found '" + text + "'"));
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
