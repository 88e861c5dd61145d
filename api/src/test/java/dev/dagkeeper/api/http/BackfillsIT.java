package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Backfills over HTTP; no leader is there that would carry them out. */
class BackfillsIT extends ApiScenario {
    private static void deploy(String workflow) throws Exception {
        var reply = client.put("/v1/namespaces/default/workflows/" + workflow, YAML, bytes("""
            version: 1
            name: %s
            inputs: {n: {type: int}}
            triggers:
              hourly: {every: 1h, from: 2090-01-01, inputs: {n: 1}}
              secondly: {every: 1s, from: 2090-01-01, inputs: {n: 1}}
            steps:
              a: {uses: shell, run: 'true'}
            """.formatted(workflow)));
        assertThat(reply.status()).as(reply.text()).isEqualTo(201);
    }

    private static ApiClient.Reply create(String schedule, String more) throws Exception {
        return client.post("/v1/backfills", JSON, body(schedule, more));
    }

    private static String body(String schedule, String more) {
        return """
                {"schedule": "%s", "from": "2026-01-01T00:00:00Z", "to": "2026-01-01T03:00:00Z"%s}
                """.formatted(schedule, more);
    }

    private static JsonNode change(long id, String verb) throws Exception {
        var reply = client.send("POST", "/v1/backfills/" + id + verb, BodyPublishers.noBody());
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json();
    }

    private static void refused(ApiClient.Reply reply, int status, String code, String... said) {
        assertProblem(reply, status, code);
        assertThat(text(reply.json(), "detail")).contains(said);
    }

    @Test
    void it_is_created_once_for_a_key_with_what_holds_when_nothing_is_said() throws Exception {
        deploy("created");
        under.rings.clear();

        var reply = client.post("/v1/backfills", JSON, body("created.hourly", ""), "Idempotency-Key", "bf");

        assertThat(reply.status()).as(reply.text()).isEqualTo(201);
        var json = reply.json();
        assertThat(text(json, "schedule")).isEqualTo("default.created.hourly");
        assertThat(text(json, "state")).isEqualTo("running");
        assertThat(text(json, "reprocess")).isEqualTo("missing");
        assertThat(text(json, "order")).isEqualTo("oldest-first");
        assertThat(json.get("maxActive").intValue()).isEqualTo(1);
        assertThat(json.get("priority").intValue()).isEqualTo(-10);
        var progress = json.get("progress");
        assertThat(progress.get("fires").intValue()).isEqualTo(3);
        assertThat(progress.get("remaining").intValue()).isEqualTo(3);
        assertThat(progress.get("passedOver").intValue()).isZero();
        assertThat(under.rings).containsExactly("triggers");
        assertThat(client.get("/v1/backfills/" + json.get("id")).json()).isEqualTo(json);
        var again = client.post("/v1/backfills", JSON, body("created.hourly", ""), "Idempotency-Key", "bf");
        assertThat(again.json()).isEqualTo(json);
        assertThat(again.header("Idempotency-Replayed")).contains("true");
        var other = client.post(
                "/v1/backfills", JSON, body("created.hourly", ", \"maxActive\": 2"), "Idempotency-Key", "bf");
        refused(other, 422, "idempotency-key-reused", "backfill " + json.get("id"));
    }

    @Test
    void a_dry_run_says_what_would_be_started_and_stores_nothing() throws Exception {
        deploy("dry");

        var plan = create("dry.hourly", ", \"dryRun\": true, \"order\": \"newest-first\"");

        assertThat(plan.status()).as(plan.text()).isEqualTo(200);
        assertThat(plan.json().get("fires").intValue()).isEqualTo(3);
        assertThat(plan.json().get("starts").intValue()).isEqualTo(3);
        var newest = plan.json().get("items").get(0);
        assertThat(text(newest, "fire")).isEqualTo("2026-01-01T02:00:00.000000Z");
        assertThat(text(newest, "before")).isEqualTo("nothing");
        assertThat(text(newest.get("interval"), "start")).isEqualTo("2026-01-01T01:00:00.000000Z");
        assertThat(client.get("/v1/backfills?workflow=dry").json().get("items")).isEmpty();
    }

