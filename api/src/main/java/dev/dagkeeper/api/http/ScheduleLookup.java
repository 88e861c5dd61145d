package dev.dagkeeper.api.http;

import dev.dagkeeper.config.NearestName;
import dev.dagkeeper.history.ScheduleStore;
import dev.dagkeeper.history.ScheduleStore.TriggerFilter;
import dev.dagkeeper.history.ScheduleStore.TriggerName;
import dev.dagkeeper.history.ScheduleStore.TriggerView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds the trigger that a request means. Thread-safe. */
final class ScheduleLookup {
    private static final String DEFAULT = "default";

    /** How many names are looked through for one that may be meant. */
    private static final int MOST_NAMES = 500;

    private final ScheduleStore schedules;

    ScheduleLookup(ScheduleStore schedules) {
        this.schedules = schedules;
    }

    /**
     * The trigger that the path's {@code id} means: {@code namespace.workflow.trigger}, where the namespace may be left out
     * when it is the default one, and the trigger when the workflow has no other.
     *
     * @throws ApiProblem 404 when there is none, 409 when there is more than one
     */
    TriggerView trigger(Call call) {
        return trigger(call.path("id"));
    }

    /** As {@link #trigger(Call)}, for what stands in a body. */
    TriggerView trigger(String selector) {
        var parts = selector.split("\\.", -1);
        var found = switch (parts.length) {
            case 1 -> only(DEFAULT, parts[0]);
            case 2 ->
                schedules.find(new TriggerName(DEFAULT, parts[0], parts[1])).or(() -> only(parts[0], parts[1]));
            case 3 -> schedules.find(new TriggerName(parts[0], parts[1], parts[2]));
            default -> Optional.<TriggerView>empty();
        };
        return found.orElseThrow(() -> notFound(selector));
    }

    private Optional<TriggerView> only(String namespace, String workflow) {
        var all = schedules.list(
                new TriggerFilter(Optional.of(namespace), Optional.of(workflow), Optional.empty(), MOST_NAMES));
        if (all.size() > 1) {
            throw ApiProblem.of(
                    409,
                    "ambiguous-schedule",
                    "workflow " + namespace + "/" + workflow + " has more than one trigger: "
                            + all.stream()
                                    .map(trigger -> trigger.name().toString())
                                    .collect(Collectors.joining(", "))
                            + "; name one of them");
        }
        return all.stream().findFirst();
    }

    private ApiProblem notFound(String selector) {
        var known = new ArrayList<String>();
        for (var trigger :
                schedules.list(new TriggerFilter(Optional.empty(), Optional.empty(), Optional.empty(), MOST_NAMES))) {
            var name = trigger.name();
            known.addAll(List.of(name.toString(), name.workflow() + "." + name.trigger(), name.workflow()));
        }
        return ApiProblem.of(
                404,
                "schedule-not-found",
                "there is no schedule '" + selector + "'; "
                        + NearestName.of(selector, known)
                                .map(near -> "did you mean '" + near + "'?")
                                .orElse("expected [NAMESPACE.]WORKFLOW[.TRIGGER], as 'dagkeeper schedules' lists them"
                                        + " (of a workflow that was deleted, name the trigger as well)"));
    }
}
