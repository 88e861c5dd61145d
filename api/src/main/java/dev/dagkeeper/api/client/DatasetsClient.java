package dev.dagkeeper.api.client;

import dev.dagkeeper.api.client.Transport.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Calls about datasets. As {@link DagkeeperClient}, which gives it. */
public final class DatasetsClient {
    private static final int PAGE = 500;
    private static final String JSON = "application/json";

    private final Transport transport;

    DatasetsClient(Transport transport) {
        this.transport = transport;
    }

    /** All datasets, by their URIs. */
    public List<JsonNode> list() {
        return pages(Paths.of("/v1/datasets").toString(), Map.of(), Integer.MAX_VALUE);
    }

    /** Updates, newest first; of one dataset, or those that one run was created for, or all. */
    public List<JsonNode> events(Optional<String> uri, Optional<String> run, int limit) {
        var filters = new java.util.TreeMap<String, String>();
        uri.ifPresent(text -> filters.put("uri", text));
        run.ifPresent(id -> filters.put("run", id));
        return pages("/v1/dataset-events", filters, limit);
    }

    private List<JsonNode> pages(String list, Map<String, String> filters, int limit) {
        var all = new ArrayList<JsonNode>();
        Optional<String> page = Optional.empty();
        do {
            var path = Paths.of(list).with("pageSize", Math.min(PAGE, limit - all.size()));
            filters.forEach(path::with);
            page.ifPresent(token -> path.with("pageToken", token));
            var answer = transport.json(Request.get(path.toString(), JSON));
            answer.path("items").forEach(all::add);
            page = Fields.optional(answer, "nextPageToken");
        } while (page.isPresent() && all.size() < limit);
        return all;
    }

    /**
     * Records an update.
     *
     * @param request as the API describes it
     * @param key the same key never records a second one
     */
    public JsonNode record(ObjectNode request, String key) {
        return transport.json(new Request(
                "POST",
                "/v1/dataset-events",
                Map.of("Accept", JSON, "Content-Type", JSON, "Idempotency-Key", key),
                request.toString().getBytes(StandardCharsets.UTF_8),
                Duration.ZERO));
    }
}
