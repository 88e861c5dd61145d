package dev.dagkeeper.api.http;

import dev.dagkeeper.history.ScheduleStore;
import dev.dagkeeper.history.ScheduleStore.FireFilter;
import dev.dagkeeper.history.ScheduleStore.TriggerFilter;
import dev.dagkeeper.history.ScheduleStore.TriggerName;
import dev.dagkeeper.history.ScheduleStore.TriggerView;
import dev.dagkeeper.schedule.FireOutcome;
import dev.dagkeeper.schedule.ScheduleJson;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The triggers of deployed workflows, when they fire, what came of it, and what operators say about them. Thread-safe. */
final class ScheduleResource {
    private static final Logger LOG = LoggerFactory.getLogger(ScheduleResource.class);
    private static final String ONE = "/v1/schedules/{id}";
    private static final int SHOWN_OF_ONE = 5;
    private static final int MOST_UPCOMING = 500;

    private final ScheduleStore schedules;
    private final ScheduleLookup lookup;
    private final RunCreation creation;
    private final RunBells bells;
    private final ShownTriggers shown;
    private final InstantSource clock;

    ScheduleResource(Collaborators with, RunCreation creation) {
        this.schedules = with.schedules();
        this.lookup = new ScheduleLookup(with.schedules());
        this.creation = creation;
        this.bells = with.bells();
        this.shown = new ShownTriggers(with.datasets());
        this.clock = with.clock();
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/schedules", this::list),
                Route.get(ONE, this::get),
                Route.get(ONE + "/fires", this::fires),
                Route.post(ONE + ":pause", this::pause),
                Route.post(ONE + ":resume", this::resume),
                Route.post(ONE + ":trigger", this::trigger));
    }

    private Answer list(Call call) {
        var query = call.query("namespace", "workflow", "pageSize", "pageToken");
        var size = query.pageSize();
        var found = schedules.list(
                new TriggerFilter(query.text("namespace"), query.text("workflow"), PageTokens.trigger(query), size));
        var now = clock.instant();
        var json = Json.object();
        var items = json.putArray("items");
        shown.of(found, now, 1).forEach(items::add);
        json.put(
                "nextPageToken",
                found.size() < size ? null : PageTokens.of(found.getLast().name()));
        return Answer.ok(json);
    }

    private Answer get(Call call) {
        call.query();
        return shown(lookup.trigger(call));
    }

    private Answer shown(TriggerView trigger) {
        return Answer.ok(
                shown.of(List.of(trigger), clock.instant(), SHOWN_OF_ONE).getFirst());
    }

    private Answer fires(Call call) {
        var query = call.query("outcome", "from", "until", "next", "after", "pageSize", "pageToken");
        var next = query.number("next", 1, MOST_UPCOMING);
        var trigger = lookup.trigger(call);
        if (next.isEmpty()) {
            refuse(query, List.of("after"), "goes with 'next', which asks for fires to come");
            return past(query, trigger);
        }
        refuse(
                query,
                List.of("outcome", "from", "until", "pageSize", "pageToken"),
                "is for fires with an outcome, 'next' asks for those to come");
        var json = Json.object();
        json.set(
                "items", TriggerJson.upcoming(trigger, query.time("after").orElseGet(clock::instant), next.getAsInt()));
        json.putNull("nextPageToken");
        return Answer.ok(json);
    }

    private static void refuse(Parameters query, List<String> names, String why) {
        for (var name : names) {
            if (query.text(name).isPresent()) {
                throw ApiProblem.badParameter("'" + name + "' " + why);
            }
        }
    }

    private Answer past(Parameters query, TriggerView trigger) {
        var size = query.pageSize();
        var until = PageTokens.fire(query).or(() -> query.time("until"));
        var found = schedules.fires(new FireFilter(trigger.name(), outcomes(query), query.time("from"), until, size));
        var schedule = ScheduleJson.read(trigger.schedule());
        var json = Json.object();
        var items = json.putArray("items");
        found.forEach(fire -> items.add(TriggerJson.past(fire, schedule)));
        json.put(
                "nextPageToken",
                found.size() < size ? null : PageTokens.of(found.getLast().fire()));
        return Answer.ok(json);
    }

    private static Set<FireOutcome> outcomes(Parameters query) {
        var outcomes = EnumSet.noneOf(FireOutcome.class);
        query.text("outcome").ifPresent(texts -> {
            for (var text : texts.split(",", -1)) {
                outcomes.add(Arrays.stream(FireOutcome.values())
                        .filter(outcome -> outcome.text().equals(text))
                        .findFirst()
                        .orElseThrow(() -> ApiProblem.badParameter("expected outcomes among "
                                + Arrays.stream(FireOutcome.values())
                                        .map(FireOutcome::text)
                                        .collect(Collectors.joining(", "))
                                + " for 'outcome', found '" + text + "'")));
            }
        });
        return outcomes;
    }

    private Answer pause(Call call) {
        call.query();
        var name = lookup.trigger(call).name();
        return changed("paused", call, name, schedules.pause(name, call.by()));
    }

    private Answer resume(Call call) {
        call.query();
        var name = lookup.trigger(call).name();
        return changed("resumed", call, name, schedules.resume(name, call.by()));
    }

    private Answer changed(String what, Call call, TriggerName name, Optional<TriggerView> now) {
        var trigger = now.orElseThrow(() -> removed(name));
        ring(bells::triggersChanged);
        LOG.info("trigger {} trigger={} by={}", what, name, call.by());
        return shown(trigger);
    }

    /** Starts a run by hand, as the trigger would: with its inputs, for its last complete interval. */
    private Answer trigger(Call call) throws IOException, InterruptedException {
        call.query();
        var trigger = lookup.trigger(call);
        if (trigger.removedAt().isPresent()) {
            throw removed(trigger.name());
        }
        return creation.create(call, trigger.name(), trigger.revision());
    }

    static ApiProblem removed(TriggerName name) {
        return ApiProblem.of(
                409,
                "schedule-removed",
                "no deployed revision of workflow " + name.namespace() + "/" + name.workflow() + " has trigger '"
                        + name.trigger() + "' any more; its fires are still listed");
    }

    /** Who is not told by a bell finds out by looking: what it was rung for is stored. */
    static void ring(Runnable bell) {
        try {
            bell.run();
        } catch (RuntimeException e) {
            LOG.debug("bell not rung", e);
        }
    }
}
