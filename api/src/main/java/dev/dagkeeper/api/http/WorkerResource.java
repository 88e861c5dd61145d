package dev.dagkeeper.api.http;

import dev.dagkeeper.history.DrainStore;
import dev.dagkeeper.history.DrainStore.Drain;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** The workers, and which of them take new steps. Thread-safe. */
final class WorkerResource {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerResource.class);

    private final ClusterView cluster;
    private final DrainStore drains;
    private final RunBells bells;

    WorkerResource(ClusterView cluster, DrainStore drains, RunBells bells) {
        this.cluster = cluster;
        this.drains = drains;
        this.bells = bells;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/workers", this::workers),
                Route.post("/v1/workers/{name}:drain", this::drain),
                Route.post("/v1/workers/{name}:resume", this::resume));
    }

    private Answer workers(Call call) {
        call.query();
        var queued = new HashMap<String, Integer>();
        cluster.queue().forEach(item -> queued.merge(item.incarnation(), 1, Integer::sum));
        var drained = drains.list();
        var json = Json.object();
        json.put("available", cluster.available());
        var items = json.putArray("items");
        for (var worker : cluster.workers()) {
            var item = items.addObject();
            item.put("id", worker.incarnation());
            item.put("worker", worker.name());
            putState(item, worker, queued.getOrDefault(worker.incarnation(), 0), drained);
            item.put("slots", worker.slots());
            var queues = item.putArray("queues");
            worker.queues().forEach(queues::add);
            item.put("cpu", worker.offer().cpu());
            item.put("memory", worker.offer().memory());
            var labels = item.putObject("labels");
            new TreeMap<>(worker.offer().labels()).forEach(labels::put);
            item.put("zone", worker.offer().zone().orElse(null));
            item.put("version", worker.version());
            item.put("protocol", worker.protocol());
            item.put("session", worker.session());
            item.put("since", worker.since().toString());
        }
        var list = json.putArray("drains");
        drained.forEach(drain -> list.add(json(drain)));
        return Answer.ok(json);
    }

    private static void putState(ObjectNode item, ClusterView.Worker worker, int queued, List<Drain> drained) {
        var drain = drained.stream()
                .filter(d -> d.worker().equals(worker.name()) || d.worker().equals(worker.incarnation()))
                .findFirst();
        var reason = worker.refusal()
                .or(() -> worker.stopping() ? Optional.of("it was told to end") : Optional.empty())
                .or(() -> drain.map(d -> "by " + d.by() + " since " + d.since()));
        item.put(
                "state",
                worker.refusal().isPresent()
                        ? "refused"
                        : reason.isEmpty() ? "active" : worker.running() + queued > 0 ? "draining" : "drained");
        Json.putText(item, "reason", reason.orElse(""));
        item.put("running", worker.running());
        item.put("queued", queued);
    }

    private Answer drain(Call call) {
        call.query();
        var name = call.path("name");
        // One that is not running may be drained only where nobody can know what runs.
        if (cluster.available()
                && cluster.workers().stream()
                        .noneMatch(w -> w.name().equals(name) || w.incarnation().equals(name))
                && drains.list().stream().noneMatch(d -> d.worker().equals(name))) {
            throw ApiProblem.of(
                    404,
                    "worker-not-found",
                    "no worker '" + name + "' is running; 'dagkeeper workers' lists names and ids of those that are");
        }
        var drain = drains.drain(name, call.by());
        ring();
        LOG.info("worker to be drained worker={} by={}", name, drain.by());
        return Answer.ok(json(drain));
    }

    private Answer resume(Call call) {
        call.query();
        var name = call.path("name");
        var ended = drains.resume(name);
        if (ended.isEmpty()) {
            throw ApiProblem.of(
                    404,
                    "worker-not-drained",
                    "worker '" + name + "' is not drained; 'dagkeeper workers' shows who is");
        }
        ring();
        LOG.info("worker resumed worker={} by={}", name, call.by());
        return Answer.ok(json(ended.getFirst()));
    }

    private static ObjectNode json(Drain drain) {
        var json = Json.object();
        json.put("worker", drain.worker());
        json.put("by", drain.by());
        json.put("since", drain.since().toString());
        return json;
    }

    private void ring() {
        try {
            bells.workersChanged();
        } catch (RuntimeException e) {
            LOG.debug("bell not rung", e);
        }
    }
}
