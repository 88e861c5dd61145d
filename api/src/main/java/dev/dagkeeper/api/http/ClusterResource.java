package dev.dagkeeper.api.http;

import dev.dagkeeper.cluster.Protocol;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Who is there and who leads. Thread-safe. */
final class ClusterResource {
    private static final int MOST_PROCESSES = 500;

    private final ClusterView cluster;
    private final PostgresCheck postgres;
    private final String version;

    ClusterResource(ClusterView cluster, PostgresCheck postgres, String version) {
        this.cluster = cluster;
        this.postgres = postgres;
        this.version = version;
    }

    List<Route> routes() {
        return List.of(Route.get("/v1/cluster", this::cluster));
    }

    private Answer cluster(Call call) {
        call.query();
        var workers = cluster.workers();
        var leader = cluster.leader();
        var json = Json.object();
        json.put("available", cluster.available());
        json.putObject("stores")
                .put("zookeeper", cluster.available() ? "ok" : "away")
                .put("postgres", postgres.answers() ? "ok" : "away");
        json.put("leader", leader.orElse(null));
        var lead = cluster.lead();
        json.put("epoch", lead.map(ClusterView.Lead::epoch).orElse(null));
        json.put("since", lead.map(l -> l.since().toString()).orElse(null));
        json.put("workers", workers.size());
        json.put("slots", workers.stream().mapToInt(ClusterView.Worker::slots).sum());
        json.put("version", version);
        json.put("protocol", Protocol.NUMBER);
        var processes = json.putArray("processes");
        cluster.processes().stream()
                .limit(MOST_PROCESSES)
                .forEach(process -> put(processes.addObject(), process, leader.orElse("")));
        return Answer.ok(json);
    }

    private static void put(ObjectNode json, ClusterView.Participant process, String leader) {
        json.put("id", process.id());
        var roles = json.putArray("roles");
        process.roles().forEach(roles::add);
        json.put("leads", process.id().equals(leader));
        json.put("version", process.version());
        json.put("protocol", process.protocol());
        json.put("session", process.session());
        json.put("sessionMillis", process.sessionMillis());
        json.put("since", process.since().toString());
    }
}
