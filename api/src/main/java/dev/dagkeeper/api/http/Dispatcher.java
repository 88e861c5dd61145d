package dev.dagkeeper.api.http;

import dev.dagkeeper.history.StoreException;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The top of every request: checks who asks, finds the operation, sends its answer or the reason why not. Thread-safe. */
final class Dispatcher implements Handler {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final String NO_ROUTE = "none";

    private final Router router;
    private final Guard guard;
    private final HttpLimits limits;
    private final HttpTimings timings;
    private final Semaphore streams;
    private final AtomicInteger open = new AtomicInteger();

    Dispatcher(Router router, Guard guard, HttpLimits limits, HttpTimings timings) {
        this.router = router;
        this.guard = guard;
        this.limits = limits;
        this.timings = timings;
        this.streams = new Semaphore(limits.streams());
    }

    /** Requests that are being answered now, streams included. */
    int openRequests() {
        return open.get();
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        var begun = System.nanoTime();
        var method = request.prologue().method().text();
        var route = NO_ROUTE;
        var body = new RequestBody(request, limits.bodyTimeout());
        open.incrementAndGet();
        try {
            var headers = request.headers();
            guard.checkHost(headers.first(HeaderNames.HOST));
            var match = router.match(method, request.prologue().uriPath().rawPath());
            route = match.route().template();
            if (match.route().access() == Route.Access.TOKEN) {
                guard.checkToken(headers.first(HeaderNames.AUTHORIZATION));
            }
            var answer = answer(match, new Call(request, match.variables(), body, limits));
            send(answer, response);
        } catch (ApiProblem problem) {
            fail(problem, method, response);
        } catch (StoreException e) {
            LOG.warn("store unavailable method={} route={}", method, route, e);
            fail(storeUnavailable(e), method, response);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(ApiProblem.of(503, "store-unavailable", "the server is closing"), method, response);
        } catch (IOException e) {
            // The client went away, or was too slow: nobody is left to tell.
            throw new UncheckedIOException(e);
        } catch (UncheckedIOException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.error("request failed method={} route={}", method, route, e);
            fail(ApiProblem.of(500, "internal", "this is a fault of the server; its log has more"), method, response);
        } finally {
            open.decrementAndGet();
            var status = response.status().code();
            var nanos = System.nanoTime() - begun;
            timings.record(method, route, status, nanos);
            LOG.debug("request method={} route={} status={} micros={}", method, route, status, nanos / 1000);
        }
        closeIfAsked(request, response, body);
    }

    /** The server itself would keep the connection. Nor does it end a stream when a handler throws: closing the stream leaves that to commit. */
    private static void closeIfAsked(ServerRequest request, ServerResponse response, RequestBody body) {
        if (request.headers().contains(HeaderValues.CONNECTION_CLOSE)
                || response.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
            body.drain();
            if (response instanceof RoutingResponse open) {
                open.commit();
            }
            throw new CloseConnectionException("the request or its answer ends the connection");
        }
    }

    private static Answer answer(Router.Match match, Call call) throws IOException, InterruptedException {
        return match.route().handler().handle(call);
    }

    private void send(Answer answer, ServerResponse response) throws IOException, InterruptedException {
        switch (answer) {
            case Answer.Stream stream -> stream(stream, response);
            case Answer.Json json -> {
                prepare(answer, response);
                document(response, "application/json", Json.bytes(json.body()));
            }
            case Answer.Document document -> {
                prepare(answer, response);
                document(response, document.type(), document.body());
            }
            case Answer.Empty _ -> {
                prepare(answer, response);
                response.send();
            }
        }
    }

    private static void prepare(Answer answer, ServerResponse response) {
        response.status(Status.create(answer.status()));
        answer.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
    }

    private static void document(ServerResponse response, String type, byte[] body) {
        response.header(HeaderNames.CONTENT_TYPE, type);
        response.send(body);
    }

    private void stream(Answer.Stream stream, ServerResponse response) throws IOException, InterruptedException {
        if (!streams.tryAcquire()) {
            throw ApiProblem.of(
                            429,
                            "too-many-streams",
                            "all " + limits.streams()
                                    + " places for streams are taken; try again, or read page by page")
                    .with("Retry-After", "5");
        }
        try {
            prepare(stream, response);
            response.header(HeaderNames.CONTENT_TYPE, stream.type());
            try (var out = response.outputStream()) {
                stream.body().write(out);
            }
        } finally {
            streams.release();
        }
    }

    private static ApiProblem storeUnavailable(StoreException e) {
        return ApiProblem.of(503, "store-unavailable", "Postgres does not answer: " + e.getMessage())
                .with("Retry-After", "2");
    }

    private static void fail(ApiProblem problem, String method, ServerResponse response) {
        if (response.isSent()) {
            // In the middle of a stream there is no other way to tell than to cut it off.
            throw new UncheckedIOException(new IOException(problem.detail()));
        }
        var body = Optional.of(ProblemJson.bytes(problem)).filter(b -> !method.equals("HEAD"));
        response.status(Status.create(problem.status()));
        problem.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
        if (body.isPresent()) {
            document(response, ProblemJson.TYPE, body.get());
        } else {
            response.send();
        }
    }
}
