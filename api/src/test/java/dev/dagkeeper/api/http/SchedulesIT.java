package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Triggers and fires over HTTP; what fires is played by the test, as the leader would write it. */
class SchedulesIT extends ApiScenario {

    private static final String NIGHTLY =
            "  nightly: {cron: '30 2 * * *', timezone: Europe/Stockholm, jitter: 60s, inputs: {mode: full}}\n";

    private static JsonNode deploy(String workflow, String triggers) throws Exception {
        var reply = client.put(
                "/v1/namespaces/default/workflows/" + workflow, YAML, bytes("""
            version: 1
            name: %s
            inputs:
              day: {type: date, default: "${{ date(run.interval.start, 'Europe/Stockholm') }}"}
              mode: {type: string, default: plain}
            triggers:
            %s
            steps:
              a: {uses: shell, run: 'echo "$DAY $MODE"', env: {DAY: "${{ inputs.day }}", MODE: "${{ inputs.mode }}"}}
            """.formatted(workflow, triggers)));
        assertThat(reply.status()).as(reply.text()).isIn(200, 201);
        return reply.json();
    }

    private static ApiClient.Reply post(String path) throws Exception {
        return client.send("POST", path, BodyPublishers.noBody());
    }

    private static JsonNode get(String path) throws Exception {
        var reply = client.get(path);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json();
    }

    @Test
    void a_deploy_tells_when_its_triggers_fire_next_and_rings() throws Exception {
        var deployed = deploy("told", NIGHTLY);

        var trigger = deployed.get("triggers").get(0);
        assertThat(text(trigger, "id")).isEqualTo("default.told.nightly");
        assertThat(text(trigger, "when")).isEqualTo("30 2 * * * Europe/Stockholm");
        assertThat(text(trigger, "timezone")).isEqualTo("Europe/Stockholm");
        assertThat(trigger.get("next").size()).isEqualTo(3);
        for (var fire : trigger.get("next")) {
            assertThat(text(fire, "local")).matches("\\d{4}-\\d\\d-\\d\\dT0[23]:[03]0:00\\+0[12]:00");
            assertThat(java.time.OffsetDateTime.parse(text(fire, "local")).toInstant())
                    .isEqualTo(java.time.Instant.parse(text(fire, "fire")));
        }
        assertThat(under.rings).containsExactly("triggers");
    }

    @Test
    void schedules_are_listed_page_by_page() throws Exception {
        deploy("pages", "  a: {every: 15m}\n  b: {every: 1h}\n  c: {every: 1d}\n");
        var ids = new ArrayList<String>();
        var token = "";
        do {
            var page = get("/v1/schedules?workflow=pages&pageSize=2&pageToken=" + token);
            ids.addAll(texts(page.get("items"), "id"));
            page.get("items")
                    .forEach(item -> assertThat(item.get("next").size()).isEqualTo(1));
            token = page.get("nextPageToken").asString("");
        } while (!token.isEmpty());

        assertThat(ids).containsExactly("default.pages.a", "default.pages.b", "default.pages.c");
        assertThat(texts(get("/v1/schedules?namespace=default&pageSize=500").get("items"), "id"))
                .containsAll(ids);
        assertThat(get("/v1/schedules?namespace=other").get("items")).isEmpty();
    }

    @Test
    void a_schedule_is_named_as_shortly_as_it_is_unambiguous() throws Exception {
        deploy("named", NIGHTLY);
        for (var selector : List.of("default.named.nightly", "named.nightly", "default.named", "named")) {
            assertThat(text(get("/v1/schedules/" + selector), "id")).isEqualTo("default.named.nightly");
        }
        deploy("named", NIGHTLY + "  hourly: {every: 1h}\n");

        assertThat(text(get("/v1/schedules/named.hourly"), "id")).isEqualTo("default.named.hourly");
        var ambiguous = client.get("/v1/schedules/named");
        assertProblem(ambiguous, 409, "ambiguous-schedule");
        assertThat(text(ambiguous.json(), "detail")).contains("default.named.hourly, default.named.nightly");
        var unknown = client.get("/v1/schedules/named.nigthly");
        assertProblem(unknown, 404, "schedule-not-found");
        assertThat(text(unknown.json(), "detail")).contains("did you mean 'named.nightly'?");
        assertProblem(client.get("/v1/schedules/a.b.c.d"), 404, "schedule-not-found");
    }

