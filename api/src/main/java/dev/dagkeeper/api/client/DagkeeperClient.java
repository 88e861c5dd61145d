package dev.dagkeeper.api.client;

import dev.dagkeeper.api.client.Transport.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Calls one server. Every method throws {@link ApiException} when the server refuses, and {@link UnreachableException} when
 * it does not answer. Thread-safe. Runs are named by id, unambiguous prefix, {@code @latest} or {@code @failed}.
 */
public final class DagkeeperClient {
    private static final int PAGE = 500;
    private static final String JSON = "application/json";
    private static final byte[] NOTHING = new byte[0];

    private final Transport transport;

    public DagkeeperClient(ServerAddress address) {
        this.transport = new Transport(address);
    }

    /** The server it calls. */
    public ServerAddress address() {
        return transport.address();
    }

    /** Whether the server answers at all. */
    public boolean isAlive() {
        try {
            return transport.json(Request.get("/livez", JSON)).has("status");
        } catch (ClientException e) {
            return false;
        }
    }

    /** Starts a run, and gives it as stored; sending it again with the same key gives the same run. */
    public Run submit(RunRequest request) {
        var body = JsonMapper.shared().createObjectNode();
        switch (request.what()) {
            case RunRequest.Deployed deployed ->
                body.put("workflow", deployed.workflow()).put("namespace", deployed.namespace());
            case RunRequest.Source source -> putSource(body, source.file());
        }
        if (!request.inputs().isEmpty()) {
            body.set("inputs", request.inputs());
        }
        request.at().ifPresent(at -> body.put("at", at));
        request.trigger().ifPresent(trigger -> body.put("trigger", trigger));
        request.priority().ifPresent(priority -> body.put("priority", priority));
        return new Run(transport.json(send("POST", "/v1/runs", body, Map.of("Idempotency-Key", request.key()))));
    }

    /** One run with its steps. */
    public Run run(String run) {
        return new Run(get(Paths.run(run, "")));
    }

    /** The run as soon as it is final, or as it is when the time is up; at most 60 s, in whole seconds. */
    public Run awaitFinal(String run, Duration atMost) {
        var path = Paths.run(run, "").with("wait", atMost.toSeconds()).toString();
        return new Run(transport.json(new Request("GET", path, Map.of("Accept", JSON), NOTHING, atMost)));
    }

    /** Runs, newest first, as many pages as the limit needs. */
    public List<Run> runs(RunQuery query) {
        var runs = new ArrayList<Run>();
        Optional<String> page = Optional.empty();
        do {
            var path = Paths.of("/v1/runs").with("pageSize", Math.min(PAGE, query.limit() - runs.size()));
            query.states().ifPresent(states -> path.with("state", states));
            query.workflow().ifPresent(workflow -> path.with("workflow", workflow));
            query.createdAfter().ifPresent(after -> path.with("createdAfter", after));
            if (query.steps()) {
                path.with("steps", true);
            }
            page.ifPresent(token -> path.with("pageToken", token));
            var answer = get(path);
            answer.path("items").forEach(run -> runs.add(new Run(run)));
            page = Fields.optional(answer, "nextPageToken");
        } while (page.isPresent() && runs.size() < query.limit());
        return runs;
    }

    /** All steps of a run, page by page: for runs whose answer leaves them out. */
    public List<RunStep> steps(String run) {
        return all(() -> Paths.run(run, "/steps")).stream().map(RunStep::new).toList();
    }

    /** Every attempt at a step or instance, oldest first. */
    public JsonNode attempts(String run, String step) {
        return get(Paths.run(run, "/steps/" + Paths.of("", step).toString().substring(1) + "/attempts"));
    }

    /** The DAG with states. */
    public JsonNode graph(String run) {
        return get(Paths.run(run, "/graph"));
    }

    /** Why the run, or one step of it, is not running, or why it ended so. */
    public JsonNode why(String run, Optional<String> step) {
        var path = Paths.run(run, "/why");
        step.ifPresent(name -> path.with("step", name));
        return get(path);
    }

