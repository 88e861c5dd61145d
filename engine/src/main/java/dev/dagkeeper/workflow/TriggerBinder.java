package dev.dagkeeper.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Binds one trigger: cron, interval, list of times, or dataset. */
final class TriggerBinder {
    private static final List<String> KINDS = List.of("cron", "every", "at", "datasets");

    private final Problems problems;

    TriggerBinder(Problems problems) {
        this.problems = problems;
    }

    /** The trigger; empty, and told, when it is not known of which kind it is. */
    Optional<WorkflowDraft.TriggerDraft> bind(Field key, Field value) {
        if (!(value.node() instanceof MappingNode map)) {
            MapReader.wrongKind(value, "a trigger: a map with 'cron', 'every', 'at' or 'datasets'", problems);
            return Optional.empty();
        }
        var kinds = map.getValue().stream()
                .map(entry -> entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "")
                .filter(KINDS::contains)
                .distinct()
                .toList();
        if (kinds.size() != 1) {
            problems.add(
                    kinds.isEmpty() ? Code.MISSING_KEY : Code.CONFLICT,
                    key,
                    "expected exactly one of 'cron', 'every', 'at', 'datasets', found "
                            + (kinds.isEmpty() ? "none" : String.join(" and ", kinds)));
            return Optional.empty();
        }
        var keys = switch (kinds.getFirst()) {
            case "cron" -> Keys.CRON_TRIGGER;
            case "every" -> Keys.INTERVAL_TRIGGER;
            case "at" -> Keys.TIMES_TRIGGER;
            default -> Keys.DATASET_TRIGGER;
        };
        return MapReader.open(value, key, keys, problems).map(opened -> bind(key, opened));
    }

    private WorkflowDraft.TriggerDraft bind(Field key, MapReader map) {
        var inputs = new ArrayList<WorkflowDraft.TriggerInput>();
        map.ifPresent(
                "inputs",
                f -> MapReader.each(
                        f, problems, (name, value) -> inputs.add(new WorkflowDraft.TriggerInput(name, value))));
        return new WorkflowDraft.TriggerDraft(key, new ScheduleBinder(problems).bind(map), map.get("cron"), inputs);
    }
}
