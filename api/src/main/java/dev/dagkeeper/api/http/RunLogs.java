package dev.dagkeeper.api.http;

import dev.dagkeeper.history.LogStore;
import dev.dagkeeper.history.LogStore.LogPosition;
import dev.dagkeeper.history.LogStore.LogSelection;
import dev.dagkeeper.history.RunStore.StoredRun;
import dev.dagkeeper.history.RunStore.StoredStep;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/** What steps wrote, from the beginning or its end, and as it comes. Thread-safe. */
final class RunLogs {
    private static final String LINES = "application/x-ndjson";
    private static final String TEXT = "text/plain";
    private static final int BATCH = 1000;
    private static final int MOST_TAIL = 10_000;

    /** Output is written without telling anybody, so whoever follows it looks. Only while somebody follows. */
    private static final Duration LOOK = Duration.ofMillis(400);

    private final LogStore logs;
    private final RunLookup lookup;
    private final Revisions revisions;
    private final News news;

    RunLogs(LogStore logs, RunLookup lookup, Revisions revisions, News news) {
        this.logs = logs;
        this.lookup = lookup;
        this.revisions = revisions;
        this.news = news;
    }

    List<Route> routes() {
        return List.of(Route.get("/v1/runs/{id}/logs", this::logs));
    }

    private Answer logs(Call call) {
        var query = call.query("step", "index", "attempt", "follow", "tail");
        var run = lookup.run(call);
        var step = query.text("step");
        var index = query.number("index", 0, Integer.MAX_VALUE);
        var attempt = query.number("attempt", 1, Integer.MAX_VALUE);
        if (step.isEmpty() && (index.isPresent() || attempt.isPresent())) {
            throw ApiProblem.badParameter("'index' and 'attempt' go with 'step'");
        }
        step.ifPresent(name -> lookup.step(run.header().id(), name, index));
        var wanted = new Wanted(
                run,
                new LogSelection(run.header().id(), step, boxed(index), boxed(attempt)),
                query.number("tail", 0, MOST_TAIL),
                query.flag("follow"));
        var type = call.accept(LINES, TEXT);
        var shown = type.equals(TEXT) ? TEXT + "; charset=utf-8" : type;
        return new Answer.Stream(shown, out -> write(wanted, sink(type, wanted, out), call.limits()));
    }

    private record Wanted(StoredRun run, LogSelection selection, OptionalInt tail, boolean follow) {}

    private LogSink sink(String type, Wanted wanted, OutputStream out) {
        if (type.equals(TEXT) && wanted.selection.step().isPresent()) {
            return LogText.raw(out);
        }
        IntFunction<String> names = names(wanted);
        return type.equals(TEXT) ? new LogText(out, names) : new LogLines(out, names);
    }

    private IntFunction<String> names(Wanted wanted) {
        if (wanted.selection.step().isPresent()) {
            var name = wanted.selection.step().get();
            return ordinal -> name;
        }
        var steps = revisions.workflow(wanted.run.header().revisionId()).steps();
        return ordinal -> steps.get(ordinal).displayName();
    }

    private void write(Wanted wanted, LogSink sink, HttpLimits limits) throws IOException, InterruptedException {
        var position = wanted.tail.isPresent() ? writeTail(wanted, sink) : LogPosition.START;
        if (wanted.follow) {
            follow(wanted, position, sink, limits);
        } else if (wanted.tail.isEmpty()) {
            copy(wanted.selection, position, sink);
        }
        sink.end();
    }

    /** Where to go on is fixed first: what is written in between comes once, and later. */
    private LogPosition writeTail(Wanted wanted, LogSink sink) throws IOException {
        var position = wanted.follow ? logs.end(wanted.selection) : LogPosition.START;
        var lines = wanted.tail.getAsInt();
        if (lines == 0) {
            return position;
        }
        var chunks = logs.tail(wanted.selection, lines);
        for (var chunk : chunks) {
            sink.chunk(chunk);
        }
        sink.flush();
        return position.after(chunks);
    }

    private void follow(Wanted wanted, LogPosition from, LogSink sink, HttpLimits limits)
            throws IOException, InterruptedException {
        var position = from;
        var silentSince = System.nanoTime();
        try (var watch = news.watch(wanted.run.header().id())) {
            while (!news.closed()) {
                // In this order: what has ended has written everything.
                var ended = ended(wanted);
                var before = position;
                position = copy(wanted.selection, position, sink);
                if (ended) {
                    return;
                }
                var now = System.nanoTime();
                if (!position.equals(before)) {
                    silentSince = now;
                } else if (now - silentSince > limits.heartbeat().toNanos()) {
                    silentSince = now;
                    sink.alive();
                }
                watch.await(LOOK);
            }
        }
    }

    private LogPosition copy(LogSelection selection, LogPosition from, LogSink sink) throws IOException {
        var position = from;
        while (true) {
            var chunks = logs.read(selection, position, BATCH);
            for (var chunk : chunks) {
                sink.chunk(chunk);
            }
            if (chunks.isEmpty()) {
                return position;
            }
            sink.flush();
            position = position.after(chunks);
        }
    }

    private boolean ended(Wanted wanted) {
        var selection = wanted.selection;
        if (selection.step().isEmpty()) {
            return lookup.run(selection.run()).state().isFinal();
        }
        var index = selection.index().map(OptionalInt::of).orElseGet(OptionalInt::empty);
        return lookup.step(selection.run(), selection.step().get(), index).stream()
                .allMatch(row -> row.state().isFinal() || isOver(row, selection.attempt()));
    }

    private static boolean isOver(StoredStep row, Optional<Integer> attempt) {
        return attempt.isPresent() && row.attempt() > attempt.get();
    }

    private static Optional<Integer> boxed(OptionalInt number) {
        return number.isPresent() ? Optional.of(number.getAsInt()) : Optional.empty();
    }
}