    @Test
    void fires_to_come_keep_to_the_wall_clock_over_its_changes() throws Exception {
        deploy("upcoming", NIGHTLY);

        var fires = get("/v1/schedules/upcoming/fires?next=3&after=2026-03-28T12:00:00Z")
                .get("items");

        // On the 29th there is no 02:30: it fires at the first instant after the gap.
        assertThat(texts(fires, "local"))
                .containsExactly("2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00", "2026-03-31T02:30:00+02:00");
        var second = fires.get(1);
        assertThat(text(second, "fire")).isEqualTo("2026-03-30T00:30:00.000000Z");
        assertThat(text(second.get("interval"), "start")).isEqualTo("2026-03-29T01:00:00.000000Z");
        assertThat(text(second.get("interval"), "end")).isEqualTo("2026-03-30T00:30:00.000000Z");
        assertThat(text(second, "startsAt")).startsWith("2026-03-30T00:30:");
        assertProblem(client.get("/v1/schedules/upcoming/fires?next=3&outcome=missed"), 400, "bad-parameter");
        assertProblem(client.get("/v1/schedules/upcoming/fires?after=2026-03-28T12:00:00Z"), 400, "bad-parameter");
        assertProblem(client.get("/v1/schedules/upcoming/fires?next=0"), 400, "bad-parameter");
    }

    @Test
    void what_came_of_fires_is_listed_also_after_the_trigger_is_gone() throws Exception {
        deploy("fired", "  t: {every: 1h}\n");
        POSTGRES.execute("""
                INSERT INTO fire (workflow_id, trigger, fire, outcome, reason, decided_at)
                SELECT w.id, 't', timestamptz '2026-01-01T00:00:00Z' + n * interval '1 hour',
                    CASE WHEN n % 4 = 0 THEN 'skipped' ELSE 'started' END, CASE WHEN n % 4 = 0 THEN 'paused by ada' ELSE '' END,
                    now()
                FROM workflow w, generate_series(0, 9) AS n WHERE w.name = 'fired'
                """);
        client.send("DELETE", "/v1/namespaces/default/workflows/fired", BodyPublishers.noBody());

        var path = "/v1/schedules/fired.t/fires";
        var first = get(path + "?pageSize=6");
        assertThat(text(first.get("items").get(0), "fire")).isEqualTo("2026-01-01T09:00:00.000000Z");
        var rest = get(path + "?pageSize=6&pageToken=" + text(first, "nextPageToken"));
        assertThat(texts(rest.get("items"), "local"))
                .containsExactly(
                        "2026-01-01T03:00:00Z", "2026-01-01T02:00:00Z", "2026-01-01T01:00:00Z", "2026-01-01T00:00:00Z");
        assertThat(rest.get("nextPageToken").isNull()).isTrue();
        var skipped = get(path + "?outcome=skipped,missed&from=2026-01-01T01:00:00Z&until=2026-01-01T08:00:00Z");
        assertThat(texts(skipped.get("items"), "reason")).containsExactly("paused by ada");
        assertProblem(client.get(path + "?outcome=lost"), 400, "bad-parameter");
        assertProblem(client.get(path + "?pageToken=x"), 400, "bad-parameter");

        assertThat(text(get("/v1/schedules/fired.t"), "state")).isEqualTo("removed");
        assertThat(get(path + "?next=5").get("items")).isEmpty();
        assertProblem(post("/v1/schedules/fired.t:pause"), 409, "schedule-removed");
        assertProblem(post("/v1/schedules/fired.t:trigger"), 409, "schedule-removed");
    }

