package dev.dagkeeper.api.http;

import dev.dagkeeper.history.DatasetStore;
import dev.dagkeeper.history.ScheduleStore.TriggerView;
import dev.dagkeeper.schedule.ScheduleJson;
import dev.dagkeeper.workflow.Schedule;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Triggers in JSON, those on datasets with what they wait for. Asks the store only where there are such. Thread-safe. */
record ShownTriggers(DatasetStore datasets) {
    /**
     * The triggers in their order.
     *
     * @param next how many of the next fires of each to show
     */
    List<ObjectNode> of(Collection<TriggerView> triggers, Instant now, int next) {
        var waiting = datasets.waiting(triggers.stream()
                .filter(ShownTriggers::isOnDatasets)
                .map(TriggerView::name)
                .toList());
        return triggers.stream()
                .map(trigger ->
                        TriggerJson.trigger(trigger, now, next, waiting.getOrDefault(trigger.name(), List.of())))
                .toList();
    }

    private static boolean isOnDatasets(TriggerView trigger) {
        return trigger.removedAt().isEmpty()
                && ScheduleJson.read(trigger.schedule()).when() instanceof Schedule.When.Datasets;
    }
}
