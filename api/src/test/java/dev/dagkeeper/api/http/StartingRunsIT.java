package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What becomes of a request to run something. */
class StartingRunsIT extends ApiScenario {
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
    void a_run_whose_concurrency_group_has_no_name_is_refused_and_leaves_nothing_behind() throws Exception {
        var source = """
                version: 1
                name: nameless
                inputs: {tenant: {type: string, default: ""}}
                concurrency: {group: "${{ inputs.tenant }}", max: 1}
                steps:
                  a: {uses: noop}
                """;
        var reply = client.post("/v1/runs", YAML, source);
        assertProblem(reply, 422, "no-concurrency-group");
        assertThat(text(reply.json(), "detail")).contains("concurrency.group", "expected 1 to 255 characters");
        assertProblem(client.get("/v1/namespaces/default/workflows/nameless/revisions/1"), 404, "workflow-not-found");
        var named = client.post("/v1/runs", YAML, source.replace("default: \"\"", "default: acme"));
        assertThat(named.status()).isEqualTo(202);
        var run = RunId.parse(text(named.json(), "id"));
        assertThat(under.database.runs().find(run).orElseThrow().header().group())
                .isEqualTo("acme");
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
        var source = TWO_STEPS.formatted("triggered") + "secrets: {TOKEN: {from: store, key: token}}\n";

        for (var reply : List.of(
                client.post("/v1/runs", YAML, source),
                client.put("/v1/namespaces/default/workflows/triggered", YAML, bytes(source)))) {
            assertProblem(reply, 422, "not-carried-out");
            var error = reply.json().get("errors").get(0);
            assertThat(text(error, "detail")).contains("from store");
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
}
