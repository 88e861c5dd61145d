package dev.dagkeeper.api.http;

import dev.dagkeeper.doctor.Doctor;
import dev.dagkeeper.doctor.Examination;
import dev.dagkeeper.doctor.Violation;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Whether the invariants hold on the live system. Thread-safe. */
final class DoctorResource {
    private static final int HOUR_SECONDS = 3_600;
    private static final int MOST_RUNS = 1_000_000;
    private static final int USUAL_RUNS = 1_000;
    private static final int MOST_PATIENCE_SECONDS = 60;

    /** Longer than another leader needs after one was killed: election, loading, the grace for absent locks. */
    private static final int USUAL_PATIENCE_SECONDS = 15;

    private final Doctor doctor;
    private final InstantSource clock;

    DoctorResource(Doctor doctor, InstantSource clock) {
        this.doctor = doctor;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(Route.get("/v1/doctor", this::examine));
    }

    private Answer examine(Call call) {
        var query = call.query("since", "runs", "patience");
        int since = query.number("since", 0, Integer.MAX_VALUE).orElse(HOUR_SECONDS);
        int runs = query.number("runs", 0, MOST_RUNS).orElse(USUAL_RUNS);
        int patience = query.number("patience", 0, MOST_PATIENCE_SECONDS).orElse(USUAL_PATIENCE_SECONDS);
        try {
            return Answer.ok(json(doctor.examine(
                    new Examination.Request(clock.instant().minusSeconds(since), runs, Duration.ofSeconds(patience)))));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiProblem.of(503, "closing", "this server is being stopped; ask another");
        }
    }

    private static ObjectNode json(Examination examination) {
        var json = Json.object();
        json.put("at", Json.time(examination.at()));
        json.put("healthy", examination.isHealthy());
        json.put("zookeeper", examination.zooKeeper());
        json.put("runs", examination.runs());
        json.put("leftOut", examination.leftOut());
        var checks = json.putArray("checks");
        for (var result : examination.results()) {
            var check = checks.addObject();
            check.put("id", result.check().id());
            check.put("description", result.check().description());
            check.put("advice", result.check().advice());
            check.put("carriedOut", result.carriedOut());
            check.put("examined", result.examined());
            check.put("violations", result.violations());
            var items = check.putArray("items");
            result.shown().forEach(violation -> items.add(json(violation)));
        }
        return json;
    }

    private static ObjectNode json(Violation violation) {
        var json = Json.object();
        json.put("run", violation.run().map(Object::toString).orElse(null));
        json.put("step", violation.step().orElse(null));
        json.put("node", violation.node().orElse(null));
        json.put("expected", violation.expected());
        json.put("found", violation.found());
        return json;
    }
}
