package dev.dagkeeper.schedule;

import dev.dagkeeper.workflow.CronExpression;
import dev.dagkeeper.workflow.Durations;
import dev.dagkeeper.workflow.Schedule;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Schedules as JSON, in which they are kept, so that whoever needs one need not compile a workflow. Equal schedules are written the
 * same, and what is read is equal to what was written. Keys are those of the language, in one map; instants are in UTC, and what has no
 * value is left out. Durations are to the millisecond.
 */
public final class ScheduleJson {
    private ScheduleJson() {}

    public static String write(Schedule schedule) {
        var json = JsonMapper.shared().createObjectNode();
        switch (schedule.when()) {
            case Schedule.When.Cron cron ->
                json.put("cron", cron.expression().text())
                        .put("timezone", cron.zone().getId())
                        .put("gap", word(cron.gap()))
                        .put("overlap", word(cron.overlap()));
            case Schedule.When.Every(var every, var offset) ->
                json.put("every", Durations.format(every)).put("offset", Durations.format(offset));
            case Schedule.When.At(var times) -> texts(json.putArray("at"), times);
            case Schedule.When.Datasets datasets -> {
                texts(json.putArray(datasets.all() ? "all" : "any"), datasets.uris());
                json.put("debounce", Durations.format(datasets.debounce()));
                datasets.maxWait().ifPresent(wait -> json.put("max-wait", Durations.format(wait)));
            }
        }
        schedule.from().ifPresent(from -> json.put("from", from.toString()));
        schedule.until().ifPresent(until -> json.put("until", until.toString()));
        if (!schedule.exclude().isEmpty()) {
            var spans = json.putArray("exclude");
            schedule.exclude().forEach(span -> texts(spans.addArray(), List.of(span.from(), span.until())));
        }
        json.put("jitter", Durations.format(schedule.jitter()));
        write(schedule.catchup(), json.putObject("catchup"));
        schedule.startDeadline().ifPresent(within -> json.put("start-deadline", Durations.format(within)));
        schedule.pauseOnFailure().ifPresent(failures -> json.put("pause-on-failure", failures));
        return json.toString();
    }

    private static void write(Schedule.Catchup catchup, ObjectNode json) {
        json.put("mode", word(catchup.mode()));
        if (catchup.named() && catchup.saysTheDefault()) {
            json.put("named", true);
        }
        catchup.window().ifPresent(window -> json.put("window", Durations.format(window)));
        catchup.maxRuns().ifPresent(most -> json.put("max-runs", most));
        json.put("order", word(catchup.order()));
    }

    /**
     * Reads what {@link #write} has written, whatever the order of its keys.
     *
     * @throws IllegalArgumentException when it is something else, or names a zone that this program's time zones lack
     */
    public static Schedule read(String text) {
        try {
            var json = JsonMapper.shared().readTree(text);
            return new Schedule(
                    when(json),
                    optional(json, "from").map(JsonNode::stringValue).map(Instant::parse),
                    optional(json, "until").map(JsonNode::stringValue).map(Instant::parse),
                    json.path("exclude").values().stream()
                            .map(span -> new Schedule.Span(instant(span.path(0)), instant(span.path(1))))
                            .toList(),
                    duration(json, "jitter"),
                    catchup(required(json, "catchup")),
                    optionalDuration(json, "start-deadline"),
                    optional(json, "pause-on-failure").map(JsonNode::intValue));
        } catch (JacksonException | DateTimeException | IllegalArgumentException e) {
            throw new IllegalArgumentException("expected a schedule as JSON, found " + text + ": " + e.getMessage(), e);
        }
    }

    private static Schedule.When when(JsonNode json) {
        if (json.has("cron")) {
            return new Schedule.When.Cron(
                    new CronExpression(json.path("cron").stringValue()),
                    ZoneId.of(required(json, "timezone").stringValue()),
                    constant(Schedule.Gap.class, required(json, "gap")),
                    constant(Schedule.Overlap.class, required(json, "overlap")));
        }
        if (json.has("every")) {
            return new Schedule.When.Every(duration(json, "every"), duration(json, "offset"));
        }
        if (json.has("at")) {
            return new Schedule.When.At(
                    json.path("at").values().stream().map(ScheduleJson::instant).toList());
        }
        var all = json.has("all");
        return new Schedule.When.Datasets(
                all,
                required(json, all ? "all" : "any").values().stream()
                        .map(JsonNode::stringValue)
                        .toList(),
                duration(json, "debounce"),
                optionalDuration(json, "max-wait"));
    }

    private static Schedule.Catchup catchup(JsonNode json) {
        var catchup = new Schedule.Catchup(
                constant(Schedule.Catchup.Mode.class, required(json, "mode")),
                optionalDuration(json, "window"),
                optional(json, "max-runs").map(JsonNode::intValue),
                constant(Schedule.Catchup.Order.class, required(json, "order")));
        return catchup.saysTheDefault() && !json.has("named") ? Schedule.Catchup.DEFAULT : catchup;
    }

    private static Optional<JsonNode> optional(JsonNode json, String key) {
        return Optional.of(json.path(key)).filter(value -> !value.isMissingNode());
    }

    private static JsonNode required(JsonNode json, String key) {
        return optional(json, key).orElseThrow(() -> new IllegalArgumentException("key '" + key + "' is missing"));
    }

    private static Instant instant(JsonNode json) {
        return Instant.parse(json.stringValue());
    }

    private static Duration duration(JsonNode json, String key) {
        var text = required(json, key).stringValue();
        return Durations.parse(text)
                .orElseThrow(() -> new IllegalArgumentException(key + " '" + text + "' is not a duration"));
    }

    private static Optional<Duration> optionalDuration(JsonNode json, String key) {
        return json.has(key) ? Optional.of(duration(json, key)) : Optional.empty();
    }

    private static void texts(ArrayNode array, List<?> values) {
        values.forEach(value -> array.add(value.toString()));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <E extends Enum<E>> E constant(Class<E> type, JsonNode word) {
        return Enum.valueOf(type, word.stringValue().toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
