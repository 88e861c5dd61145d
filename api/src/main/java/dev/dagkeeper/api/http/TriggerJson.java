package dev.dagkeeper.api.http;

import dev.dagkeeper.history.DatasetStore.Waiting;
import dev.dagkeeper.history.ScheduleStore.FireView;
import dev.dagkeeper.history.ScheduleStore.TriggerView;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.schedule.Fires;
import dev.dagkeeper.schedule.ScheduleJson;
import dev.dagkeeper.schedule.ScheduleText;
import dev.dagkeeper.schedule.Updates;
import dev.dagkeeper.workflow.Schedule;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Triggers and fires in JSON. Scripts rely on these names. */
final class TriggerJson {
    private TriggerJson() {}

    /**
     * A trigger.
     *
     * @param next how many of its next fires to show
     * @param waiting of one on datasets what it has not seen of each
     */
    static ObjectNode trigger(TriggerView view, Instant now, int next, List<Waiting> waiting) {
        var name = view.name();
        var schedule = ScheduleJson.read(view.schedule());
        var json = Json.object();
        json.put("id", name.toString());
        json.put("namespace", name.namespace());
        json.put("workflow", name.workflow());
        json.put("trigger", name.trigger());
        json.put("revision", view.revision());
        putState(json, view);
        json.put("when", ScheduleText.when(schedule));
        json.put("timezone", ScheduleText.zone(schedule).getId());
        json.set("schedule", Json.parse(view.schedule().getBytes(StandardCharsets.UTF_8)));
        json.set("next", isActive(view) ? upcoming(view, now, next) : Json.array());
        putWaiting(json, schedule, waiting, now);
        json.put("since", Json.time(view.since()));
        Json.put(json, "cursor", view.cursor());
        json.put("failures", view.failures());
        return json;
    }

    private static void putWaiting(ObjectNode json, Schedule schedule, List<Waiting> waiting, Instant now) {
        var updates = json.putArray("updates");
        for (var one : waiting) {
            var item = updates.addObject();
            item.put("uri", one.uri());
            item.put("count", one.updates());
            Json.put(item, "first", one.first());
            Json.put(item, "last", one.last());
        }
        if (schedule.when() instanceof Schedule.When.Datasets rule && !waiting.isEmpty()) {
            var unseen = new Updates(rule);
            waiting.forEach(one -> one.first()
                    .ifPresent(first -> unseen.add(one.uri(), first, one.last().orElse(first))));
            json.put("waitsFor", unseen.words(now));
        } else {
            json.putNull("waitsFor");
        }
    }

    private static boolean isActive(TriggerView view) {
        return view.removedAt().isEmpty()
                && view.pausedAt().isEmpty()
                && view.suspendedAt().isEmpty();
    }

    private static void putState(ObjectNode json, TriggerView view) {
        var removed = view.removedAt().map(at -> "no deployed revision has it since " + at);
        var paused = view.pausedAt()
                .map(at -> "paused by " + view.pausedBy())
                .or(() -> view.suspendedAt().map(at -> view.suspension()));
        json.put("state", removed.isPresent() ? "removed" : paused.isPresent() ? "paused" : "active");
        Json.putText(json, "reason", removed.or(() -> paused).orElse(""));
        Json.put(json, "pausedAt", view.pausedAt().or(view::suspendedAt));
        Json.put(json, "resumedAt", view.resumedAt());
        Json.put(json, "removedAt", view.removedAt());
    }

    /** The fires after a time, as if it were not paused; none of a trigger that is removed. */
    static ArrayNode upcoming(TriggerView view, Instant after, int most) {
        var array = Json.array();
        if (view.removedAt().isPresent()) {
            return array;
        }
        var name = view.name();
        var schedule = ScheduleJson.read(view.schedule());
        var fires = Fires.of(schedule);
        Stream.iterate(fires.next(after), Optional::isPresent, fire -> fire.flatMap(fires::next))
                .flatMap(Optional::stream)
                .limit(most)
                .forEach(fire -> {
                    var item = fire(array.addObject(), schedule, fire);
                    var interval = fires.interval(fire);
                    item.put(
                            "startsAt",
                            Json.time(fires.startAt(name.namespace() + "/" + name.workflow(), name.trigger(), fire)));
                    item.putObject("interval")
                            .put("start", Json.time(interval.start()))
                            .put("end", Json.time(interval.end()));
                });
        return array;
    }

    /** What came of a fire. */
    static ObjectNode past(FireView view, Schedule schedule) {
        var json = fire(Json.object(), schedule, view.fire());
        json.put("outcome", view.outcome().text());
        Json.putText(json, "reason", view.reason());
        json.put("run", view.run().map(RunId::toString).orElse(null));
        json.put("runState", view.runState().orElse(null));
        json.put("decidedAt", Json.time(view.decidedAt()));
        return json;
    }

    private static ObjectNode fire(ObjectNode json, Schedule schedule, Instant fire) {
        json.put("fire", Json.time(fire));
        json.put("local", ScheduleText.local(schedule, fire));
        return json;
    }
}
