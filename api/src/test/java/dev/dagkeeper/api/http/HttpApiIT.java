package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.TestPostgres;
import dev.dagkeeper.history.WorkerStore.LogChunk;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Every operation over a real Postgres, each exchange judged by openapi.yaml. */
@Timeout(60)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HttpApiIT {
    private static final String YAML = "application/yaml";
    private static final String JSON = "application/json";
    private static final String TWO_STEPS = """
            version: 1
            name: %s
            labels: {team: data}
            inputs:
              count: {type: int, default: 1}
              day: {type: date, required: false}
            steps:
              a: {uses: noop}
              b: {uses: noop, needs: [a], retry: {max: 2}}
            """;

    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    @SuppressWarnings("NullAway.Init")
    private static ApiUnderTest under;

    @SuppressWarnings("NullAway.Init")
    private static Described described;

    @SuppressWarnings("NullAway.Init")
    private static ApiClient client;

    @BeforeAll
    static void start() throws Exception {
        under = new ApiUnderTest(POSTGRES);
        described = new Described();
        client = new ApiClient(under.api.uri(), ApiUnderTest.TOKEN, described);
    }

    @AfterAll
    static void stop() {
        client.close();
        under.close();
    }

    @BeforeEach
    void reset() {
        under.cluster.available = true;
        under.onCommand = run -> {};
        under.rings.clear();
    }

    // Starting runs

    @Test
    void a_yaml_body_starts_a_run_with_the_defaults() throws Exception {
        var reply = client.post("/v1/runs", YAML, TWO_STEPS.formatted("yaml_body"));

        assertThat(reply.status()).isEqualTo(202);
        var run = reply.json();
        assertThat(reply.header("Location")).contains("/v1/runs/" + text(run, "id"));
        assertThat(text(run, "state")).isEqualTo("queued");
        assertThat(text(run, "workflow")).isEqualTo("yaml_body");
        assertThat(run.get("inputs").toString()).isEqualTo("{\"count\":1}");
        assertThat(run.get("labels").toString()).isEqualTo("{\"team\":\"data\"}");
        assertThat(run.get("scheduledFor").isNull()).isTrue();
        assertThat(run.get("stepCounts").toString()).isEqualTo("{\"pending\":2}");
        assertThat(texts(run.get("steps"), "id")).containsExactly("a", "b");
        assertThat(text(run, "createdAt")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
        assertThat(under.rings).containsExactly("created " + text(run, "id"));
    }

    @Test
    void a_json_body_brings_inputs_priority_and_time() throws Exception {
        var body = Json.object();
        body.put("source", TWO_STEPS.formatted("json_body"));
        body.put("priority", 7);
        body.put("at", "2026-01-31T12:00:00Z");
        body.putObject("inputs").put("count", "5");
        body.putObject("inputTexts").put("day", "2026-01-30");

        var run = client.post("/v1/runs", JSON, body.toString()).json();

        assertThat(run.get("inputs").get("count").intValue()).isEqualTo(5);
        assertThat(text(run.get("inputs"), "day")).isEqualTo("2026-01-30");
        assertThat(run.get("priority").intValue()).isEqualTo(7);
        assertThat(text(run, "scheduledFor")).isEqualTo("2026-01-31T12:00:00.000000Z");
    }

    @Test
    void runs_are_accepted_while_zookeeper_is_away() throws Exception {
        under.cluster.available = false;

        assertThat(client.post("/v1/runs", YAML, TWO_STEPS.formatted("no_zookeeper"))
                        .status())
                .isEqualTo(202);
        assertThat(client.get("/readyz").status()).isEqualTo(200);
        assertThat(client.get("/v1/workers").json().get("available").booleanValue())
                .isFalse();
        assertThat(client.get("/v1/cluster").json().get("leader").isNull()).isTrue();
        assertThat(client.get("/v1/queue").json().get("depth").intValue()).isZero();
    }

    @Test
    void the_same_key_starts_one_run() throws Exception {
        var body = TWO_STEPS.formatted("keyed");
        var first = client.post("/v1/runs", YAML, body, "Idempotency-Key", "k1");
        var again = client.post("/v1/runs", YAML, body, "Idempotency-Key", "k1");
        var other = client.post("/v1/runs", YAML, body + "# more\n", "Idempotency-Key", "k1");

        assertThat(first.header("Idempotency-Replayed")).isEmpty();
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.header("Idempotency-Replayed")).contains("true");
        assertThat(text(again.json(), "id")).isEqualTo(text(first.json(), "id"));
        assertProblem(other, 422, "idempotency-key-reused");
        assertThat(client.get("/v1/runs?workflow=keyed").json().get("items").size())
                .isEqualTo(1);
    }

    @Test
    void a_rejected_workflow_tells_every_problem_and_stores_nothing() throws Exception {
        var broken = """
                version: 1
                name: broken
                steps:
                  a: {uses: noop, needs: [zz]}
                  b: {uses: nope}
                """;
        for (var reply : List.of(
                client.post("/v1/runs", YAML, broken),
                client.post("/v1/workflows:validate", YAML, broken),
                client.put("/v1/namespaces/default/workflows/broken", YAML, bytes(broken)))) {
            assertProblem(reply, 422, "workflow-rejected");
            var errors = reply.json().get("errors");
            assertThat(errors.size()).isGreaterThanOrEqualTo(2);
            assertThat(errors.get(0).get("line").intValue()).isEqualTo(4);
            assertThat(text(errors.get(0), "code")).startsWith("E");
        }
        assertThat(client.get("/v1/runs?workflow=broken").json().get("items").size())
                .isZero();
        assertProblem(client.get("/v1/namespaces/default/workflows/broken/revisions/1"), 404, "workflow-not-found");
    }

    @Test
    void what_is_not_carried_out_yet_is_refused_with_its_place() throws Exception {
        var source = TWO_STEPS.formatted("triggered") + "triggers:\n  t: {every: 15m}\n";

        for (var reply : List.of(
                client.post("/v1/runs", YAML, source),
                client.put("/v1/namespaces/default/workflows/triggered", YAML, bytes(source)))) {
            assertProblem(reply, 422, "not-carried-out");
            var error = reply.json().get("errors").get(0);
            assertThat(text(error, "detail")).contains("triggers");
            assertThat(error.get("line").intValue()).isPositive();
        }
        assertThat(client.post("/v1/workflows:validate", YAML, source).status()).isEqualTo(200);
    }

    @Test
    void inputs_that_do_not_fit_store_nothing() throws Exception {
        var body = Json.object();
        body.put("source", TWO_STEPS.formatted("bad_inputs"));
        body.putObject("inputs").put("count", "many").put("unknown", 1);

        var reply = client.post("/v1/runs", JSON, body.toString());

        assertProblem(reply, 422, "invalid-inputs");
        assertThat(texts(reply.json().get("errors"), "pointer")).contains("/inputs/count", "/inputs/unknown");
        assertProblem(client.get("/v1/namespaces/default/workflows/bad_inputs/revisions/1"), 404, "workflow-not-found");
    }

    @Test
    void bad_requests_are_told_apart() throws Exception {
        assertProblem(client.post("/v1/runs", JSON, "{"), 400, "malformed-body");
        assertProblem(client.post("/v1/runs", JSON, "{}"), 422, "invalid-body");
        assertProblem(client.post("/v1/runs", "text/plain", "x"), 415, "unsupported-media-type");
        assertProblem(client.post("/v1/runs", YAML, "x".repeat(65 << 10)), 413, "too-large");
        assertProblem(client.post("/v1/runs", JSON, "{\"workflow\": \"absent\"}"), 404, "workflow-not-found");
        assertProblem(client.post("/v1/runs", YAML, "x", "Idempotency-Key", "x".repeat(256)), 400, "bad-parameter");
        assertProblem(client.get("/v1/runs?stat=failed"), 400, "bad-parameter");
        assertProblem(client.get("/v1/runs?state=broken"), 400, "bad-parameter");
    }

    @Test
    void an_answer_can_wait_for_the_end() throws Exception {
        var reply = CompletableFuture.supplyAsync(() -> {
            try {
                return client.post("/v1/runs", YAML, TWO_STEPS.formatted("waited"), "Prefer", "wait=30");
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        var created = under.rings.take();
        under.leader.run(RunId.parse(created.substring("created ".length())), RunState.SUCCEEDED, "");

        assertThat(reply.get().status()).isEqualTo(200);
        assertThat(text(reply.get().json(), "state")).isEqualTo("succeeded");
    }

    // Files and deployed workflows

    @Test
    void files_are_stored_by_their_hash() throws Exception {
        var content = bytes("a,b\n1,2\n");
        var path = "/v1/files/" + FileResource.sha256(content);

        assertThat(client.send("HEAD", path, BodyPublishers.noBody()).status()).isEqualTo(404);
        assertThat(client.put(path, "application/octet-stream", content).status())
                .isEqualTo(201);
        assertThat(client.put(path, "application/octet-stream", content).status())
                .isEqualTo(204);
        assertThat(client.send("HEAD", path, BodyPublishers.noBody()).status()).isEqualTo(200);
        assertProblem(client.put(path, "application/octet-stream", bytes("other")), 422, "hash-mismatch");
        assertProblem(client.put("/v1/files/abc", "application/octet-stream", content), 400, "bad-parameter");
        assertProblem(client.put(path, "application/octet-stream", new byte[65 << 10]), 413, "too-large");
    }

    @Test
    void a_run_needs_the_files_its_workflow_ships() throws Exception {
        var content = bytes("shipped");
        var hash = FileResource.sha256(content);
        var source = TWO_STEPS.formatted("shipping") + "files: [data/x.csv, '*.sh']\n";
        var body = Json.object();
        body.put("source", source);
        body.putObject("files").putObject("data/x.csv").put("sha256", hash).put("size", content.length);

        assertProblem(client.post("/v1/runs", YAML, source), 422, "files-missing");
        assertProblem(client.post("/v1/runs", JSON, body.toString()), 422, "files-missing");
        client.put("/v1/files/" + hash, "application/octet-stream", content);
        assertThat(client.post("/v1/runs", JSON, body.toString()).status()).isEqualTo(202);
    }

    @Test
    void a_workflow_is_deployed_changed_run_and_undeployed() throws Exception {
        var path = "/v1/namespaces/default/workflows/deployed";
        var first = client.put(path, YAML, bytes(TWO_STEPS.formatted("deployed")));
        var same = client.put(path, YAML, bytes(TWO_STEPS.formatted("deployed")));
        var stale = client.put(path, YAML, bytes(TWO_STEPS.formatted("deployed")), "If-Match", "\"9\"");
        var second =
                client.put(path, YAML, bytes(TWO_STEPS.formatted("deployed") + "priority: 3\n"), "If-Match", "\"1\"");

        assertThat(first.status()).isEqualTo(201);
        assertThat(first.header("ETag")).contains("\"1\"");
        assertThat(same.json().get("changed").booleanValue()).isFalse();
        assertProblem(stale, 412, "precondition-failed");
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.json().get("changed").booleanValue()).isTrue();
        assertThat(second.json().get("revision").intValue()).isEqualTo(2);
        assertThat(text(client.get(path).json(), "source")).contains("priority: 3");
        assertThat(client.get(path, "Accept", YAML).text())
                .startsWith("version: 1")
                .contains("priority: 3");
        assertThat(client.get(path + "/revisions/1").json().get("revision").intValue())
                .isEqualTo(1);
        assertThat(texts(client.get("/v1/workflows?namespace=default").json().get("items"), "name"))
                .contains("deployed");
        var run = client.post("/v1/runs", JSON, "{\"workflow\": \"deployed\"}").json();
        assertThat(run.get("revision").intValue()).isEqualTo(2);
        assertThat(run.get("priority").intValue()).isEqualTo(3);
        assertProblem(
                client.put("/v1/namespaces/default/workflows/other", YAML, bytes(TWO_STEPS.formatted("deployed"))),
                422,
                "name-mismatch");

        assertThat(client.send("DELETE", path, BodyPublishers.noBody()).status())
                .isEqualTo(204);
        assertProblem(client.send("DELETE", path, BodyPublishers.noBody()), 404, "workflow-not-found");
        assertProblem(client.get(path), 404, "workflow-not-found");
        assertThat(client.get("/v1/runs/" + text(run, "id") + "/graph").status())
                .isEqualTo(200);
    }

    @Test
    void the_schema_of_the_language_is_served() throws Exception {
        assertThat(client.get("/v1/schemas/workflow").json().has("$schema")).isTrue();
        assertThat(client.get("/v1/schemas/workflow?path=noop").status()).isEqualTo(200);
        assertProblem(client.get("/v1/schemas/workflow?path=nothing.there"), 404, "not-found");
    }

    // Looking at runs

    @Test
    void runs_are_listed_newest_first_page_by_page_and_by_filter() throws Exception {
        var ids = new java.util.ArrayList<String>();
        for (var i = 0; i < 5; i++) {
            ids.addFirst(create("listed").toString());
        }
        under.leader.run(RunId.parse(ids.get(3)), RunState.FAILED, "broken");

        var found = new java.util.ArrayList<String>();
        var token = "";
        do {
            var page = client.get("/v1/runs?workflow=listed&pageSize=2" + token).json();
            found.addAll(texts(page.get("items"), "id"));
            token = page.get("nextPageToken").isNull() ? "" : "&pageToken=" + text(page, "nextPageToken");
        } while (!token.isEmpty());
        assertThat(found).containsExactlyElementsOf(ids);

        assertThat(listed("workflow=listed&state=failed")).containsExactly(ids.get(3));
        assertThat(listed("workflow=listed&state=active")).hasSize(4).doesNotContain(ids.get(3));
        assertThat(listed("workflow=listed&label=team%3Ddata")).hasSize(5);
        assertThat(listed("workflow=listed&label=team%3Dother")).isEmpty();
        assertThat(listed("workflow=listed&createdAfter=2999-01-01T00:00:00Z")).isEmpty();
        var withSteps =
                client.get("/v1/runs?workflow=listed&pageSize=1&steps=true").json();
        assertThat(withSteps.get("items").get(0).get("steps").size()).isEqualTo(2);
        var without = client.get("/v1/runs?workflow=listed&pageSize=1")
                .json()
                .get("items")
                .get(0);
        assertThat(without.get("steps").isNull()).isTrue();
        assertThat(text(without, "stepsPage")).isEqualTo("/v1/runs/" + ids.get(0) + "/steps");
    }

    @Test
    void a_run_is_found_by_id_prefix_and_selector() throws Exception {
        var run = create("selected");
        under.leader.run(run, RunState.FAILED, "step b failed");
        var latest = create("selected");

        assertThat(text(client.get("/v1/runs/" + run).json(), "reason")).isEqualTo("step b failed");
        assertThat(text(client.get("/v1/runs/@failed").json(), "id")).isEqualTo(run.toString());
        assertThat(text(client.get("/v1/runs/%40latest").json(), "id")).isEqualTo(latest.toString());
        assertThat(text(
                        client.get("/v1/runs/" + latest.toString().substring(0, 30))
                                .json(),
                        "id"))
                .isEqualTo(latest.toString());
        assertProblem(client.get("/v1/runs/" + run.toString().substring(0, 6)), 409, "ambiguous-run");
        for (var path : List.of("", "/steps", "/graph", "/events", "/logs", "/outputs", "/why", "/steps/a/attempts")) {
            assertProblem(client.get("/v1/runs/00000000-0000-7000-8000-000000000000" + path), 404, "run-not-found");
        }
    }

    @Test
    void steps_attempts_graph_and_reasons_are_shown() throws Exception {
        var run = create("shown");
        under.leader.run(run, RunState.RUNNING, "");
        under.leader.step(run, 0, "a", StepState.FAILED, "exit code 3");
        var path = "/v1/runs/" + run;

        var page = client.get(path + "/steps?pageSize=1").json();
        assertThat(texts(page.get("items"), "state")).containsExactly("failed");
        var next = client.get(path + "/steps?pageSize=1&pageToken=" + text(page, "nextPageToken"))
                .json();
        assertThat(texts(next.get("items"), "id")).containsExactly("b");
        assertThat(client.get(path + "/steps/a/attempts").json().get("items").size())
                .isZero();
        assertProblem(client.get(path + "/steps/zz/attempts"), 404, "step-not-found");
        assertProblem(client.get(path + "/steps/a/attempts?index=0"), 404, "step-not-found");

        var graph = client.get(path + "/graph").json().get("steps");
        assertThat(texts(graph, "state")).containsExactly("failed", "pending");
        assertThat(text(graph.get(1).get("needs").get(0), "step")).isEqualTo("a");
        assertThat(graph.get(1).get("maxAttempts").intValue()).isEqualTo(3);

        under.leader.step(run, 1, "b", StepState.UPSTREAM_FAILED, "a failed");
        var why = client.get(path + "/why").json();
        assertThat(texts(why.get("steps"), "id")).containsExactly("a", "b");
        assertThat(text(why.get("steps").get(0), "reason")).isEqualTo("exit code 3");
        assertThat(text(why.get("steps").get(1).get("waitsFor").get(0), "step")).isEqualTo("a");
        assertThat(text(why, "summary")).contains("1 failed", "1 upstream-failed");
        assertThat(texts(client.get(path + "/why?step=b").json().get("steps"), "id"))
                .containsExactly("b");
        assertThat(client.get(path + "/outputs").json().get("steps").size()).isZero();
    }

    @Test
    void a_pending_step_tells_what_it_waits_for_and_that_nobody_works() throws Exception {
        var run = create("stuck");
        under.cluster.available = false;

        var why = client.get("/v1/runs/" + run + "/why").json();

        assertThat(text(why.get("steps").get(1).get("waitsFor").get(0), "step")).isEqualTo("a");
        assertThat(text(why, "summary")).contains("ZooKeeper is away");
    }

    // Watching

    @Test
    void events_are_read_page_by_page_and_waited_for() throws Exception {
        var run = create("events");
        var path = "/v1/runs/" + run + "/events";
        under.leader.events(run, 3);

        var page = client.get(path + "?pageSize=2").json();
        assertThat(page.get("nextSince").longValue()).isEqualTo(2);
        assertThat(page.get("end").booleanValue()).isFalse();
        var reply = CompletableFuture.supplyAsync(() -> {
            try {
                return client.get(path + "?since=3&wait=30").json();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        under.leader.run(run, RunState.SUCCEEDED, "");

        assertThat(texts(reply.get().get("items"), "to")).containsExactly("succeeded");
        var last = client.get(path + "?since=4&wait=30").json();
        assertThat(last.get("end").booleanValue()).isTrue();
        assertThat(last.get("nextSince").longValue()).isEqualTo(4);
    }

    @Test
    void a_stream_tells_every_event_once_and_ends_with_the_run() throws Exception {
        var run = create("streamed");
        var path = "/v1/runs/" + run + "/events";
        under.leader.events(run, 1500);
        var stream = CompletableFuture.supplyAsync(() -> {
            try {
                return client.get(path, "Accept", "application/x-ndjson").text();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        for (var i = 0; i < 20; i++) {
            under.leader.events(run, 7);
        }
        under.leader.run(run, RunState.SUCCEEDED, "");

        var lines = stream.get().lines().filter(line -> !line.isEmpty()).toList();
        assertThat(lines).hasSize(1500 + 140 + 1);
        assertThat(new HashSet<>(lines)).hasSize(lines.size());
        assertThat(lines.getLast()).contains("\"to\":\"succeeded\"");
    }

    @Test
    void server_sent_events_go_on_after_the_last_one_seen() throws Exception {
        var run = create("resumed");
        under.leader.events(run, 3);
        under.leader.run(run, RunState.SUCCEEDED, "");

        var text = client.get("/v1/runs/" + run + "/events", "Accept", "text/event-stream", "Last-Event-ID", "2")
                .text();

        assertThat(text.lines().filter(line -> line.startsWith("id: "))).containsExactly("id: 3", "id: 4", "id: 4");
        assertThat(text).endsWith("event: end\nid: 4\ndata: {}\n\n");
    }

    @Test
    void logs_are_read_whole_by_step_from_their_end_and_followed() throws Exception {
        var run = create("logged");
        var path = "/v1/runs/" + run + "/logs";
        log(run, 0, 0, "one\ntwo\n");
        log(run, 1, 0, "three\n");

        assertThat(texts(lines(client.get(path).text()), "step")).containsExactly("a", "b");
        assertThat(client.get(path, "Accept", "text/plain").text()).isEqualTo("a#1 | one\na#1 | two\nb#1 | three\n");
        assertThat(client.get(path + "?step=a", "Accept", "text/plain").text()).isEqualTo("one\ntwo\n");
        assertThat(client.get(path + "?step=a&tail=1", "Accept", "text/plain").text())
                .isEqualTo("two\n");
        assertProblem(client.get(path + "?step=zz"), 404, "step-not-found");
        assertProblem(client.get(path + "?index=1"), 400, "bad-parameter");
        assertProblem(client.get(path, "Accept", "text/html"), 406, "not-acceptable");

        var followed = CompletableFuture.supplyAsync(() -> {
            try {
                return client.get(path + "?follow=true&tail=1", "Accept", "text/plain")
                        .text();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        while (under.api.openRequests() == 0) {
            Thread.onSpinWait();
        }
        log(run, 0, 1, "four\n");
        under.leader.run(run, RunState.SUCCEEDED, "");

        assertThat(followed.get()).endsWith("a#1 | four\n").doesNotContain("one");
    }

    // Commands

    @Test
    void a_command_waits_for_its_outcome() throws Exception {
        var run = create("cancelled");
        under.onCommand = id -> Thread.ofVirtual().start(() -> under.leader.decide(true, ""));

        var reply = client.send("POST", "/v1/runs/" + run + ":cancel", BodyPublishers.noBody());

        assertThat(reply.status()).isEqualTo(200);
        assertThat(text(reply.json(), "outcome")).isEqualTo("applied");
        assertThat(under.rings).contains("command " + run);
    }

    @Test
    void a_command_that_nobody_decides_is_accepted_and_one_refused_is_a_conflict() throws Exception {
        var run = create("undecided");
        var pending = client.send("POST", "/v1/runs/" + run + ":kill", BodyPublishers.noBody());
        assertThat(pending.status()).isEqualTo(202);
        assertThat(text(pending.json(), "outcome")).isEqualTo("pending");

        under.onCommand = id -> Thread.ofVirtual().start(() -> under.leader.decide(false, "not now"));
        var refused = client.send("POST", "/v1/runs/" + run + ":cancel", BodyPublishers.noBody());
        assertProblem(refused, 409, "command-refused");
        assertThat(text(refused.json(), "detail")).contains("not now");

        under.leader.run(run, RunState.SUCCEEDED, "");
        assertProblem(
                client.send("POST", "/v1/runs/" + run + ":cancel", BodyPublishers.noBody()), 409, "command-refused");
    }

    // The server

    @Test
    void the_cluster_health_and_figures_are_shown() throws Exception {
        assertThat(text(client.get("/v1/workers").json().get("items").get(0), "worker"))
                .isEqualTo("w1");
        assertThat(client.get("/v1/workers")
                        .json()
                        .get("items")
                        .get(0)
                        .get("queued")
                        .intValue())
                .isEqualTo(1);
        assertThat(client.get("/v1/queue").json().get("items").size()).isEqualTo(1);
        assertThat(client.get("/v1/cluster").json().get("slots").intValue()).isEqualTo(16);
        assertThat(client.get("/livez").status()).isEqualTo(200);
        assertThat(client.get("/metrics").text())
                .contains("dagkeeper_http_requests_seconds_count{method=\"GET\",route=\"/livez\",status=\"200\"}");
        assertThat(client.get("/openapi.yaml").text()).startsWith("openapi: 3.1");
    }

    @Test
    void routes_and_description_have_the_same_operations_with_the_same_access() {
        var news = new News(under.database.events());
        var routes = HttpApi.routes(under.collaborators, ApiUnderTest.LIMITS, news, new HttpTimings());
        var operations = new TreeSet<String>();
        for (var route : routes) {
            var name = route.method() + " " + route.template();
            operations.add(name);
            assertThat(described.isOpen(name)).as(name).isEqualTo(route.access() == Route.Access.EVERYBODY);
        }

        assertThat(operations).isEqualTo(described.operations());
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void every_described_operation_was_judged_when_it_succeeds() {
        assertThat(described.answered()).isEqualTo(described.operations());
    }

    private static RunId create(String workflow) throws Exception {
        var reply = client.post("/v1/runs", YAML, TWO_STEPS.formatted(workflow));
        assertThat(reply.status()).as(reply.text()).isEqualTo(202);
        return RunId.parse(text(reply.json(), "id"));
    }

    private static List<String> listed(String query) throws Exception {
        return texts(client.get("/v1/runs?" + query).json().get("items"), "id");
    }

    private static void log(RunId run, int step, int seq, String text) {
        var key = new StepKey(run, step, StepKey.WHOLE);
        var at = under.database.now();
        under.database.worker().appendLogs(List.of(new LogChunk(key, 1, 1, seq, at, bytes(text))));
    }

    private static Iterable<JsonNode> lines(String text) {
        return text.lines().map(line -> Json.parse(bytes(line))).toList();
    }

    private static void assertProblem(ApiClient.Reply reply, int status, String code) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(text(reply.json(), "code")).isEqualTo(code);
    }

    private static String text(JsonNode object, String name) {
        return object.get(name).stringValue();
    }

    private static List<String> texts(Iterable<JsonNode> objects, String name) {
        var texts = new java.util.ArrayList<String>();
        objects.forEach(object -> texts.add(text(object, name)));
        return texts;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
