package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.run.RunState;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.HashSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Events and logs as they come, and commands. */
class WatchingRunsIT extends ApiScenario {
    @Test
    void events_are_read_page_by_page_and_waited_for() throws Exception {
        var run = create("events");
        var path = "/v1/runs/" + run + "/events";
        under.leader.events(run, 3);

        var page = client.get(path + "?pageSize=2").json();
        assertThat(page.get("nextSince").longValue()).isEqualTo(2);
        assertThat(page.get("end").booleanValue()).isFalse();
        var reply = CompletableFuture.supplyAsync(
                () -> ask(client, path + "?since=3&wait=30").json());
        under.leader.run(run, RunState.SUCCEEDED, "");

        assertThat(texts(reply.get().get("items"), "to")).containsExactly("succeeded");
        var last = client.get(path + "?since=4&wait=30").json();
        assertThat(last.get("end").booleanValue()).isTrue();
        assertThat(last.get("nextSince").longValue()).isEqualTo(4);
    }

    @Test
    void a_stream_tells_every_event_once_and_ends_with_the_run() throws Exception {
        var run = create("streamed");
        var path = "/v1/runs/" + run + "/events";
        under.leader.events(run, 1500);
        var stream = CompletableFuture.supplyAsync(
                () -> ask(client, path, "Accept", "application/x-ndjson").text());
        for (var i = 0; i < 20; i++) {
            under.leader.events(run, 7);
        }
        under.leader.run(run, RunState.SUCCEEDED, "");

        var lines = stream.get().lines().filter(line -> !line.isEmpty()).toList();
        assertThat(lines).hasSize(1500 + 140 + 1);
        assertThat(new HashSet<>(lines)).hasSize(lines.size());
        assertThat(lines.getLast()).contains("\"to\":\"succeeded\"");
    }

    @Test
    void server_sent_events_go_on_after_the_last_one_seen() throws Exception {
        var run = create("resumed");
        under.leader.events(run, 3);
        under.leader.run(run, RunState.SUCCEEDED, "");

        var text = client.get("/v1/runs/" + run + "/events", "Accept", "text/event-stream", "Last-Event-ID", "2")
                .text();

        assertThat(text.lines().filter(line -> line.startsWith("id: "))).containsExactly("id: 3", "id: 4", "id: 4");
        assertThat(text).endsWith("event: end\nid: 4\ndata: {}\n\n");
    }

    @Test
    void logs_are_read_whole_by_step_from_their_end_and_followed() throws Exception {
        var run = create("logged");
        var path = "/v1/runs/" + run + "/logs";
        log(run, 0, 0, "one\ntwo\n");
        log(run, 1, 0, "three\n");

        assertThat(texts(lines(client.get(path).text()), "step")).containsExactly("a", "b");
        assertThat(client.get(path, "Accept", "text/plain").text()).isEqualTo("a#1 | one\na#1 | two\nb#1 | three\n");
        assertThat(client.get(path + "?step=a", "Accept", "text/plain").text()).isEqualTo("one\ntwo\n");
        assertThat(client.get(path + "?step=a&tail=1", "Accept", "text/plain").text())
                .isEqualTo("two\n");
        assertProblem(client.get(path + "?step=zz"), 404, "step-not-found");
        assertProblem(client.get(path + "?index=1"), 400, "bad-parameter");
        assertProblem(client.get(path, "Accept", "text/html"), 406, "not-acceptable");

        var followed = CompletableFuture.supplyAsync(() -> {
            try {
                return client.get(path + "?follow=true&tail=1", "Accept", "text/plain")
                        .text();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        await().atMost(Promised.EVENTUALLY).until(() -> under.api.openRequests() == 1);
        log(run, 0, 1, "four\n");
        under.leader.run(run, RunState.SUCCEEDED, "");

        assertThat(followed.get()).endsWith("a#1 | four\n").doesNotContain("one");
    }

    @Test
    void a_command_waits_for_its_outcome() throws Exception {
        var run = create("cancelled");
        under.onCommand = id -> Thread.ofVirtual().start(() -> under.leader.decide(true, ""));

        var reply = client.send("POST", "/v1/runs/" + run + ":cancel", BodyPublishers.noBody());

        assertThat(reply.status()).isEqualTo(200);
        assertThat(text(reply.json(), "outcome")).isEqualTo("applied");
        assertThat(under.rings).contains("command " + run);
    }

    @Test
    void a_command_that_nobody_decides_is_accepted_and_one_refused_is_a_conflict() throws Exception {
        var run = create("undecided");
        var pending = client.send("POST", "/v1/runs/" + run + ":kill", BodyPublishers.noBody());
        assertThat(pending.status()).isEqualTo(202);
        assertThat(text(pending.json(), "outcome")).isEqualTo("pending");

        under.onCommand = id -> Thread.ofVirtual().start(() -> under.leader.decide(false, "not now"));
        var refused = client.send("POST", "/v1/runs/" + run + ":cancel", BodyPublishers.noBody());
        assertProblem(refused, 409, "command-refused");
        assertThat(text(refused.json(), "detail")).contains("not now");

        under.leader.run(run, RunState.SUCCEEDED, "");
        assertProblem(
                client.send("POST", "/v1/runs/" + run + ":cancel", BodyPublishers.noBody()), 409, "command-refused");
    }

    @Test
    void closing_the_server_ends_streams_and_waits() throws Exception {
        var run = create("closed");
        under.leader.events(run, 1);
        var settings = new HttpSettings("127.0.0.1", 0, ApiUnderTest.TOKEN, ApiUnderTest.LIMITS);
        var other = HttpApi.start(settings, under.collaborators);
        try (var otherClient = new ApiClient(other.uri(), ApiUnderTest.TOKEN, described)) {
            var stream = CompletableFuture.supplyAsync(
                    () -> ask(otherClient, "/v1/runs/" + run + "/events", "Accept", "application/x-ndjson"));
            var wait = CompletableFuture.supplyAsync(() -> ask(otherClient, "/v1/runs/" + run + "?wait=60"));
            await().atMost(Promised.EVENTUALLY).until(() -> other.openRequests() == 2);
            other.close();

            assertThat(stream.get().text()).contains("\"seq\":1");
            assertThat(wait.get().status()).isEqualTo(200);
        } finally {
            other.close();
        }
    }

    private static ApiClient.Reply ask(ApiClient with, String path, String... headers) {
        try {
            return with.get(path, headers);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
