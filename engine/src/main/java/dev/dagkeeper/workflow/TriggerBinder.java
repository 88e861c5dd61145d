package dev.dagkeeper.workflow;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Binds one trigger: cron, interval or dataset. */
final class TriggerBinder {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);
    private static final int MOST_RUNS = 100_000;

    private final WorkflowDraft draft;
    private final Problems problems;
    private final Scalars scalars;

    TriggerBinder(WorkflowDraft draft, Problems problems) {
        this.draft = draft;
        this.problems = problems;
        this.scalars = new Scalars(problems);
    }

    void bind(Field key, Field value) {
        if (!(value.node() instanceof MappingNode map)) {
            MapReader.wrongKind(value, "a trigger: a map with 'cron', 'every' or 'datasets'", problems);
            return;
        }
        var kinds = map.getValue().stream()
                .map(entry -> entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "")
                .filter(List.of("cron", "every", "datasets")::contains)
                .distinct()
                .toList();
        if (kinds.size() != 1) {
            problems.add(
                    kinds.isEmpty() ? Code.MISSING_KEY : Code.CONFLICT,
                    key,
                    "expected exactly one of 'cron', 'every', 'datasets', found "
                            + (kinds.isEmpty() ? "none" : String.join(" and ", kinds)));
            return;
        }
        var keys = switch (kinds.getFirst()) {
            case "cron" -> Keys.CRON_TRIGGER;
            case "every" -> Keys.INTERVAL_TRIGGER;
            default -> Keys.DATASET_TRIGGER;
        };
        MapReader.open(value, key, keys, problems).ifPresent(this::bind);
    }

    private void bind(MapReader map) {
        map.ifPresent("cron", field -> {
            scalars.text(field).ifPresent(text -> checkCron(field, text));
            map.require("timezone", "such as 'timezone: Europe/Stockholm', or UTC");
        });
        map.ifPresent("timezone", this::timezone);
        map.ifPresent(
                "dst",
                f -> MapReader.open(f, Keys.DST, problems).ifPresent(dst -> {
                    dst.ifPresent("gap", gap -> scalars.oneOf(gap, List.of("run-after", "skip")));
                    dst.ifPresent("overlap", overlap -> scalars.oneOf(overlap, List.of("once", "twice")));
                }));
        interval(map);
        map.ifPresent("datasets", this::datasets);
        duration(map, "debounce", Duration.ZERO);
        map.ifPresent("from", scalars::dateOrTime);
        map.ifPresent("until", scalars::dateOrTime);
        duration(map, "jitter", Duration.ZERO);
        duration(map, "start-deadline", SHORTEST);
        map.ifPresent("pause-on-failure", f -> scalars.integer(f, 1, 1000));
        map.ifPresent("catchup", f -> MapReader.open(f, Keys.CATCHUP, problems).ifPresent(this::catchup));
        map.ifPresent(
                "inputs",
                f -> MapReader.each(
                        f,
                        problems,
                        (name, value) -> draft.triggerInputs.add(new WorkflowDraft.TriggerInput(name, value))));
    }

    private void checkCron(Field field, String text) {
        CronSyntax.problem(text)
                .ifPresent(found -> problems.add(
                        Code.BAD_CRON,
                        field,
                        "'" + TypedValue.shorten(text) + "': " + found,
                        "such as \"30 2 * * *\" for 02:30 every day"));
    }

    private void timezone(Field field) {
        scalars.text(field).ifPresent(text -> {
            if (!ZoneId.getAvailableZoneIds().contains(text)) {
                problems.add(
                        Code.BAD_TIMEZONE,
                        field,
                        "unknown time zone '" + TypedValue.shorten(text) + "'",
                        nearestZone(text));
            }
        });
    }

    private static String nearestZone(String text) {
        var zones = new java.util.TreeSet<>(ZoneId.getAvailableZoneIds());
        for (var zone : zones) {
            if (zone.equalsIgnoreCase(text)
                    || zone.toLowerCase(java.util.Locale.ROOT)
                            .endsWith("/"
                                    + text.toLowerCase(java.util.Locale.ROOT).replace(' ', '_'))) {
                return "did you mean '" + zone + "'?";
            }
        }
        var hint = Nearest.hint(text, zones);
        return hint.isEmpty() ? "such as Europe/Stockholm or UTC" : hint;
    }

    private void interval(MapReader map) {
        var every = map.get("every").flatMap(f -> scalars.duration(f, SHORTEST_INTERVAL, RetryBinder.LONGEST));
        map.ifPresent(
                "offset",
                field -> scalars.duration(field, Duration.ZERO, RetryBinder.LONGEST)
                        .filter(offset -> every.isPresent() && offset.compareTo(every.get()) >= 0)
                        .ifPresent(offset -> problems.add(
                                Code.CONFLICT, field, "offset " + field.text() + " is not shorter than the interval")));
    }

    private void duration(MapReader map, String key, Duration min) {
        map.ifPresent(key, f -> scalars.duration(f, min, RetryBinder.LONGEST));
    }

    private void datasets(Field field) {
        MapReader.open(field, Keys.DATASETS, problems).ifPresent(map -> {
            for (var kind : Keys.DATASETS.names()) {
                map.ifPresent(kind, uris -> scalars.texts(uris).forEach(uri -> DatasetUris.check(uri, problems)));
            }
            if (map.has("all") == map.has("any")) {
                problems.add(Code.CONFLICT, field, "expected exactly one of 'all', 'any'");
            }
        });
    }

    private void catchup(MapReader map) {
        map.require("mode", "one of none, latest, all")
                .ifPresent(f -> scalars.oneOf(f, List.of("none", "latest", "all")));
        duration(map, "window", SHORTEST);
        map.ifPresent("max-runs", f -> scalars.integer(f, 1, MOST_RUNS));
        map.ifPresent("order", f -> scalars.oneOf(f, List.of("oldest-first", "newest-first")));
    }
}
