package dev.dagkeeper.api.http;

import dev.dagkeeper.history.DatasetStore;
import dev.dagkeeper.history.DatasetStore.DatasetView;
import dev.dagkeeper.history.DatasetStore.EventFilter;
import dev.dagkeeper.history.DatasetStore.EventView;
import dev.dagkeeper.history.DatasetStore.Link;
import dev.dagkeeper.history.DatasetStore.NewEvent;
import dev.dagkeeper.history.DatasetStore.Outcome;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.workflow.DatasetUri;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/** Datasets, their updates, and updates from outside. Thread-safe. */
final class DatasetResource {
    private static final Logger LOG = LoggerFactory.getLogger(DatasetResource.class);
    private static final String EVENTS = "/v1/dataset-events";

    /** As JSON, in characters. */
    private static final int LONGEST_DATA = 16_384;

    private final DatasetStore datasets;
    private final RunBells bells;

    DatasetResource(Collaborators with) {
        this.datasets = with.datasets();
        this.bells = with.bells();
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/datasets", this::list),
                Route.get(EVENTS, this::events),
                Route.post(EVENTS, this::record),
                Route.get(EVENTS + "/{id}", this::get));
    }

    private Answer list(Call call) {
        var query = call.query("pageSize", "pageToken");
        var size = query.pageSize();
        var found = datasets.list(PageTokens.dataset(query), size);
        var json = Json.object();
        var items = json.putArray("items");
        found.forEach(dataset -> items.add(json(dataset)));
        json.put(
                "nextPageToken",
                found.size() < size
                        ? null
                        : PageTokens.ofDataset(found.getLast().uri()));
        return Answer.ok(json);
    }

    private Answer events(Call call) {
        var query = call.query("uri", "run", "pageSize", "pageToken");
        var size = query.pageSize();
        var found = datasets.events(new EventFilter(
                query.text("uri"), query.text("run").map(DatasetResource::run), PageTokens.datasetEvent(query), size));
        var json = Json.object();
        var items = json.putArray("items");
        found.forEach(event -> items.add(json(event)));
        json.put(
                "nextPageToken",
                found.size() < size
                        ? null
                        : PageTokens.ofDatasetEvent(found.getLast().id()));
        return Answer.ok(json);
    }

    private static RunId run(String text) {
        try {
            return RunId.parse(text);
        } catch (IllegalArgumentException e) {
            throw ApiProblem.badParameter("expected the full id of a run for 'run', found '" + text + "'");
        }
    }

    private Answer record(Call call) throws IOException {
        call.query();
        call.contentType(Source.JSON);
        var body = call.body(call.limits().jsonBytes());
        var key = call.header("Idempotency-Key").map(k -> RunCreation.idempotency(k, "dataset-event", body));
        var fields = BodyFields.parse(body, Set.of("uri", "at", "data"));
        var uri = fields.requiredText("uri");
        if (!DatasetUri.isOne(uri)) {
            throw ApiProblem.invalidBody(
                    "expected 'uri' to be a URI with a scheme, such as s3://raw/orders, of at most "
                            + DatasetUri.LONGEST + " characters, found '" + uri + "'");
        }
        var at = fields.text("at")
                .map(text -> Parameters.parseTime(text)
                        .orElseThrow(() -> ApiProblem.invalidBody(
                                "expected a time such as 2026-01-31T12:00:00Z for 'at', found '" + text + "'")));
        var outcome = datasets.record(new NewEvent(uri, at, data(fields), call.by(), key));
        return switch (outcome) {
            case Outcome.Recorded(var id) -> {
                LOG.info("dataset updated uri={} event={} by={}", uri, id, call.by());
                ScheduleResource.ring(bells::datasetUpdated);
                yield answer(id, Map.of());
            }
            case Outcome.Replayed(var id) -> answer(id, Map.of("Idempotency-Replayed", "true"));
            case Outcome.KeyTaken(var id) ->
                throw ApiProblem.of(
                        422,
                        "idempotency-key-reused",
                        "this Idempotency-Key recorded dataset event " + id
                                + " with another body; use a new key for another event");
        };
    }

    private static Optional<JsonNode> data(BodyFields fields) {
        var data = fields.map("data");
        if (data.isEmpty()) {
            return Optional.empty();
        }
        var json = Json.values(data);
        var length = json.toString().length();
        if (length > LONGEST_DATA) {
            throw ApiProblem.invalidBody("expected at most " + LONGEST_DATA + " characters of JSON for 'data', found "
                    + length + "; put the rest where the dataset is");
        }
        return Optional.of(json);
    }

    private Answer answer(long id, Map<String, String> headers) {
        var event = datasets.find(id)
                .orElseThrow(() -> new IllegalStateException("dataset event " + id + ", just stored, is not there"));
        var all = new HashMap<>(headers);
        all.put("Location", EVENTS + "/" + id);
        return new Answer.Json(201, json(event), all);
    }

    private Answer get(Call call) {
        call.query();
        return Answer.ok(json(datasets.find(id(call)).orElseThrow(() -> notFound(call))));
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
                "dataset-event-not-found",
                "there is no dataset event '" + call.path("id")
                        + "'; expected a number, as 'dagkeeper datasets events' shows them");
    }

    private static ObjectNode json(EventView event) {
        var json = Json.object();
        json.put("id", event.id());
        json.put("uri", event.uri());
        json.put("at", Json.time(event.at()));
        json.put("recordedAt", Json.time(event.recordedAt()));
        var source = event.source();
        json.put("namespace", source.map(DatasetStore.Source::namespace).orElse(null));
        json.put("workflow", source.map(DatasetStore.Source::workflow).orElse(null));
        json.put("run", source.map(from -> from.run().toString()).orElse(null));
        json.put("step", source.map(DatasetStore.Source::step).orElse(null));
        Json.putText(json, "recordedBy", event.by());
        json.set("data", event.data().orElse(NullNode.getInstance()));
        var uses = json.putArray("consumedBy");
        event.uses()
                .forEach(use -> uses.addObject()
                        .put("schedule", use.trigger().toString())
                        .put("fire", Json.time(use.fire()))
                        .put("run", use.run().map(RunId::toString).orElse(null)));
        return json;
    }

    private static ObjectNode json(DatasetView dataset) {
        var json = Json.object();
        json.put("uri", dataset.uri());
        json.put("lastEvent", dataset.last().map(DatasetStore.LastEvent::id).orElse(null));
        Json.put(json, "updatedAt", dataset.last().map(DatasetStore.LastEvent::at));
        var producers = json.putArray("producers");
        dataset.producers().forEach(step -> producers.add(link(step).put("step", step.name())));
        var consumers = json.putArray("consumers");
        dataset.consumers().forEach(trigger -> consumers.add(link(trigger).put("trigger", trigger.name())));
        return json;
    }

    private static ObjectNode link(Link link) {
        return Json.object().put("namespace", link.namespace()).put("workflow", link.workflow());
    }
}
