package dev.dagkeeper.api.http;

import dev.dagkeeper.history.AlertStore;
import dev.dagkeeper.history.AlertStore.Place;
import dev.dagkeeper.history.AlertStore.State;
import dev.dagkeeper.history.AlertStore.StoredAlert;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** Alerts, what became of them by each channel, and another try for those that were given up. Thread-safe. */
final class AlertResource {
    private static final Logger LOG = LoggerFactory.getLogger(AlertResource.class);

    private final AlertStore alerts;

    AlertResource(AlertStore alerts) {
        this.alerts = alerts;
    }

    List<Route> routes() {
        return List.of(Route.get("/v1/alerts", this::list), Route.post("/v1/alerts/{id}:retry", this::retry));
    }

    private Answer list(Call call) {
        var query = call.query("state", "pageSize", "pageToken");
        var size = query.pageSize();
        var found = alerts.list(query.text("state").map(AlertResource::state), PageTokens.alert(query), size);
        var json = Json.object();
        var items = json.putArray("items");
        found.forEach(alert -> items.add(json(alert)));
        json.put("nextPageToken", found.size() < size ? null : token(found.getLast()));
        return Answer.ok(json);
    }

    private static State state(String text) {
        try {
            return State.parse(text);
        } catch (IllegalArgumentException e) {
            throw ApiProblem.badParameter("state '" + text + "' is none of "
                    + Arrays.stream(State.values()).map(State::text).collect(Collectors.joining(", ")));
        }
    }

    private static String token(StoredAlert last) {
        return PageTokens.of(new Place(last.alert().at(), last.alert().id()));
    }

    private Answer retry(Call call) {
        call.query();
        var id = id(call.path("id"));
        var retried = alerts.retry(id);
        var alert = alerts.find(id).orElseThrow(() -> notFound(call.path("id")));
        if (retried == 0) {
            throw ApiProblem.of(
                    409,
                    "alert-not-dead",
                    "alert " + id + " is " + alert.state().text()
                            + "; only deliveries that were given up can be tried again");
        }
        LOG.info("alert to be sent again alert={} deliveries={} by={}", id, retried, call.by());
        return Answer.ok(json(alert));
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw notFound(text);
        }
    }

    private static ApiProblem notFound(String id) {
        return ApiProblem.of(404, "alert-not-found", "there is no alert '" + id + "'; 'dagkeeper alerts' lists them");
    }

    private static ObjectNode json(StoredAlert stored) {
        var alert = stored.alert();
        var json = Json.object();
        json.put("id", alert.id().toString());
        json.put("at", Json.time(alert.at()));
        json.put("kind", alert.kind());
        json.put("namespace", alert.namespace());
        json.put("workflow", alert.workflow());
        json.put("run", alert.run().map(Object::toString).orElse(null));
        json.put("subject", alert.subject());
        json.put("state", stored.state().text());
        json.set("data", alert.data());
        var deliveries = json.putArray("deliveries");
        for (var delivery : stored.deliveries()) {
            var item = deliveries.addObject();
            item.put("channel", delivery.channel());
            item.put("state", delivery.state().text());
            item.put("attempts", delivery.attempts());
            Json.put(item, "nextAt", delivery.nextAt());
            Json.putText(item, "error", delivery.error());
            item.put("changedAt", Json.time(delivery.changedAt()));
        }
        return json;
    }
}
