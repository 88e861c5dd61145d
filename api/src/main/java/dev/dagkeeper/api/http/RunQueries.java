package dev.dagkeeper.api.http;

import dev.dagkeeper.history.RunFilter;
import dev.dagkeeper.history.RunStore;
import dev.dagkeeper.history.RunStore.StepPage;
import dev.dagkeeper.history.RunStore.StoredRun;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepState;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** What runs and steps look like now. Thread-safe. */
final class RunQueries {
    /** How many steps one answer shows at most. */
    private static final int MOST_STEPS = 10_000;

    /** A list leaves the counts of larger runs out, so that a page never costs more than as many rows for each. */
    private static final int MOST_COUNTED = 1_000;

    private final RunStore runs;
    private final RunLookup lookup;
    private final BlockedSteps blocked;
    private final QueuedRuns queued;
    private final Waits waits;

    RunQueries(RunStore runs, RunLookup lookup, BlockedSteps blocked, Waits waits) {
        this.runs = runs;
        this.lookup = lookup;
        this.blocked = blocked;
        queued = new QueuedRuns(runs);
        this.waits = waits;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/runs", this::list),
                Route.get("/v1/runs/{id}", this::get),
                Route.get("/v1/runs/{id}/steps", this::steps),
                Route.get("/v1/runs/{id}/steps/{step}/attempts", this::attempts));
    }

    private Answer list(Call call) {
        var query =
                call.query("state", "workflow", "namespace", "label", "createdAfter", "steps", "pageSize", "pageToken");
        var size = query.pageSize();
        var filter = new RunFilter(
                states(query),
                query.text("namespace"),
                query.text("workflow"),
                labels(query.all("label")),
                query.time("createdAfter"),
                PageTokens.run(query),
                size);
        var found = queued.explain(runs.list(filter));
        var json = Json.object();
        var items = json.putArray("items");
        var room = query.flag("steps") ? MOST_STEPS : 0;
        var counts =
                runs.stepCounts(found.stream().map(run -> run.header().id()).toList(), MOST_COUNTED);
        for (var run : found) {
            var item =
                    show(run, room, Optional.ofNullable(counts.get(run.header().id())));
            room -= item.steps;
            items.add(item.json);
        }
        // A full page may be the last one: then the next is empty, which costs less than looking one further each time.
        json.put(
                "nextPageToken",
                found.size() < size
                        ? null
                        : PageTokens.of(found.getLast().header().id()));
        return Answer.ok(json);
    }

    private Answer get(Call call) throws InterruptedException {
        var query = call.query("wait");
        var wait =
                Duration.ofSeconds(query.number("wait", 0, Waits.MOST_SECONDS).orElse(0));
        var run = lookup.run(call);
        if (!run.state().isFinal() && wait.isPositive()) {
            run = waits.untilFinal(run.header().id(), wait);
        }
        return Answer.ok(full(run));
    }

    /** A run with its steps, unless they are too many for one answer. */
    ObjectNode full(StoredRun run) {
        return show(queued.explain(run), MOST_STEPS, Optional.empty()).json;
    }

    private record Shown(ObjectNode json, int steps) {}

    private Shown show(StoredRun run, int room, Optional<Map<StepState, Integer>> counted) {
        if (room <= 0) {
            return new Shown(RunJson.run(run, counted, Optional.empty()), 0);
        }
        var id = run.header().id();
        var counts = counted.orElseGet(() -> runs.stepCounts(id));
        var total = counts.values().stream().mapToInt(Integer::intValue).sum();
        if (total > room) {
            return new Shown(RunJson.run(run, Optional.of(counts), Optional.empty()), 0);
        }
        var page = runs.steps(id, Optional.empty(), MOST_STEPS);
        // A page that ends early is one whose outputs are too large to be shown at once.
        var steps = page.next().isPresent() ? Optional.<StepPage>empty() : Optional.of(page);
        return new Shown(RunJson.run(run, Optional.of(counts), steps.map(p -> blocked.explain(run, p.steps()))), total);
    }

    private Answer steps(Call call) {
        var query = call.query("pageSize", "pageToken");
        var run = lookup.run(call);
        var id = run.header().id();
        var page = runs.steps(id, PageTokens.step(query, id), query.pageSize());
        var json = Json.object();
        json.set("items", RunJson.steps(blocked.explain(run, page.steps())));
        json.put("nextPageToken", page.next().map(PageTokens::of).orElse(null));
        return Answer.ok(json);
    }

    private Answer attempts(Call call) {
        var index = call.query("index").number("index", 0, Integer.MAX_VALUE);
        var run = lookup.run(call).header().id();
        var name = call.path("step");
        lookup.step(run, name, index);
        var json = Json.object();
        var items = json.putArray("items");
        for (var attempt : runs.attempts(run, name)) {
            if (index.isEmpty() || OptionalInt.of(attempt.key().index()).equals(index)) {
                items.add(RunJson.attempt(attempt));
            }
        }
        return Answer.ok(json);
    }

    private static Set<RunState> states(Parameters query) {
        var states = EnumSet.noneOf(RunState.class);
        for (var text : query.text("state").map(t -> t.split(",", -1)).orElse(new String[0])) {
            if (text.equals("active")) {
                Arrays.stream(RunState.values()).filter(s -> !s.isFinal()).forEach(states::add);
            } else {
                states.add(state(text));
            }
        }
        return states;
    }

    private static RunState state(String text) {
        return Arrays.stream(RunState.values())
                .filter(state -> state.text().equals(text))
                .findFirst()
                .orElseThrow(() -> ApiProblem.badParameter("expected states among active, "
                        + String.join(
                                ", ",
                                Arrays.stream(RunState.values())
                                        .map(RunState::text)
                                        .toList())
                        + " for 'state', found '" + text + "'"));
    }

    private static Map<String, String> labels(List<String> texts) {
        var labels = new HashMap<String, String>();
        for (var text : texts) {
            var equals = text.indexOf('=');
            if (equals < 1) {
                throw ApiProblem.badParameter("expected key=value for 'label', found '" + text + "'");
            }
            labels.put(text.substring(0, equals), text.substring(equals + 1));
        }
        return labels;
    }
}