    @Test
    void what_cannot_be_meant_is_refused_before_anything_is_stored() throws Exception {
        deploy("refused");

        var years = client.post("/v1/backfills", JSON, """
                {"schedule": "refused.secondly", "from": "2026-01-01T00:00:00Z", "to": "2026-04-26T17:46:40Z"}
                """);
        refused(years, 422, "too-many-fires", "10,000,000 fires", "at most 100,000");
        refused(create("refused.hourl", ""), 404, "schedule-not-found", "did you mean 'refused.hourly'?");
        var backwards = client.post("/v1/backfills", JSON, """
                {"schedule": "refused.hourly", "from": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}
                """);
        refused(backwards, 422, "invalid-body", "expected 'from' to be before 'to'");
        var between = client.post("/v1/backfills", JSON, """
                {"schedule": "refused.hourly", "from": "2026-01-01T00:01:00Z", "to": "2026-01-01T00:02:00Z"}
                """);
        refused(between, 422, "no-fires", "has no fire from 2026-01-01T00:01:00Z to 2026-01-01T00:02:00Z");
        assertProblem(create("refused.hourly", ", \"inputs\": {\"n\": \"many\"}"), 422, "invalid-inputs");
        assertProblem(create("refused.hourly", ", \"inputs\": {\"other\": 1}"), 422, "invalid-inputs");
        refused(create("refused.hourly", ", \"reprocess\": \"some\""), 422, "invalid-body", "missing or failed or all");
        assertProblem(create("refused.hourly", ", \"maxActive\": 0"), 422, "invalid-body");
        assertThat(client.get("/v1/backfills?workflow=refused").json().get("items"))
                .isEmpty();
        client.send("DELETE", "/v1/namespaces/default/workflows/refused", BodyPublishers.noBody());
        assertProblem(create("refused.hourly", ""), 409, "schedule-removed");
    }

    @Test
    void it_is_paused_resumed_and_cancelled() throws Exception {
        deploy("steered");
        var id = create("steered.hourly", "").json().get("id").longValue();
        under.rings.clear();

        assertThat(text(change(id, ":pause"), "state")).isEqualTo("paused");
        assertThat(text(change(id, ":pause"), "changedBy")).isEqualTo("local");
        assertThat(text(change(id, ":resume"), "state")).isEqualTo("running");
        assertThat(text(change(id, ":cancel"), "state")).isEqualTo("cancelling");
        assertThat(text(change(id, ":cancel"), "state")).isEqualTo("cancelling");
        assertThat(under.rings).containsOnly("triggers").hasSize(5);
        refused(
                client.send("POST", "/v1/backfills/" + id + ":resume", BodyPublishers.noBody()),
                409,
                "backfill-ended",
                "is cancelling");
        assertProblem(client.get("/v1/backfills/987654"), 404, "backfill-not-found");
        assertProblem(client.get("/v1/backfills/x"), 404, "backfill-not-found");
    }

    @Test
    void backfills_are_listed_page_by_page_newest_first() throws Exception {
        deploy("pages");
        var created = new ArrayList<Long>();
        for (int i = 0; i < 3; i++) {
            created.addFirst(create("pages.hourly", "").json().get("id").longValue());
        }
        var listed = new ArrayList<Long>();
        var token = "";
        do {
            var page = client.get("/v1/backfills?workflow=pages&namespace=default&pageSize=2&pageToken=" + token)
                    .json();
            page.get("items").forEach(item -> listed.add(item.get("id").longValue()));
            token = page.get("nextPageToken").asString("");
        } while (!token.isEmpty());

        assertThat(listed).isEqualTo(created);
    }
}
