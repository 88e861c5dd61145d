package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.AlertStore;
import dev.dagkeeper.history.AlertWrites.NewAlert;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Alerts over HTTP; the test plays the leader that wrote them and the sender that gave them up. */
class AlertsIT extends ApiScenario {
    /** An alert that was given up. */
    static UUID dead(String subject) {
        var id = NewAlert.idFor("test", subject);
        POSTGRES.execute("""
                INSERT INTO alert (id, created_at, kind, namespace, workflow, subject, data)
                VALUES ('%s', now(), 'deadline', 'default', 'nightly', '%s', '{"late": true}')
                """.formatted(id, subject));
        var alerts = under.database.alerts();
        assertThat(alerts.route(List.of("webhook"))).isEqualTo(1);
        alerts.failed(alerts.take("webhook", Duration.ofMinutes(1)).orElseThrow(), "found 503", Optional.empty());
        return id;
    }

    private static JsonNode alerts(String query) throws Exception {
        var reply = client.get("/v1/alerts" + query);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json();
    }

    @Test
    void dead_letters_are_listed_page_by_page_and_sent_again_when_asked() throws Exception {
        var ids = new ArrayList<String>();
        for (int i = 0; i < 3; i++) {
            ids.addFirst(dead("late " + i).toString());
        }
        var first = alerts("?state=dead&pageSize=2");
        var second = alerts("?state=dead&pageSize=2&pageToken=" + text(first, "nextPageToken"));
        var found = new ArrayList<>(texts(first.get("items"), "id"));
        found.addAll(texts(second.get("items"), "id"));
        assertThat(found).isEqualTo(ids);
        var delivery = first.get("items").get(0).get("deliveries").get(0);
        assertThat(text(delivery, "error")).isEqualTo("found 503");
        assertThat(delivery.get("attempts").intValue()).isEqualTo(1);

        var retried = client.send("POST", "/v1/alerts/" + ids.getFirst() + ":retry", BodyPublishers.noBody());
        assertThat(retried.status()).isEqualTo(200);
        assertThat(text(retried.json(), "state")).isEqualTo("pending");
        assertThat(alerts("?state=dead").get("items").size()).isEqualTo(2);
        assertThat(alerts("?state=pending").get("items").size()).isEqualTo(1);
        assertThat(under.database
                        .alerts()
                        .find(UUID.fromString(ids.getFirst()))
                        .orElseThrow()
                        .deliveries())
                .extracting(AlertStore.Progress::attempts)
                .containsExactly(0);
        var again = client.send("POST", "/v1/alerts/" + ids.getFirst() + ":retry", BodyPublishers.noBody());
        assertThat(again.status()).isEqualTo(409);
        assertThat(text(again.json(), "code")).isEqualTo("alert-not-dead");
    }

    @Test
    void unknown_alerts_states_and_tokens_are_refused() throws Exception {
        for (var id : List.of(UUID.randomUUID().toString(), "nothing")) {
            var reply = client.send("POST", "/v1/alerts/" + id + ":retry", BodyPublishers.noBody());
            assertThat(reply.status()).isEqualTo(404);
            assertThat(text(reply.json(), "code")).isEqualTo("alert-not-found");
        }
        assertThat(client.get("/v1/alerts?state=lost").status()).isEqualTo(400);
        assertThat(client.get("/v1/alerts?pageToken=x").status()).isEqualTo(400);
    }
}
