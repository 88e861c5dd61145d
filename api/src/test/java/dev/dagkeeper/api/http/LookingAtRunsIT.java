package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.run.GroupName;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.workflow.Demand;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What runs look like. */
class LookingAtRunsIT extends ApiScenario {
    @Test
    void runs_are_listed_newest_first_page_by_page_and_by_filter() throws Exception {
        var ids = new java.util.ArrayList<String>();
        for (var i = 0; i < 5; i++) {
            ids.addFirst(create("listed").toString());
        }
        under.leader.run(RunId.parse(ids.get(3)), RunState.FAILED, "broken");

        var found = new java.util.ArrayList<String>();
        var token = "";
        do {
            var page = client.get("/v1/runs?workflow=listed&pageSize=2" + token).json();
            found.addAll(texts(page.get("items"), "id"));
            token = page.get("nextPageToken").isNull() ? "" : "&pageToken=" + text(page, "nextPageToken");
        } while (!token.isEmpty());
        assertThat(found).containsExactlyElementsOf(ids);

        assertThat(listed("workflow=listed&state=failed")).containsExactly(ids.get(3));
        assertThat(listed("workflow=listed&state=active")).hasSize(4).doesNotContain(ids.get(3));
        assertThat(listed("workflow=listed&label=team%3Ddata")).hasSize(5);
        assertThat(listed("workflow=listed&label=team%3Dother")).isEmpty();
        assertThat(listed("workflow=listed&createdAfter=2999-01-01T00:00:00Z")).isEmpty();
        var withSteps =
                client.get("/v1/runs?workflow=listed&pageSize=1&steps=true").json();
        assertThat(withSteps.get("items").get(0).get("steps").size()).isEqualTo(2);
        var without = client.get("/v1/runs?workflow=listed&pageSize=1")
                .json()
                .get("items")
                .get(0);
        assertThat(without.get("steps").isNull()).isTrue();
        assertThat(text(without, "stepsPage")).isEqualTo("/v1/runs/" + ids.get(0) + "/steps");
        assertThat(without.get("stepCounts").toString()).isEqualTo("{\"pending\":2}");
    }

    @Test
    void a_run_is_found_by_id_prefix_and_selector() throws Exception {
        var run = create("selected");
        under.leader.run(run, RunState.FAILED, "step b failed");
        var latest = create("selected");

        assertThat(text(client.get("/v1/runs/" + run).json(), "reason")).isEqualTo("step b failed");
        assertThat(text(client.get("/v1/runs/@failed").json(), "id")).isEqualTo(run.toString());
        assertThat(text(client.get("/v1/runs/%40latest").json(), "id")).isEqualTo(latest.toString());
        assertThat(text(
                        client.get("/v1/runs/" + latest.toString().substring(0, 30))
                                .json(),
                        "id"))
                .isEqualTo(latest.toString());
        assertProblem(client.get("/v1/runs/" + run.toString().substring(0, 6)), 409, "ambiguous-run");
        for (var path : List.of("", "/steps", "/graph", "/events", "/logs", "/outputs", "/why", "/steps/a/attempts")) {
            assertProblem(client.get("/v1/runs/00000000-0000-7000-8000-000000000000" + path), 404, "run-not-found");
        }
    }

