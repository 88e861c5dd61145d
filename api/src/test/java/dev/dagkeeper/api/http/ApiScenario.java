package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.TestPostgres;
import dev.dagkeeper.history.WorkerStore.LogChunk;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** A server over a real Postgres for the tests of one class; each exchange with it is judged by openapi.yaml. */
@Timeout(180)
abstract class ApiScenario {
    static final String YAML = "application/yaml";
    static final String JSON = "application/json";
    static final String TWO_STEPS = """
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
    static ApiUnderTest under;

    @SuppressWarnings("NullAway.Init")
    static Described described;

    @SuppressWarnings("NullAway.Init")
    static ApiClient client;

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
        // What another test's leader said.
        POSTGRES.execute("TRUNCATE waiting");
    }

    static RunId create(String workflow) throws Exception {
        var reply = client.post("/v1/runs", YAML, TWO_STEPS.formatted(workflow));
        assertThat(reply.status()).as(reply.text()).isEqualTo(202);
        return RunId.parse(text(reply.json(), "id"));
    }

    static List<String> listed(String query) throws Exception {
        return texts(client.get("/v1/runs?" + query).json().get("items"), "id");
    }

    static void log(RunId run, int step, int seq, String text) {
        var key = new StepKey(run, step, StepKey.WHOLE);
        var at = under.database.now();
        under.database.worker().appendLogs(List.of(new LogChunk(key, 1, 1, seq, at, bytes(text))));
    }

    static Iterable<JsonNode> lines(String text) {
        return text.lines().map(line -> Json.parse(bytes(line))).toList();
    }

    static void assertProblem(ApiClient.Reply reply, int status, String code) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(text(reply.json(), "code")).isEqualTo(code);
    }

    static String text(JsonNode object, String name) {
        return object.get(name).stringValue();
    }

    static List<String> texts(Iterable<JsonNode> objects, String name) {
        var texts = new java.util.ArrayList<String>();
        objects.forEach(object -> texts.add(text(object, name)));
        return texts;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
