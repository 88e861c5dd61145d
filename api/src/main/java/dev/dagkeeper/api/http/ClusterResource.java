package dev.dagkeeper.api.http;

import java.util.HashMap;
import java.util.List;
import java.util.TreeMap;

/** Who leads, who works, and what is queued right now. Thread-safe. */
final class ClusterResource {
    private static final int MOST_ITEMS = 500;

    private final ClusterView cluster;
    private final String version;

    ClusterResource(ClusterView cluster, String version) {
        this.cluster = cluster;
        this.version = version;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/workers", this::workers),
                Route.get("/v1/queue", this::queue),
                Route.get("/v1/cluster", this::cluster));
    }

    private Answer workers(Call call) {
        call.query();
        var queued = new HashMap<String, Integer>();
        cluster.queue().forEach(item -> queued.merge(item.incarnation(), 1, Integer::sum));
        var json = Json.object();
        json.put("available", cluster.available());
        var items = json.putArray("items");
        for (var worker : cluster.workers()) {
            var item = items.addObject();
            item.put("id", worker.incarnation());
            item.put("worker", worker.name());
            item.put("slots", worker.slots());
            item.put("running", worker.running());
            item.put("queued", queued.getOrDefault(worker.incarnation(), 0));
            var queues = item.putArray("queues");
            worker.queues().forEach(queues::add);
            item.put("cpu", worker.cpu());
            item.put("memory", worker.memory());
            var labels = item.putObject("labels");
            new TreeMap<>(worker.labels()).forEach(labels::put);
            item.put("zone", worker.zone().orElse(null));
            item.put("version", worker.version());
        }
        return Answer.ok(json);
    }

    private Answer queue(Call call) {
        call.query();
        var all = cluster.queue();
        var json = Json.object();
        json.put("available", cluster.available());
        json.put("depth", all.size());
        var items = json.putArray("items");
        for (var queued : all.subList(0, Math.min(MOST_ITEMS, all.size()))) {
            var item = items.addObject();
            item.put("worker", queued.incarnation());
            item.put("run", queued.key().run().toString());
            item.put("step", queued.key().step());
            RunJson.putIndex(item, queued.key());
            item.put("claim", queued.claim());
        }
        return Answer.ok(json);
    }

    private Answer cluster(Call call) {
        call.query();
        var workers = cluster.workers();
        var json = Json.object();
        json.put("available", cluster.available());
        json.put("leader", cluster.leader().orElse(null));
        json.put("workers", workers.size());
        json.put("slots", workers.stream().mapToInt(ClusterView.Worker::slots).sum());
        json.put("version", version);
        return Answer.ok(json);
    }
}
