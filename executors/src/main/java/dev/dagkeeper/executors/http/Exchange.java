package dev.dagkeeper.executors.http;

import dev.dagkeeper.executors.http.CappedBody.Content;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A request with the redirects it leads to. Follows them itself: the JDK's client would carry a connection's secret
 * headers to whatever host a redirect names.
 */
final class Exchange {
    private static final int MOST_REDIRECTS = 5;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<Integer> KEEP_METHOD = Set.of(307, 308);

    private final HttpClient client;
    private final HttpSettings settings;
    private final int bodyLimit;
    private final long deadline;

    /**
     * An exchange whose time starts now.
     *
     * @param client one that follows no redirects
     */
    Exchange(HttpClient client, HttpSettings settings, int bodyLimit) {
        this.client = client;
        this.settings = settings;
        this.bodyLimit = bodyLimit;
        this.deadline = System.nanoTime() + settings.timeout().toNanos();
    }

    HttpResponse<Content> run() throws IOException, InterruptedException {
        var uri = settings.uri();
        var method = settings.method();
        var body = settings.body();
        for (int redirects = 0; ; redirects++) {
            var response = send(request(uri, method, body));
            var next = settings.followRedirects() ? target(response) : Optional.<URI>empty();
            if (next.isEmpty()) {
                return response;
            }
            if (redirects == MOST_REDIRECTS) {
                throw new IOException("more than " + MOST_REDIRECTS + " redirects");
            }
            if (!KEEP_METHOD.contains(response.statusCode()) && !method.equals("HEAD")) {
                method = "GET";
                body = Optional.empty();
            }
            uri = next.get();
        }
    }

    private HttpRequest request(URI uri, String method, Optional<byte[]> body) {
        var builder = HttpRequest.newBuilder(uri)
                .method(method, body.map(BodyPublishers::ofByteArray).orElseGet(BodyPublishers::noBody));
        addHeaders(builder, settings.headers(), body.isPresent());
        if (HttpSettings.sameOrigin(uri, settings.uri())) {
            addHeaders(builder, settings.secretHeaders(), body.isPresent());
        }
        return builder.build();
    }

    private static void addHeaders(HttpRequest.Builder builder, Map<String, String> headers, boolean hasBody) {
        headers.forEach((name, value) -> {
            if (hasBody || !name.startsWith("content-")) {
                builder.header(name, value);
            }
        });
    }

    private HttpResponse<Content> send(HttpRequest request) throws IOException, InterruptedException {
        var answer = client.sendAsync(request, head -> new CappedBody(bodyLimit));
        try {
            return answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            answer.cancel(true);
            throw new HttpTimeoutException("no complete response within " + settings.timeout());
        } catch (InterruptedException told) {
            answer.cancel(true);
            throw told;
        } catch (CancellationException cancelled) {
            throw new IOException("the request was cancelled", cancelled);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException(String.valueOf(failed.getCause()), failed.getCause());
        }
    }

    /** Where the response sends us; a redirect from https to http is not followed. */
    private static Optional<URI> target(HttpResponse<Content> response) throws IOException {
        if (!REDIRECTS.contains(response.statusCode())) {
            return Optional.empty();
        }
        var location = response.headers().firstValue("location");
        if (location.isEmpty()) {
            return Optional.empty();
        }
        try {
            var target = response.uri().resolve(location.get());
            var scheme = String.valueOf(target.getScheme());
            boolean secure = scheme.equalsIgnoreCase("https");
            boolean plain = scheme.equalsIgnoreCase("http")
                    && response.uri().getScheme().equalsIgnoreCase("http");
            return target.getHost() != null && (secure || plain) ? Optional.of(target) : Optional.empty();
        } catch (IllegalArgumentException malformed) {
            throw new IOException("the response redirects to something that is no address", malformed);
        }
    }
}
