package dev.dagkeeper.api.http;

import dev.dagkeeper.history.RunStore;
import dev.dagkeeper.history.RunStore.LiveStep;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.workflow.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The pools, and who has slots of them: counted from the steps that some worker has, as the leader does. Thread-safe. */
final class PoolResource {
    private static final int MOST_HOLDERS = 100;

    private final Supplier<Map<String, Integer>> limits;
    private final RunStore runs;
    private final Revisions revisions;

    /** @param limits slots of each pool, as they are set now */
    PoolResource(Supplier<Map<String, Integer>> limits, RunStore runs, Revisions revisions) {
        this.limits = limits;
        this.runs = runs;
        this.revisions = revisions;
    }

    List<Route> routes() {
        return List.of(Route.get("/v1/pools", this::pools));
    }

    /** What one step has of one pool. */
    private record Held(LiveStep step, int slots) {}

    private Answer pools(Call call) {
        call.query();
        var slots = limits.get();
        var held = held();
        var names = new TreeMap<>(slots);
        held.keySet().forEach(name -> names.putIfAbsent(name, 0));
        var json = Json.object();
        var items = json.putArray("items");
        for (var name : names.keySet()) {
            var holders = held.getOrDefault(name, List.of());
            var item = items.addObject();
            item.put("name", name);
            item.put("slots", slots.get(name));
            item.put("used", holders.stream().mapToInt(Held::slots).sum());
            item.put("holders", holders.size());
            var array = item.putArray("held");
            for (var holder : holders.subList(0, Math.min(MOST_HOLDERS, holders.size()))) {
                var one = array.addObject();
                one.put("run", holder.step.key().run().toString());
                one.put("step", holder.step.id());
                RunJson.putIndex(one, holder.step.key());
                one.put("slots", holder.slots);
                one.put("state", holder.step.state().text());
                one.put("worker", holder.step.worker().orElse(null));
            }
        }
        return Answer.ok(json);
    }

    /** By pool; of runs that are not final. */
    private Map<String, List<Held>> held() {
        var steps = new HashMap<StepKey, Step>();
        runs.activeRevisions()
                .forEach((run, revision) -> revisions.workflow(revision).steps().stream()
                        .filter(step -> !step.demand().pools().isEmpty())
                        .forEach(step -> steps.put(new StepKey(run, step.ordinal(), StepKey.WHOLE), step)));
        var held = new HashMap<String, List<Held>>();
        for (var live : runs.live(steps.keySet())) {
            var key = live.key();
            var step = steps.get(new StepKey(key.run(), key.step(), StepKey.WHOLE));
            // A foreach is running as a whole, too, but only its instances have slots.
            if (step != null && (step.foreach().isEmpty() || key.index() != StepKey.WHOLE)) {
                step.demand()
                        .pools()
                        .forEach((pool, slots) -> held.computeIfAbsent(pool, _ -> new ArrayList<>())
                                .add(new Held(live, slots)));
            }
        }
        return held;
    }
}
