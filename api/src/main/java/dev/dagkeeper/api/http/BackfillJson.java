package dev.dagkeeper.api.http;

import dev.dagkeeper.history.BackfillStore.BackfillView;
import dev.dagkeeper.history.ScheduleStore.TriggerView;
import dev.dagkeeper.schedule.Backfill;
import dev.dagkeeper.schedule.ScheduleJson;
import dev.dagkeeper.schedule.ScheduleText;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** Backfills in JSON. Scripts rely on these names. */
final class BackfillJson {
    /** Fires that a dry run shows one by one. */
    private static final int MOST_SHOWN = 500;

    private BackfillJson() {}

    /** A fire that would be started, with what has become of it so far. */
    record Start(Instant fire, Backfill.Before before) {}

    static ObjectNode backfill(BackfillView view) {
        var asked = view.asked();
        var name = asked.trigger();
        var json = Json.object();
        json.put("id", view.id());
        json.put("schedule", name.toString());
        json.put("namespace", name.namespace());
        json.put("workflow", name.workflow());
        json.put("trigger", name.trigger());
        json.put("revision", asked.revision());
        json.put("state", state(view));
        json.put("from", Json.time(asked.from()));
        json.put("to", Json.time(asked.until()));
        json.put("reprocess", asked.reprocess().text());
        json.put("maxActive", asked.maxActive());
        json.put("order", asked.direction().text());
        json.set("inputs", Json.values(asked.inputs()));
        json.put("priority", asked.priority());
        putProgress(json, view);
        json.put("createdAt", Json.time(view.createdAt()));
        json.put("createdBy", asked.by());
        Json.put(json, "pausedAt", view.pausedAt());
        Json.put(json, "cancelledAt", view.cancelledAt());
        Json.putText(json, "changedBy", view.changedBy());
        Json.put(json, "endedAt", view.endedAt());
        return json;
    }

    static String state(BackfillView view) {
        return view.state().name().toLowerCase(Locale.ROOT);
    }

    private static void putProgress(ObjectNode json, BackfillView view) {
        var asked = view.asked();
        long remaining = Backfill.of(ScheduleJson.read(asked.schedule()), asked.direction())
                .remaining(view.cursor());
        long started =
                view.started().values().stream().mapToLong(Integer::longValue).sum();
        var progress = json.putObject("progress");
        progress.put("fires", asked.fires());
        progress.put("remaining", remaining);
        progress.put("started", started);
        progress.put("passedOver", asked.fires() - remaining - started);
        var runs = progress.putObject("runs");
        view.started().forEach(runs::put);
        Json.put(progress, "cursor", view.cursor());
    }

    /** What a backfill would start. */
    static ObjectNode plan(TriggerView trigger, Backfill plan, int fires, List<Start> starts) {
        var schedule = plan.schedule();
        var json = Json.object();
        json.put("schedule", trigger.name().toString());
        json.put("revision", trigger.revision());
        json.put("fires", fires);
        json.put("starts", starts.size());
        var items = json.putArray("items");
        starts.stream().limit(MOST_SHOWN).forEach(start -> {
            var interval = plan.interval(start.fire());
            var item = items.addObject();
            item.put("fire", Json.time(start.fire()));
            item.put("local", ScheduleText.local(schedule, start.fire()));
            item.putObject("interval").put("start", Json.time(interval.start())).put("end", Json.time(interval.end()));
            item.put("before", start.before().name().toLowerCase(Locale.ROOT));
        });
        return json;
    }
}
