package dev.dagkeeper.api.http;

import dev.dagkeeper.history.BackfillStore;
import dev.dagkeeper.history.BackfillStore.BackfillFilter;
import dev.dagkeeper.history.BackfillStore.BackfillView;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Backfills: fires that are gone through once more, how far that has come, and what operators say about it. Thread-safe. */
final class BackfillResource {
    private static final Logger LOG = LoggerFactory.getLogger(BackfillResource.class);
    private static final String ONE = "/v1/backfills/{id}";

    private final BackfillStore backfills;
    private final BackfillCreation creation;
    private final RunBells bells;

    BackfillResource(Collaborators with, Revisions revisions) {
        this.backfills = with.backfills();
        this.creation = new BackfillCreation(with, revisions);
        this.bells = with.bells();
    }

    List<Route> routes() {
        return List.of(
                Route.post("/v1/backfills", creation::create),
                Route.get("/v1/backfills", this::list),
                Route.get(ONE, this::get),
                Route.post(ONE + ":pause", call -> change(call, "paused", backfills::pause)),
                Route.post(ONE + ":resume", call -> change(call, "resumed", backfills::resume)),
                Route.post(ONE + ":cancel", call -> change(call, "cancelled", backfills::cancel)));
    }

    private Answer list(Call call) {
        var query = call.query("namespace", "workflow", "pageSize", "pageToken");
        var size = query.pageSize();
        var found = backfills.list(
                new BackfillFilter(query.text("namespace"), query.text("workflow"), PageTokens.backfill(query), size));
        var json = Json.object();
        var items = json.putArray("items");
        found.forEach(view -> items.add(BackfillJson.backfill(view)));
        json.put(
                "nextPageToken",
                found.size() < size
                        ? null
                        : PageTokens.ofBackfill(found.getLast().id()));
        return Answer.ok(json);
    }

    private Answer get(Call call) {
        call.query();
        var id = id(call);
        return Answer.ok(BackfillJson.backfill(backfills.find(id).orElseThrow(() -> notFound(call))));
    }

    /** What an operator says. */
    private interface Change {
        Optional<BackfillView> apply(long id, String by);
    }

    private Answer change(Call call, String what, Change change) {
        call.query();
        var view = change.apply(id(call), call.by()).orElseThrow(() -> notFound(call));
        var ended = switch (view.state()) {
            case RUNNING, PAUSED -> false;
            case CANCELLING, CANCELLED -> !what.equals("cancelled");
            case FINISHED -> true;
        };
        if (ended) {
            throw ApiProblem.of(
                    409,
                    "backfill-ended",
                    "backfill " + view.id() + " is " + BackfillJson.state(view) + " and cannot be " + what
                            + "; create another for what is left to do");
        }
        ScheduleResource.ring(bells::triggersChanged);
        LOG.info("backfill {} backfill={} by={}", what, view.id(), call.by());
        return Answer.ok(BackfillJson.backfill(view));
    }

    private static long id(Call call) {
        try {
            return Long.parseLong(call.path("id"));
        } catch (NumberFormatException e) {
            throw notFound(call);
        }
    }

    private static ApiProblem notFound(Call call) {
        return ApiProblem.of(
                404,
                "backfill-not-found",
                "there is no backfill '" + call.path("id")
                        + "'; expected a number, as 'dagkeeper backfill list' shows them");
    }
}