    @Test
    void a_trigger_is_paused_until_it_is_resumed() throws Exception {
        deploy("paused", NIGHTLY);
        under.rings.clear();

        var paused = post("/v1/schedules/paused:pause").json();
        assertThat(text(paused, "state")).isEqualTo("paused");
        assertThat(text(paused, "reason")).isEqualTo("paused by local");
        assertThat(paused.get("next")).isEmpty();
        assertThat(post("/v1/schedules/paused:pause").json()).isEqualTo(paused);
        assertThat(get("/v1/schedules/paused/fires?next=2").get("items").size()).isEqualTo(2);

        var resumed = post("/v1/schedules/paused:resume").json();
        assertThat(text(resumed, "state")).isEqualTo("active");
        assertThat(resumed.get("pausedAt").isNull()).isTrue();
        assertThat(resumed.get("next").size()).isEqualTo(5);
        assertThat(under.rings).containsOnly("triggers").hasSize(3);
    }

    @Test
    void a_run_by_hand_takes_inputs_and_interval_of_the_trigger() throws Exception {
        deploy("by_hand", NIGHTLY + "  hourly: {every: 1h}\n");
        var at = "{\"at\": \"2026-01-31T12:00:00Z\"%s}";

        var run = client.post("/v1/schedules/by_hand.nightly:trigger", JSON, at.formatted(""))
                .json();
        assertThat(run.get("inputs")).isEqualTo(Json.parse(bytes("{\"day\": \"2026-01-30\", \"mode\": \"full\"}")));
        assertThat(text(run.get("interval"), "start")).isEqualTo("2026-01-30T01:30:00.000000Z");
        assertThat(text(run.get("interval"), "end")).isEqualTo("2026-01-31T01:30:00.000000Z");
        assertThat(text(run, "scheduledFor")).isEqualTo("2026-01-31T12:00:00.000000Z");
        assertThat(run.get("trigger").isNull()).isTrue();

        var other = client.post(
                        "/v1/schedules/by_hand.nightly:trigger",
                        JSON,
                        at.formatted(", \"inputs\": {\"mode\": \"quick\"}"))
                .json();
        assertThat(text(other.get("inputs"), "mode")).isEqualTo("quick");

        var first = client.send(
                "POST", "/v1/schedules/by_hand.hourly:trigger", BodyPublishers.noBody(), "Idempotency-Key", "once");
        var again = client.send(
                "POST", "/v1/schedules/by_hand.hourly:trigger", BodyPublishers.noBody(), "Idempotency-Key", "once");
        assertThat(text(again.json(), "id")).isEqualTo(text(first.json(), "id"));
        assertProblem(
                client.send(
                        "POST",
                        "/v1/schedules/by_hand.nightly:trigger",
                        BodyPublishers.noBody(),
                        "Idempotency-Key",
                        "once"),
                422,
                "idempotency-key-reused");
        assertProblem(client.post("/v1/schedules/by_hand.nightly:trigger", JSON, "{\"when\": 1}"), 422, "invalid-body");
    }

    @Test
    void a_run_takes_the_interval_of_the_only_trigger_or_of_the_one_it_names() throws Exception {
        deploy("only", NIGHTLY);
        var body = "{\"workflow\": \"only\", \"at\": \"2026-01-31T12:00:00Z\"%s}";

        var implied = client.post("/v1/runs", JSON, body.formatted("")).json();
        assertThat(text(implied.get("interval"), "end")).isEqualTo("2026-01-31T01:30:00.000000Z");
        assertThat(text(implied.get("inputs"), "mode")).isEqualTo("plain");
        var named = client.post("/v1/runs", JSON, body.formatted(", \"trigger\": \"nightly\""))
                .json();
        assertThat(text(named.get("inputs"), "mode")).isEqualTo("full");

        deploy("only", NIGHTLY + "  hourly: {every: 1h}\n");
        var neither = client.post("/v1/runs", JSON, body.formatted("")).json();
        assertThat(text(neither.get("interval"), "start")).isEqualTo("2026-01-31T12:00:00.000000Z");
        assertThat(text(neither.get("interval"), "end")).isEqualTo("2026-01-31T12:00:00.000000Z");
        var unknown = client.post("/v1/runs", JSON, body.formatted(", \"trigger\": \"nigthly\""));
        assertProblem(unknown, 422, "unknown-trigger");
        assertThat(text(unknown.json(), "detail")).contains("did you mean 'nightly'?");
    }
}