    @Test
    void steps_attempts_graph_and_reasons_are_shown() throws Exception {
        var run = create("shown");
        under.leader.run(run, RunState.RUNNING, "");
        under.leader.step(run, 0, "a", StepState.FAILED, "exit code 3");
        var path = "/v1/runs/" + run;

        var page = client.get(path + "/steps?pageSize=1").json();
        assertThat(texts(page.get("items"), "state")).containsExactly("failed");
        var next = client.get(path + "/steps?pageSize=1&pageToken=" + text(page, "nextPageToken"))
                .json();
        assertThat(texts(next.get("items"), "id")).containsExactly("b");
        assertThat(client.get(path + "/steps/a/attempts").json().get("items").size())
                .isZero();
        assertProblem(client.get(path + "/steps/zz/attempts"), 404, "step-not-found");
        assertProblem(client.get(path + "/steps/a/attempts?index=0"), 404, "step-not-found");

        var graph = client.get(path + "/graph").json().get("steps");
        assertThat(texts(graph, "state")).containsExactly("failed", "pending");
        assertThat(text(graph.get(1).get("needs").get(0), "step")).isEqualTo("a");
        assertThat(graph.get(1).get("maxAttempts").intValue()).isEqualTo(3);

        under.leader.step(run, 1, "b", StepState.UPSTREAM_FAILED, "a failed");
        var why = client.get(path + "/why").json();
        assertThat(texts(why.get("steps"), "id")).containsExactly("a", "b");
        assertThat(text(why.get("steps").get(0), "reason")).isEqualTo("exit code 3");
        assertThat(text(why.get("steps").get(1).get("waitsFor").get(0), "step")).isEqualTo("a");
        assertThat(text(why, "summary")).contains("1 failed", "1 upstream-failed");
        assertThat(texts(client.get(path + "/why?step=b").json().get("steps"), "id"))
                .containsExactly("b");
        assertThat(client.get(path + "/outputs").json().get("steps").size()).isZero();
    }

    @Test
    void a_blocked_step_tells_what_it_waits_for_now() throws Exception {
        var run = create("blocked");
        under.leader.run(run, RunState.RUNNING, "");
        under.leader.step(run, 0, "a", StepState.BLOCKED, "waits for a free slot on queue default");
        var path = "/v1/runs/" + run;
        assertThat(text(client.get(path).json().get("steps").get(0), "reason"))
                .isEqualTo("waits for a free slot on queue default");

        under.leader.explain(Demand.of("default").key(), "no worker serves queue 'default'; served are tape");
        for (var steps : List.of(
                client.get(path).json().get("steps"),
                client.get(path + "/steps").json().get("items"),
                client.get(path + "/why?step=a").json().get("steps"))) {
            assertThat(text(steps.get(0), "reason")).isEqualTo("no worker serves queue 'default'; served are tape");
        }
        assertThat(text(client.get(path).json().get("steps").get(1), "reason")).isEqualTo("waits for a");
    }

    @Test
    void a_step_that_waits_for_an_earlier_run_says_so_and_not_what_others_wait_for() throws Exception {
        var run = create("past");
        under.leader.run(run, RunState.RUNNING, "");
        var reason = "depends-on-past: step a of run r (fire f) is failed and must have succeeded";
        under.leader.step(run, 0, "a", StepState.BLOCKED, reason);
        under.leader.explain(Demand.of("default").key(), "no worker serves queue 'default'; served are tape");
        assertThat(text(client.get("/v1/runs/" + run).json().get("steps").get(0), "reason"))
                .isEqualTo(reason);
    }

    @Test
    void a_run_without_a_place_tells_who_has_it() throws Exception {
        var source = TWO_STEPS.formatted("grouped") + "concurrency: {max: 1}\n";
        var run = RunId.parse(text(client.post("/v1/runs", YAML, source).json(), "id"));
        var path = "/v1/runs/" + run;
        under.leader.run(run, RunState.QUEUED, "waits for a place in group grouped");
        assertThat(text(client.get(path).json(), "reason")).isEqualTo("waits for a place in group grouped");
        var words = "waits for a place in group grouped: 1 of 1 taken by run r (grouped)";
        under.leader.explain(new GroupName("default", "grouped").key(), words);
        assertThat(text(client.get(path).json(), "reason")).isEqualTo(words);
        assertThat(texts(client.get("/v1/runs?workflow=grouped").json().get("items"), "reason"))
                .containsExactly(words);
        assertThat(text(client.get(path + "/why").json(), "summary")).contains(words);
    }

    @Test
    void a_pending_step_tells_what_it_waits_for_and_that_nobody_works() throws Exception {
        var run = create("stuck");
        under.cluster.available = false;

        var why = client.get("/v1/runs/" + run + "/why").json();

        assertThat(text(why.get("steps").get(1).get("waitsFor").get(0), "step")).isEqualTo("a");
        assertThat(text(why, "summary")).contains("ZooKeeper is away");
    }
}
