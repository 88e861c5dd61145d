package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The live settings over HTTP. */
class ConfigIT extends ApiScenario {
    private static final String PATH = "/v1/config";

    @BeforeEach
    void empty() throws Exception {
        POSTGRES.execute("DELETE FROM config WHERE version > 1");
    }

    private static ApiClient.Reply put(String body, String... headers) throws Exception {
        return client.put(PATH, JSON, bytes(body), headers);
    }

    @Test
    void a_change_takes_the_place_of_the_version_it_names_and_is_announced() throws Exception {
        var before = client.get(PATH);
        assertThat(before.header("ETag")).contains("\"1\"");
        assertThat(before.json().get("settings").isEmpty()).isTrue();
        assertThat(before.json().get("defaults").get("dispatch.prefetch").intValue())
                .isEqualTo(3);
        assertThat(before.json().get("defaults").get("log.level").isNull()).isTrue();

        var changed = put(
                "{\"settings\": {\"pools.db\": 2, \"log.level\": \"debug\"}, \"note\": \"a try\"}",
                "If-Match",
                "\"1\"");

        assertThat(changed.status()).as(changed.text()).isEqualTo(200);
        assertThat(changed.header("ETag")).contains("\"2\"");
        assertThat(changed.json().get("settings").get("pools.db").intValue()).isEqualTo(2);
        assertThat(changed.json().get("defaults").has("log.level")).isFalse();
        assertThat(text(changed.json(), "note")).isEqualTo("a try");
        assertThat(text(changed.json(), "changedBy")).isEqualTo("local");
        assertThat(under.rings).containsExactly("settings");
        assertThat(client.get(PATH).json()).isEqualTo(changed.json());
        assertThat(client.get(PATH + "/versions/2").json().get("settings"))
                .isEqualTo(changed.json().get("settings"));
    }

    @Test
    void the_same_settings_make_no_new_version() throws Exception {
        put("{\"settings\": {\"pools.db\": 2}}", "If-Match", "\"1\"");
        under.rings.clear();

        assertThat(put("{\"settings\": {\"pools.db\": 2}}", "If-Match", "*").header("ETag"))
                .contains("\"2\"");
        assertThat(under.rings).isEmpty();
        assertThat(client.get(PATH + "/versions").json().get("items").size()).isEqualTo(2);
        assertThat(client.get(PATH + "/versions?before=2").json().get("items").size())
                .isEqualTo(1);
    }

    @Test
    void a_wrong_or_missing_if_match_changes_nothing() throws Exception {
        var missing = put("{\"settings\": {\"pools.db\": 2}}");
        assertProblem(missing, 428, "precondition-required");
        var stale = put("{\"settings\": {\"pools.db\": 2}}", "If-Match", "\"7\"");
        assertProblem(stale, 412, "precondition-failed");
        assertThat(text(stale.json(), "detail")).contains("version 1 by dagkeeper holds");

        assertThat(client.get(PATH).header("ETag")).contains("\"1\"");
        assertThat(under.rings).isEmpty();
    }

    @Test
    void everything_that_is_wrong_is_told_and_nothing_is_changed() throws Exception {
        var reply = put(
                "{\"settings\": {\"pools.ok\": 1, \"worker.slot\": 4, \"retention.days\": -1}}", "If-Match", "\"1\"");

        assertProblem(reply, 422, "invalid-settings");
        var errors = reply.json().get("errors");
        assertThat(texts(errors, "pointer"))
                .containsExactlyInAnyOrder("/settings/worker.slot", "/settings/retention.days");
        assertThat(texts(errors, "code")).containsExactlyInAnyOrder("unknown-setting", "bad-value");
        assertThat(reply.text()).contains("did you mean 'worker.slots'?");
        assertProblem(put("{\"settings\": 3}", "If-Match", "*"), 422, "invalid-body");
        assertProblem(put("{\"setting\": {}}", "If-Match", "*"), 422, "invalid-body");
        assertProblem(put("{", "If-Match", "*"), 400, "malformed-body");
        assertThat(client.get(PATH).header("ETag")).contains("\"1\"");
        assertProblem(client.get(PATH + "/versions/9"), 404, "version-not-found");
        assertProblem(client.get(PATH + "/versions/x"), 400, "bad-parameter");
    }
}
