package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Datasets over HTTP; no leader is there that would start what waits for them. */
class DatasetsIT extends ApiScenario {
    private static ApiClient.Reply post(String body, String... headers) throws Exception {
        return client.post("/v1/dataset-events", JSON, body, headers);
    }

    private static void deploy(String workflow, String uri) throws Exception {
        var reply = client.put(
                "/v1/namespaces/default/workflows/" + workflow, YAML, bytes("""
            version: 1
            name: %s
            triggers:
              on_both: {datasets: {all: ["%s", "mem://other"]}, debounce: 10m}
            steps:
              a: {uses: noop, produces: ["%s"]}
            """.formatted(workflow, uri, uri)));
        assertThat(reply.status()).as(reply.text()).isEqualTo(201);
    }

    private static JsonNode schedule(String id) throws Exception {
        return client.get("/v1/schedules/" + id).json();
    }

    @Test
    void an_update_is_recorded_once_for_a_key_and_the_leader_is_told() throws Exception {
        under.rings.clear();
        var body = "{\"uri\": \"mem://recorded\", \"at\": \"2026-01-01T00:00:00Z\", \"data\": {\"rows\": 7}}";

        var reply = post(body, "Idempotency-Key", "update");

        assertThat(reply.status()).as(reply.text()).isEqualTo(201);
        var json = reply.json();
        assertThat(reply.header("Location")).contains("/v1/dataset-events/" + json.get("id"));
        assertThat(text(json, "uri")).isEqualTo("mem://recorded");
        assertThat(text(json, "at")).isEqualTo("2026-01-01T00:00:00.000000Z");
        assertThat(text(json, "recordedAt")).isNotEqualTo(text(json, "at"));
        assertThat(text(json, "recordedBy")).isEqualTo("local");
        assertThat(json.get("data").get("rows").intValue()).isEqualTo(7);
        assertThat(json.get("run").isNull()).isTrue();
        assertThat(json.get("consumedBy")).isEmpty();
        assertThat(under.rings).containsExactly("datasets");
        assertThat(client.get("/v1/dataset-events/" + json.get("id")).json()).isEqualTo(json);
        var again = post(body, "Idempotency-Key", "update");
        assertThat(again.json()).isEqualTo(json);
        assertThat(again.header("Idempotency-Replayed")).contains("true");
        assertProblem(
                post("{\"uri\": \"mem://recorded\"}", "Idempotency-Key", "update"), 422, "idempotency-key-reused");
    }

    @Test
    void what_is_no_update_is_refused() throws Exception {
        for (var body : new String[] {
            "{}",
            "{\"uri\": \"orders\"}",
            "{\"uri\": \"mem://a b\"}",
            "{\"uri\": \"mem://%s\"}".formatted("x".repeat(2_000)),
            "{\"uri\": \"mem://a\", \"at\": \"yesterday\"}",
            "{\"uri\": \"mem://a\", \"data\": [1]}",
            "{\"uri\": \"mem://a\", \"data\": {\"x\": \"%s\"}}".formatted("x".repeat(16_384)),
            "{\"uri\": \"mem://a\", \"dta\": {}}"
        }) {
            assertProblem(post(body), 422, "invalid-body");
        }
        assertProblem(post("{"), 400, "malformed-body");
        assertProblem(client.get("/v1/dataset-events/987654"), 404, "dataset-event-not-found");
        assertProblem(client.get("/v1/dataset-events/x"), 404, "dataset-event-not-found");
        assertProblem(client.get("/v1/dataset-events?run=@latest"), 400, "bad-parameter");
        assertThat(client.get("/v1/dataset-events?uri=mem://a").json().get("items"))
                .isEmpty();
    }

    @Test
    void a_schedule_says_what_it_waits_for() throws Exception {
        post("{\"uri\": \"mem://said\"}");
        deploy("says", "mem://said");
        assertThat(text(schedule("says"), "waitsFor")).isEqualTo("waits for an update of mem://said and mem://other");

        post("{\"uri\": \"mem://said\"}");
        post("{\"uri\": \"mem://said\"}");
        var waiting = schedule("says.on_both");
        assertThat(text(waiting, "waitsFor")).isEqualTo("waits for an update of mem://other; 1 of 2 are updated");
        assertThat(waiting.get("updates").get(0).get("count").intValue()).isEqualTo(2);
        assertThat(waiting.get("updates").get(1).get("first").isNull()).isTrue();
        assertThat(waiting.get("next")).isEmpty();

        post("{\"uri\": \"mem://other\"}");
        assertThat(text(schedule("says.on_both"), "waitsFor"))
                .matches("updated; waits \\d+[ms] for further updates \\(debounce 10m\\)");
        assertProblem(client.post("/v1/backfills", JSON, """
                        {"schedule": "says", "from": "2026-01-01T00:00:00Z", "to": "2026-01-01T03:00:00Z"}
                        """), 422, "no-fires");
    }

    @Test
    void datasets_are_listed_with_who_produces_them_and_whom_they_start() throws Exception {
        deploy("lists", "mem://listed");
        post("{\"uri\": \"mem://listed_from_outside\"}");
        var listed = new ArrayList<JsonNode>();
        var token = "";
        do {
            var page = client.get("/v1/datasets?pageSize=2&pageToken=" + token).json();
            page.get("items").forEach(listed::add);
            token = page.get("nextPageToken").asString("");
        } while (!token.isEmpty());

        assertThat(listed)
                .extracting(dataset -> text(dataset, "uri"))
                .isSorted()
                .doesNotHaveDuplicates();
        var one = listed.stream()
                .filter(dataset -> text(dataset, "uri").equals("mem://listed"))
                .findFirst()
                .orElseThrow();
        assertThat(one.get("lastEvent").isNull()).isTrue();
        assertThat(one.get("producers").toString())
                .isEqualTo("[{\"namespace\":\"default\",\"workflow\":\"lists\",\"step\":\"a\"}]");
        assertThat(one.get("consumers").toString())
                .isEqualTo("[{\"namespace\":\"default\",\"workflow\":\"lists\",\"trigger\":\"on_both\"}]");
        assertThat(listed).anySatisfy(dataset -> {
            assertThat(text(dataset, "uri")).isEqualTo("mem://listed_from_outside");
            assertThat(dataset.get("updatedAt").isString()).isTrue();
            assertThat(dataset.get("consumers")).isEmpty();
        });
    }

    @Test
    void updates_are_listed_page_by_page_newest_first() throws Exception {
        var posted = new ArrayList<Long>();
        for (int i = 0; i < 3; i++) {
            posted.addFirst(post("{\"uri\": \"mem://pages\"}").json().get("id").longValue());
        }
        var listed = new ArrayList<Long>();
        var token = "";
        do {
            var page = client.get("/v1/dataset-events?uri=mem://pages&pageSize=2&pageToken=" + token)
                    .json();
            StreamSupport.stream(page.get("items").spliterator(), false)
                    .forEach(item -> listed.add(item.get("id").longValue()));
            token = page.get("nextPageToken").asString("");
        } while (!token.isEmpty());

        assertThat(listed).isEqualTo(posted);
    }
}
