package dev.dagkeeper.api.http;

import static dev.dagkeeper.api.http.ApiUnderTest.Cluster.item;
import static dev.dagkeeper.api.http.ApiUnderTest.Cluster.lock;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The description and the server have the same operations, and each does what the description says. */
class OpenApiIT extends ApiScenario {
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
    void a_worker_is_drained_by_name_until_it_is_resumed() throws Exception {
        under.rings.clear();
        var drained = client.send("POST", "/v1/workers/w1:drain", BodyPublishers.noBody());
        assertThat(drained.status()).isEqualTo(200);
        assertThat(under.rings).containsExactly("workers");
        assertThat(client.send("POST", "/v1/workers/w1:drain", BodyPublishers.noBody())
                        .json())
                .isEqualTo(drained.json());
        assertThat(worker("state")).isEqualTo("draining");
        assertThat(worker("reason")).startsWith("by ");
        assertThat(under.database.leader().drainedWorkers()).containsExactly("w1");

        assertThat(client.send("POST", "/v1/workers/w1:resume", BodyPublishers.noBody())
                        .status())
                .isEqualTo(200);
        assertThat(worker("state")).isEqualTo("active");
        assertThat(client.send("POST", "/v1/workers/w1:resume", BodyPublishers.noBody())
                        .status())
                .isEqualTo(404);
        assertThat(client.send("POST", "/v1/workers/w9:drain", BodyPublishers.noBody())
                        .status())
                .isEqualTo(404);

        client.send("POST", "/v1/workers/w1~abc:drain", BodyPublishers.noBody());
        assertThat(worker("state")).isEqualTo("draining");
        client.send("POST", "/v1/workers/w1:resume", BodyPublishers.noBody());
        assertThat(worker("state")).isEqualTo("active");
    }

    @Test
    void workers_that_stop_or_are_refused_say_so() throws Exception {
        under.cluster.stopping = true;
        assertThat(worker("state")).isEqualTo("draining");
        assertThat(worker("reason")).isEqualTo("it was told to end");
        under.cluster.refusal = java.util.Optional.of("protocol 0 is older than 1..2");
        assertThat(worker("state")).isEqualTo("refused");
        assertThat(worker("reason")).isEqualTo("protocol 0 is older than 1..2");
        under.cluster.stopping = false;
        under.cluster.refusal = java.util.Optional.empty();
    }

    @Test
    void the_cluster_shows_its_processes_and_who_leads() throws Exception {
        var cluster = client.get("/v1/cluster").json();
        assertThat(text(cluster, "leader")).isEqualTo("m1");
        assertThat(cluster.get("epoch").intValue()).isEqualTo(7);
        assertThat(cluster.get("processes").get(0).get("leads").booleanValue()).isTrue();
        assertThat(cluster.get("processes").get(1).get("leads").booleanValue()).isFalse();
        assertThat(client.get("/v1/locks").json().get("held").intValue()).isEqualTo(1);
        assertThat(client.get("/v1/locks?worker=w1").json().get("items").size()).isEqualTo(1);
        assertThat(client.get("/v1/locks?worker=w").json().get("items").size()).isZero();
    }

    @Test
    void queue_and_locks_come_in_pages() throws Exception {
        var queue = under.cluster.queue;
        var locks = under.cluster.locks;
        under.cluster.queue = List.of(item(4, 1), item(2, 1), item(3, 9), item(1, 1));
        under.cluster.locks = List.of(lock(3), lock(1), lock(2));
        assertThat(paged("/v1/queue?pageSize=2")).containsExactly(List.of(3, 1), List.of(2, 4), List.of());
        assertThat(paged("/v1/queue?pageSize=3")).containsExactly(List.of(3, 1, 2), List.of(4));
        assertThat(paged("/v1/locks?pageSize=2&worker=w1")).containsExactly(List.of(1, 2), List.of(3));
        assertThat(client.get("/v1/queue?pageSize=2").json().get("depth").intValue())
                .isEqualTo(4);
        assertThat(client.get("/v1/locks?pageToken=bad").status()).isEqualTo(400);
        under.cluster.queue = queue;
        under.cluster.locks = locks;
    }