    /** Asks for a run to be cancelled, or killed when {@code kill}; the answer says whether that was applied. */
    public JsonNode end(String run, boolean kill) {
        var path = Paths.run(run, kill ? ":kill" : ":cancel").toString();
        return transport.json(new Request("POST", path, Map.of("Accept", JSON), NOTHING, Duration.ofSeconds(5)));
    }

    /** Calls back with every event after the given number until the run is final and all is told. */
    public EventStream events(String run, long since, Consumer<RunEvent> listener) {
        return new EventStream(transport, run, since, listener);
    }

    /** The log as the bytes that were written; the stream is to be closed. */
    public LogStream logs(String run, LogQuery query) {
        return LogStream.open(transport, run, query, "text/plain");
    }

    /** The log as chunks, one JSON object a line; the stream is to be closed. */
    public LogStream logChunks(String run, LogQuery query) {
        return LogStream.open(transport, run, query, "application/x-ndjson");
    }

    /** Checks a workflow without storing anything. */
    public JsonNode validate(SourceFile file) {
        return transport.json(send("POST", "/v1/workflows:validate", putSource(object(), file), Map.of()));
    }

    /** Registers a workflow; the answer says whether that changed anything. */
    public JsonNode deploy(String namespace, String name, SourceFile file) {
        var path = workflowPath(namespace, name).toString();
        return transport.json(send("PUT", path, putSource(object(), file), Map.of()));
    }

    /** Deployed workflows by namespace and name. */
    public List<JsonNode> workflows() {
        return all(() -> Paths.of("/v1/workflows"));
    }

    /** The newest revision of a workflow, with its source. */
    public JsonNode workflow(String namespace, String name) {
        return get(workflowPath(namespace, name));
    }

    /** One revision of a workflow, with its source. */
    public JsonNode revision(String namespace, String name, int revision) {
        return get(Paths.of("/v1/namespaces", namespace, "workflows", name, "revisions", Integer.toString(revision)));
    }

    /** Ends what a workflow's name means, and its triggers; its runs stay. */
    public void undeploy(String namespace, String name) {
        transport.json(new Request(
                "DELETE", workflowPath(namespace, name).toString(), Map.of("Accept", JSON), NOTHING, Duration.ZERO));
    }

    /** Triggers of deployed workflows, in order of their ids, each with its next fire. */
    public List<JsonNode> schedules(Optional<String> namespace, Optional<String> workflow) {
        return all(() -> {
            var path = Paths.of("/v1/schedules");
            namespace.ifPresent(name -> path.with("namespace", name));
            workflow.ifPresent(name -> path.with("workflow", name));
            return path;
        });
    }

    /** One trigger: {@code [namespace.]workflow[.trigger]}. */
    public JsonNode schedule(String schedule) {
        return get(Paths.of("/v1/schedules", schedule));
    }

    /** Fires to come of a trigger, the earliest first; after a time, or after now. */
    public List<JsonNode> upcoming(String schedule, int most, Optional<String> after) {
        var path = firesPath(schedule).with("next", most);
        after.ifPresent(time -> path.with("after", time));
        var fires = new ArrayList<JsonNode>();
        get(path).path("items").forEach(fires::add);
        return fires;
    }

    /** What came of fires of a trigger, newest first, as many pages as the limit needs. */
    public List<JsonNode> fires(String schedule, FireQuery query) {
        var fires = new ArrayList<JsonNode>();
        Optional<String> page = Optional.empty();
        do {
            var path = firesPath(schedule).with("pageSize", Math.min(PAGE, query.limit() - fires.size()));
            query.outcomes().ifPresent(outcomes -> path.with("outcome", outcomes));
            query.from().ifPresent(from -> path.with("from", from));
            page.ifPresent(token -> path.with("pageToken", token));
            var answer = get(path);
            answer.path("items").forEach(fires::add);
            page = Fields.optional(answer, "nextPageToken");
        } while (page.isPresent() && fires.size() < query.limit());
        return fires;
    }

    private static Paths firesPath(String schedule) {
        return Paths.of(Paths.of("/v1/schedules", schedule) + "/fires");
    }

