package dev.dagkeeper.api.http;

import dev.dagkeeper.history.EventStore;
import dev.dagkeeper.history.RunWrites.EventWrite;
import dev.dagkeeper.run.RunId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** The history of a run, as a page or as it happens. Thread-safe. */
final class RunEvents {
    private static final String PAGE = "application/json";
    private static final String LINES = "application/x-ndjson";
    private static final String SSE = "text/event-stream";
    private static final int BATCH = 1000;

    /** A follower is told at once after a silence, and at most so often in a storm: each time is a query. */
    private static final Duration GAP = Duration.ofMillis(40);

    private final EventStore events;
    private final RunLookup lookup;
    private final News news;

    RunEvents(EventStore events, RunLookup lookup, News news) {
        this.events = events;
        this.lookup = lookup;
        this.news = news;
    }

    List<Route> routes() {
        return List.of(Route.get("/v1/runs/{id}/events", this::watch));
    }

    private Answer watch(Call call) throws InterruptedException {
        var query = call.query("since", "wait", "pageSize");
        var run = lookup.run(call).header().id();
        var since = since(call, query);
        return switch (call.accept(PAGE, LINES, SSE)) {
            case LINES -> new Answer.Stream(LINES, out -> follow(run, since, new Lines(out), call.limits()));
            case SSE -> new Answer.Stream(SSE, out -> follow(run, since, new Sse(out), call.limits()));
            default -> page(run, since, query);
        };
    }

    private static long since(Call call, Parameters query) {
        return query.text("since").isPresent()
                ? query.longNumber("since", 0)
                : call.header("Last-Event-ID")
                        .map(id -> Parameters.number("Last-Event-ID", id, 0, Long.MAX_VALUE))
                        .orElse(0L);
    }

    private Answer page(RunId run, long since, Parameters query) throws InterruptedException {
        var size = query.pageSize();
        var until = System.nanoTime()
                + Duration.ofSeconds(query.number("wait", 0, Waits.MOST_SECONDS).orElse(0))
                        .toNanos();
        try (var watch = news.watch(run)) {
            while (true) {
                // In this order: what is final has all its events.
                var ended = lookup.run(run).state().isFinal();
                var found = events.read(run, since, size);
                var left = Duration.ofNanos(until - System.nanoTime());
                if (!found.isEmpty() || ended || !left.isPositive() || news.closed()) {
                    return Answer.ok(page(found, since, ended && found.size() < size));
                }
                watch.await(left);
            }
        }
    }

    private static tools.jackson.databind.node.ObjectNode page(List<EventWrite> found, long since, boolean end) {
        var json = Json.object();
        var items = json.putArray("items");
        found.forEach(event -> items.add(RunJson.event(event)));
        json.put("nextSince", found.isEmpty() ? since : found.getLast().seq());
        json.put("end", end);
        return json;
    }

    /** Writes events until the run is final and all are written, or the server closes. */
    private void follow(RunId run, long since, Sink sink, HttpLimits limits) throws IOException, InterruptedException {
        var seen = since;
        var mayHaveEnded = true;
        try (var watch = news.watch(run)) {
            while (!news.closed()) {
                var began = System.nanoTime();
                var copied = copy(run, seen, sink);
                seen = copied.seen;
                // Asked only when an event of the run itself came by: the others come by the thousand.
                if ((mayHaveEnded || copied.ofRun) && lookup.run(run).state().isFinal()) {
                    // The last events are written together with the final state, so now they are there.
                    sink.end(copy(run, seen, sink).seen);
                    return;
                }
                var told = watch.await(limits.heartbeat());
                mayHaveEnded = !told;
                if (!told) {
                    countUntold(run, seen);
                    sink.alive();
                }
                watch.rest(GAP.minusNanos(System.nanoTime() - began));
            }
        }
    }

    private void countUntold(RunId run, long seen) {
        if (!news.closed() && !events.read(run, seen, 1).isEmpty()) {
            news.countUntold();
        }
    }

    /** What was copied: up to which number, and whether an event of the run itself was among it. */
    private record Copied(long seen, boolean ofRun) {}

    private Copied copy(RunId run, long after, Sink sink) throws IOException {
        var seen = after;
        var ofRun = false;
        List<EventWrite> batch;
        do {
            batch = events.read(run, seen, BATCH);
            for (var event : batch) {
                sink.event(event);
                seen = event.seq();
                ofRun |= event.step().isEmpty();
            }
            if (!batch.isEmpty()) {
                sink.flush();
            }
        } while (batch.size() == BATCH);
        return new Copied(seen, ofRun);
    }

    /** One form of a stream. */
    private abstract static class Sink {
        private final OutputStream out;

        Sink(OutputStream out) {
            this.out = out;
        }

        abstract void event(EventWrite event) throws IOException;

        /** Finds out whether the client is still there. */
        abstract void alive() throws IOException;

        abstract void end(long seen) throws IOException;

        void flush() throws IOException {
            out.flush();
        }

        void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }

        void write(EventWrite event, Function<String, String> form) throws IOException {
            write(form.apply(new String(Json.bytes(RunJson.event(event)), StandardCharsets.UTF_8)));
        }
    }

    private static final class Lines extends Sink {
        Lines(OutputStream out) {
            super(out);
        }

        @Override
        void event(EventWrite event) throws IOException {
            write(event, json -> json + "\n");
        }

        @Override
        void alive() throws IOException {
            write("\n");
            flush();
        }

        @Override
        void end(long seen) throws IOException {
            flush();
        }
    }

    private static final class Sse extends Sink {
        Sse(OutputStream out) {
            super(out);
        }

        @Override
        void event(EventWrite event) throws IOException {
            write(event, json -> "id: " + event.seq() + "\ndata: " + json + "\n\n");
        }

        @Override
        void alive() throws IOException {
            write(":\n\n");
            flush();
        }

        @Override
        void end(long seen) throws IOException {
            write("event: end\nid: " + seen + "\ndata: {}\n\n");
            flush();
        }
    }
}
