package dev.dagkeeper.api.client;

import dev.dagkeeper.api.client.Transport.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Calls about alerts. As {@link DagkeeperClient}, which gives it. */
public final class AlertsClient {
    private static final int PAGE = 500;
    private static final String JSON = "application/json";

    private final Transport transport;

    AlertsClient(Transport transport) {
        this.transport = transport;
    }

    /** Alerts, newest first; of one state or of all. */
    public List<JsonNode> list(Optional<String> state, int limit) {
        var alerts = new ArrayList<JsonNode>();
        Optional<String> page = Optional.empty();
        do {
            var path = Paths.of("/v1/alerts").with("pageSize", Math.min(PAGE, limit - alerts.size()));
            state.ifPresent(wanted -> path.with("state", wanted));
            page.ifPresent(token -> path.with("pageToken", token));
            var answer = transport.json(Request.get(path.toString(), JSON));
            answer.path("items").forEach(alerts::add);
            page = Fields.optional(answer, "nextPageToken");
        } while (page.isPresent() && alerts.size() < limit);
        return alerts;
    }

    /** Has an alert that was given up sent again. */
    public JsonNode retry(String id) {
        var path = Paths.of("/v1/alerts", id + ":retry").toString();
        return transport.json(new Request("POST", path, Map.of("Accept", JSON), new byte[0], Duration.ZERO));
    }
}
