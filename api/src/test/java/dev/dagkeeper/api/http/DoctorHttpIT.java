package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.run.RunState;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Violations as the API tells them. */
class DoctorHttpIT extends ApiScenario {
    @Test
    void violations_are_told_check_by_check_with_what_was_expected_and_found() throws Exception {
        assertThat(examine("").get("healthy").booleanValue()).isTrue();
        var run = create("examined");
        under.leader.run(run, RunState.SUCCEEDED, "");

        var examination = examine("");
        assertThat(examination.get("healthy").booleanValue()).isFalse();
        assertThat(examination.get("runs").intValue()).isEqualTo(1);
        var ended = check(examination, "ended-run-open-steps");
        assertThat(ended.get("violations").intValue()).isEqualTo(2);
        var first = ended.get("items").get(0);
        assertThat(text(first, "run")).isEqualTo(run.toString());
        assertThat(text(first, "step")).isEqualTo("a");
        assertThat(text(first, "expected")).isEqualTo("a final state, since the run is succeeded");
        assertThat(text(first, "found")).isEqualTo("pending");

        assertThat(examine("&runs=0").get("leftOut").booleanValue()).isTrue();
        assertThat(examine("&runs=0").get("healthy").booleanValue()).isTrue();
    }

    @Test
    void without_zookeeper_what_needs_it_is_not_carried_out() throws Exception {
        under.cluster.available = false;
        var examination = examine("");
        assertThat(examination.get("zookeeper").booleanValue()).isFalse();
        var carriedOut = new ArrayList<String>();
        examination.get("checks").forEach(check -> {
            if (check.get("carriedOut").booleanValue()) {
                carriedOut.add(text(check, "id"));
            }
        });
        assertThat(carriedOut).contains("history-broken", "command-open").doesNotContain("fence", "stray-lock");
    }

    @Test
    void parameters_are_read_strictly() throws Exception {
        assertProblem(client.get("/v1/doctor?patience=61"), 400, "bad-parameter");
        assertProblem(client.get("/v1/doctor?since=yesterday"), 400, "bad-parameter");
    }

    private static JsonNode examine(String more) throws Exception {
        return client.get("/v1/doctor?patience=0" + more).json();
    }

    private static JsonNode check(JsonNode examination, String id) {
        for (var check : examination.get("checks")) {
            if (text(check, "id").equals(id)) {
                return check;
            }
        }
        throw new AssertionError("no check " + id);
    }
}
