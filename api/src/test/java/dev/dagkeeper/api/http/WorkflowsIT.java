package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.Test;

/** Files, deployed workflows and the language. */
class WorkflowsIT extends ApiScenario {
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
}