    /** Holds a trigger back, or ends that when {@code resume}. */
    public JsonNode pause(String schedule, boolean resume) {
        var path = Paths.of("/v1/schedules", schedule + (resume ? ":resume" : ":pause"))
                .toString();
        return transport.json(new Request("POST", path, Map.of("Accept", JSON), NOTHING, Duration.ZERO));
    }

    /**
     * Starts a run as a trigger would, with its inputs and for its last complete interval.
     *
     * @param inputs instead of the trigger's
     * @param at the run's nominal time, RFC 3339
     * @param key the same key never starts a second run
     */
    public Run trigger(String schedule, ObjectNode inputs, Optional<String> at, String key) {
        var body = object();
        if (!inputs.isEmpty()) {
            body.set("inputs", inputs);
        }
        at.ifPresent(time -> body.put("at", time));
        var path = Paths.of("/v1/schedules", schedule + ":trigger").toString();
        return new Run(transport.json(send("POST", path, body, Map.of("Idempotency-Key", key))));
    }

    /** Backfills, newest first, as many pages as the limit needs. */
    public List<JsonNode> backfills(Optional<String> namespace, Optional<String> workflow, int limit) {
        var backfills = new ArrayList<JsonNode>();
        Optional<String> page = Optional.empty();
        do {
            var path = Paths.of("/v1/backfills").with("pageSize", Math.min(PAGE, limit - backfills.size()));
            namespace.ifPresent(name -> path.with("namespace", name));
            workflow.ifPresent(name -> path.with("workflow", name));
            page.ifPresent(token -> path.with("pageToken", token));
            var answer = get(path);
            answer.path("items").forEach(backfills::add);
            page = Fields.optional(answer, "nextPageToken");
        } while (page.isPresent() && backfills.size() < limit);
        return backfills;
    }

    /** One backfill by its number. */
    public JsonNode backfill(String id) {
        return get(Paths.of("/v1/backfills", id));
    }

    /**
     * Creates a backfill, or says what it would start.
     *
     * @param request as the API describes it
     * @param key the same key never creates a second one
     */
    public JsonNode createBackfill(ObjectNode request, String key) {
        return transport.json(send("POST", "/v1/backfills", request, Map.of("Idempotency-Key", key)));
    }

    /** Asks for a backfill to be changed: {@code pause}, {@code resume} or {@code cancel}. */
    public JsonNode changeBackfill(String id, String verb) {
        var path = Paths.of("/v1/backfills", id + ":" + verb).toString();
        return transport.json(new Request("POST", path, Map.of("Accept", JSON), NOTHING, Duration.ZERO));
    }

    /** Whether the server has a file of that SHA-256. */
    public boolean hasFile(String sha256) {
        try {
            transport.json(new Request("HEAD", "/v1/files/" + sha256, Map.of(), NOTHING, Duration.ZERO));
            return true;
        } catch (ApiException e) {
            if (e.status() == 404) {
                return false;
            }
            throw e;
        }
    }

    /** Stores a file. */
    public void putFile(String sha256, byte[] content) {
        var headers = Map.of("Content-Type", "application/octet-stream", "Accept", JSON);
        transport.json(new Request("PUT", "/v1/files/" + sha256, headers, content, Duration.ZERO));
    }

    /** The live settings that hold. */
    public JsonNode config() {
        return get(Paths.of("/v1/config"));
    }

    /** Versions of the live settings, newest first, at most 500. */
    public List<JsonNode> configVersions(int limit) {
        var versions = new ArrayList<JsonNode>();
        get(Paths.of("/v1/config/versions").with("pageSize", limit))
                .path("items")
                .forEach(versions::add);
        return versions;
    }

    /** One version of the live settings. */
    public JsonNode configVersion(long version) {
        return get(Paths.of("/v1/config/versions", Long.toString(version)));
    }

    /**
     * Makes a new version of the live settings, unless another one holds than the one it is to replace.
     *
     * @param settings all that is to be set
     */
    public JsonNode putConfig(long replaced, ObjectNode settings, String note) {
        var body = object().put("note", note);
        body.set("settings", settings);
        return transport.json(send("PUT", "/v1/config", body, Map.of("If-Match", "\"" + replaced + "\"")));
    }

