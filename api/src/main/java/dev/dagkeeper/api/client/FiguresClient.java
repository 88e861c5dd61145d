package dev.dagkeeper.api.client;

import dev.dagkeeper.api.client.Transport.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

/** Calls of those who measure. As {@link DagkeeperClient}, which gives it. */
public final class FiguresClient {
    private static final int PAGE = 500;
    private static final String JSON = "application/json";

    private final Transport transport;

    FiguresClient(Transport transport) {
        this.transport = transport;
    }

    /** The server's figures, in the text format of Prometheus. */
    public String metrics() {
        try (var answer = transport.send(Request.get("/metrics", "text/plain"))) {
            return new String(answer.body().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UnreachableException(transport.address(), e);
        }
    }

    /** Tells each step of a run, foreach instances after their step; no more than a page of them is held. */
    public void steps(String run, Consumer<RunStep> listener) {
        Optional<String> page = Optional.empty();
        do {
            var path = Paths.run(run, "/steps").with("pageSize", PAGE);
            page.ifPresent(token -> path.with("pageToken", token));
            var answer = transport.json(Request.get(path.toString(), JSON));
            answer.path("items").forEach(step -> listener.accept(new RunStep(step)));
            page = Fields.optional(answer, "nextPageToken");
        } while (page.isPresent());
    }
}
