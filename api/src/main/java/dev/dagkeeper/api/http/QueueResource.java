package dev.dagkeeper.api.http;

import dev.dagkeeper.api.http.ClusterView.Item;
import dev.dagkeeper.history.RunStore;
import dev.dagkeeper.run.StepKey;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/** Which steps wait for a worker, lie with one, or run. Thread-safe. */
final class QueueResource {
    private final ClusterView cluster;
    private final RunStore runs;
    private final Revisions revisions;

    QueueResource(ClusterView cluster, RunStore runs, Revisions revisions) {
        this.cluster = cluster;
        this.runs = runs;
        this.revisions = revisions;
    }

    List<Route> routes() {
        return List.of(Route.get("/v1/queue", this::queue), Route.get("/v1/locks", this::locks));
    }

    private Answer queue(Call call) {
        var query = call.query("pageSize", "pageToken");
        var all = cluster.queue();
        var shown = page(all, Item::place, PageTokens.place(query), query.pageSize());
        var names = names(shown.stream().map(Item::key).toList());
        var json = Json.object();
        json.put("available", cluster.available());
        json.put("depth", all.size());
        var items = json.putArray("items");
        for (var queued : shown) {
            var item = items.addObject();
            item.put("worker", queued.incarnation());
            putStep(item, queued.key(), names);
            item.put("claim", queued.claim());
            item.put("priority", queued.priority());
            item.put("since", queued.since().toString());
        }
        json.put(
                "nextPageToken",
                shown.size() < query.pageSize()
                        ? null
                        : PageTokens.of(shown.getLast().place()));
        var waiting = json.putArray("backlog");
        backlog()
                .forEach((queue, backlog) -> waiting.addObject()
                        .put("queue", queue)
                        .put("steps", backlog.steps)
                        .put("oldestRun", backlog.oldest.toString()));
        return Answer.ok(json);
    }

    private Answer locks(Call call) {
        var query = call.query("worker", "pageSize", "pageToken");
        var worker = query.text("worker");
        var all = cluster.locks().stream()
                .filter(lock -> worker.isEmpty()
                        || lock.incarnation().equals(worker.get())
                        || lock.incarnation().startsWith(worker.get() + "~"))
                .toList();
        var shown = page(all, ClusterView.Lock::key, PageTokens.lock(query), query.pageSize());
        var names = names(shown.stream().map(ClusterView.Lock::key).toList());
        var json = Json.object();
        json.put("available", cluster.available());
        json.put("held", all.size());
        var items = json.putArray("items");
        for (var lock : shown) {
            var item = items.addObject();
            putStep(item, lock.key(), names);
            item.put("claim", lock.claim());
            item.put("worker", lock.incarnation());
            item.put("since", lock.since().toString());
        }
        json.put(
                "nextPageToken",
                shown.size() < query.pageSize()
                        ? null
                        : PageTokens.ofLock(shown.getLast().key()));
        return Answer.ok(json);
    }

    /** The first of those that come after a place. Their number is bounded by the capacity of the workers. */
    private static <T, P extends Comparable<P>> List<T> page(
            List<T> all, Function<T, P> place, Optional<P> after, int size) {
        return all.stream()
                .filter(one -> after.isEmpty() || place.apply(one).compareTo(after.get()) > 0)
                .sorted(Comparator.comparing(place))
                .limit(size)
                .toList();
    }

    private Map<StepKey, String> names(Collection<StepKey> keys) {
        return keys.isEmpty() ? Map.of() : runs.names(keys);
    }

    private static void putStep(ObjectNode item, StepKey key, Map<StepKey, String> names) {
        item.put("run", key.run().toString());
        item.put("step", key.step());
        item.put("name", names.get(key));
        RunJson.putIndex(item, key);
    }

    private record Waiting(int steps, Instant oldest) {
        Waiting and(Waiting other) {
            return new Waiting(steps + other.steps, oldest.isBefore(other.oldest) ? oldest : other.oldest);
        }
    }

    /** By queue: what could start if a worker had room. */
    private Map<String, Waiting> backlog() {
        var backlog = new TreeMap<String, Waiting>();
        for (var ready : runs.ready()) {
            var steps = revisions.workflow(ready.revisionId()).steps();
            backlog.merge(steps.get(ready.step()).queue(), new Waiting(ready.steps(), ready.oldest()), Waiting::and);
        }
        return backlog;
    }
}