    /** The steps of each page. */
    private List<List<Integer>> paged(String path) throws Exception {
        var pages = new ArrayList<List<Integer>>();
        var token = "";
        do {
            var page = client.get(path + (token.isEmpty() ? "" : "&pageToken=" + token))
                    .json();
            var steps = new ArrayList<Integer>();
            page.get("items").forEach(item -> steps.add(item.get("step").intValue()));
            pages.add(steps);
            token = page.get("nextPageToken").asString("");
        } while (!token.isEmpty());
        return pages;
    }

    private String worker(String field) throws Exception {
        return text(client.get("/v1/workers").json().get("items").get(0), field);
    }

    @Test
    void routes_and_description_have_the_same_operations_with_the_same_access() {
        var news = new News(under.database.events());
        var routes = HttpApi.routes(under.collaborators, ApiUnderTest.LIMITS, news, new HttpTimings(), new Readiness());
        var operations = new TreeSet<String>();
        for (var route : routes) {
            var name = route.method() + " " + route.template();
            operations.add(name);
            assertThat(described.isOpen(name)).as(name).isEqualTo(route.access() == Route.Access.EVERYBODY);
        }

        assertThat(operations).isEqualTo(described.operations());
    }

    @Test
    void every_described_operation_answers_as_described() throws Exception {
        var content = bytes("a,b");
        var file = "/v1/files/" + FileResource.sha256(content);
        client.put(file, "application/octet-stream", content);
        client.send("HEAD", file, BodyPublishers.noBody());
        var workflow = "/v1/namespaces/default/workflows/covered";
        client.put(workflow, YAML, bytes(TWO_STEPS.formatted("covered") + "triggers: {t: {every: 15m}}\n"));
        client.post("/v1/workflows:validate", YAML, TWO_STEPS.formatted("covered"));
        var run = create("covered");
        for (var path : List.of("", "/steps", "/steps/a/attempts", "/graph", "/events", "/logs", "/outputs", "/why")) {
            client.get("/v1/runs/" + run + path);
        }
        for (var path : List.of(
                "/v1/runs",
                "/v1/workflows",
                workflow,
                workflow + "/revisions/1",
                "/v1/schemas/workflow",
                "/v1/schedules",
                "/v1/schedules/covered.t",
                "/v1/schedules/covered.t/fires",
                "/v1/workers",
                "/v1/queue",
                "/v1/pools",
                "/v1/locks",
                "/v1/cluster",
                "/v1/config",
                "/v1/config/versions",
                "/v1/config/versions/1",
                "/v1/doctor?patience=0",
                "/livez",
                "/readyz",
                "/metrics",
                "/openapi.yaml")) {
            client.get(path);
        }
        client.send("POST", "/v1/workers/w1:drain", BodyPublishers.noBody());
        client.send("POST", "/v1/workers/w1:resume", BodyPublishers.noBody());
        client.send("POST", "/v1/runs/" + run + ":cancel", BodyPublishers.noBody());
        client.send("POST", "/v1/runs/" + run + ":kill", BodyPublishers.noBody());
        client.put("/v1/config", JSON, bytes("{\"settings\": {}}"), "If-Match", "*");
        for (var verb : List.of(":pause", ":resume", ":trigger")) {
            client.send("POST", "/v1/schedules/covered.t" + verb, BodyPublishers.noBody());
        }
        client.get("/v1/datasets");
        var event = client.post("/v1/dataset-events", JSON, "{\"uri\": \"mem://covered\", \"data\": {\"rows\": 1}}");
        client.get("/v1/dataset-events?uri=mem://covered");
        client.get("/v1/dataset-events/" + event.json().get("id"));
        client.get("/v1/alerts?state=dead");
        client.send("POST", "/v1/alerts/" + AlertsIT.dead("covered") + ":retry", BodyPublishers.noBody());
        var backfill = client.post("/v1/backfills", JSON, """
                        {"schedule": "covered.t", "from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}
                        """).json().get("id");
        client.get("/v1/backfills");
        client.get("/v1/backfills/" + backfill);
        for (var verb : List.of(":pause", ":resume", ":cancel")) {
            client.send("POST", "/v1/backfills/" + backfill + verb, BodyPublishers.noBody());
        }
        client.send("DELETE", workflow, BodyPublishers.noBody());

        assertThat(described.answered()).isEqualTo(described.operations());
    }
}