    /** Pools with their slots, what is used of them, and by whom. */
    public List<JsonNode> pools() {
        var pools = new ArrayList<JsonNode>();
        get(Paths.of("/v1/pools")).path("items").forEach(pools::add);
        return pools;
    }

    /** Workers that are alive. */
    public JsonNode workers() {
        return get(Paths.of("/v1/workers"));
    }

    /** Drains a worker, or lets it take steps again when {@code resume}. */
    public JsonNode drain(String worker, boolean resume) {
        var path = Paths.of("/v1/workers", worker + (resume ? ":resume" : ":drain"))
                .toString();
        return transport.json(new Request("POST", path, Map.of("Accept", JSON), NOTHING, Duration.ofSeconds(5)));
    }

    /** Steps that run, by their locks, at most so many. */
    public JsonNode locks(Optional<String> worker, int limit) {
        return paged(
                () -> {
                    var path = Paths.of("/v1/locks");
                    worker.ifPresent(name -> path.with("worker", name));
                    return path;
                },
                limit);
    }

    /** Steps that wait in the inboxes of workers, at most so many. */
    public JsonNode queue(int limit) {
        return paged(() -> Paths.of("/v1/queue"), limit);
    }

    /** The first page with the items of the pages after it. */
    private JsonNode paged(java.util.function.Supplier<Paths> path, int limit) {
        var first = get(path.get().with("pageSize", Math.min(PAGE, limit)));
        var items = (ArrayNode) first.required("items");
        var page = Fields.optional(first, "nextPageToken");
        while (page.isPresent() && items.size() < limit) {
            var answer = get(path.get()
                    .with("pageSize", Math.min(PAGE, limit - items.size()))
                    .with("pageToken", page.get()));
            answer.path("items").forEach(items::add);
            page = Fields.optional(answer, "nextPageToken");
        }
        return first;
    }

    /** Calls about datasets. */
    public DatasetsClient datasets() {
        return new DatasetsClient(transport);
    }

    /** Calls about alerts. */
    public AlertsClient alerts() {
        return new AlertsClient(transport);
    }

    /** Calls of those who measure. */
    public FiguresClient figures() {
        return new FiguresClient(transport);
    }

    /** Who leads, and how many work. */
    public JsonNode cluster() {
        return get(Paths.of("/v1/cluster"));
    }

    /** Whether the invariants hold, check by check. Every run of a long history may take minutes. */
    public JsonNode doctor(DoctorQuery query) {
        var path = Paths.of("/v1/doctor")
                .with("since", query.since().toSeconds())
                .with("runs", query.runs())
                .with("patience", query.patience().toSeconds());
        return transport.json(
                new Request("GET", path.toString(), Map.of("Accept", JSON), NOTHING, Duration.ofMinutes(10)));
    }

    private JsonNode get(Paths path) {
        return transport.json(Request.get(path.toString(), JSON));
    }

    private List<JsonNode> all(java.util.function.Supplier<Paths> path) {
        var items = new ArrayList<JsonNode>();
        Optional<String> page = Optional.empty();
        do {
            var next = path.get().with("pageSize", PAGE);
            page.ifPresent(token -> next.with("pageToken", token));
            var answer = get(next);
            answer.path("items").forEach(items::add);
            page = Fields.optional(answer, "nextPageToken");
        } while (page.isPresent());
        return items;
    }

    private static Paths workflowPath(String namespace, String name) {
        return Paths.of("/v1/namespaces", namespace, "workflows", name);
    }

    private static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }

    private static ObjectNode putSource(ObjectNode body, SourceFile file) {
        body.put("source", file.text()).put("fileName", file.name());
        if (!file.files().isEmpty()) {
            var files = body.putObject("files");
            file.files()
                    .forEach((path, shipped) -> files.putObject(path)
                            .put("sha256", shipped.sha256())
                            .put("size", shipped.size())
                            .put("executable", shipped.executable()));
        }
        return body;
    }

    private static Request send(String method, String path, ObjectNode body, Map<String, String> more) {
        var headers = new java.util.HashMap<>(more);
        headers.put("Content-Type", JSON);
        headers.put("Accept", JSON);
        return new Request(method, path, headers, body.toString().getBytes(StandardCharsets.UTF_8), Duration.ZERO);
    }
}
