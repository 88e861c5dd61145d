package dev.dagkeeper.api.http;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** The server itself: its health, its figures, its description. Thread-safe. */
final class ServerResource {
    private static final String DESCRIPTION = "openapi.yaml";

    private final PostgresCheck postgres;
    private final ClusterView cluster;
    private final Supplier<PrometheusMeterRegistry> registry;
    private final HttpTimings timings;
    private final News news;
    private final Readiness readiness;
    private final AtomicBoolean untoldBound = new AtomicBoolean();

    ServerResource(
            PostgresCheck postgres,
            ClusterView cluster,
            Supplier<PrometheusMeterRegistry> registry,
            HttpTimings timings,
            News news,
            Readiness readiness) {
        this.readiness = readiness;
        this.postgres = postgres;
        this.cluster = cluster;
        this.registry = registry;
        this.timings = timings;
        this.news = news;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/livez", Route.Access.EVERYBODY, this::live),
                new Route("GET", "/readyz", Route.Access.EVERYBODY, this::ready),
                new Route("GET", "/openapi.yaml", Route.Access.EVERYBODY, this::description),
                Route.get("/metrics", this::metrics));
    }

    private Answer live(Call call) {
        call.query();
        var json = Json.object();
        json.put("status", "ok");
        json.putObject("checks");
        return Answer.ok(json);
    }

    private Answer ready(Call call) {
        call.query();
        var answers = postgres.answers();
        var ready = answers && !readiness.isClosing();
        var json = Json.object();
        json.put("status", readiness.isClosing() ? "closing" : answers ? "ok" : "unavailable");
        json.putObject("checks")
                .put("postgres", answers ? "ok" : "away")
                .put("zookeeper", cluster.available() ? "ok" : "away");
        return new Answer.Json(ready ? 200 : 503, json, Map.of());
    }

    private Answer description(Call call) throws IOException {
        call.query();
        try (InputStream in = ServerResource.class.getResourceAsStream(DESCRIPTION)) {
            if (in == null) {
                throw new IllegalStateException(DESCRIPTION + " is not in the program");
            }
            return new Answer.Document(200, Source.YAML, in.readAllBytes(), Map.of());
        }
    }

    private Answer metrics(Call call) {
        call.query();
        var figures = registry.get();
        timings.bindTo(figures);
        if (untoldBound.compareAndSet(false, true)) {
            FunctionCounter.builder("dagkeeper.http.untold.news", news, News::untold)
                    .description("News that a waiting request found by looking, since nobody told it")
                    .register(figures);
        }
        var text = figures.scrape().getBytes(StandardCharsets.UTF_8);
        return new Answer.Document(200, "text/plain; version=0.0.4; charset=utf-8", text, Map.of());
    }
}
