package dev.dagkeeper.executors.http;

import dev.dagkeeper.executor.Executor;
import dev.dagkeeper.executor.Result;
import dev.dagkeeper.executor.SchemaResource;
import dev.dagkeeper.executor.StepContext;
import dev.dagkeeper.executor.StepRequest;
import dev.dagkeeper.executor.StepType;
import dev.dagkeeper.executors.http.CappedBody.Content;
import dev.dagkeeper.workflow.ValueType;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Sends one request and judges the response by its status. Thread-safe. */
public final class HttpExecutor implements Executor {
    /** Of a response's body; what is beyond is not read. */
    static final int BODY_LIMIT = 4 * 1024 * 1024;

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int SHOWN_CHARS = 500;

    private final StepType type = new StepType(
            "http",
            Optional.empty(),
            SchemaResource.read(HttpExecutor.class, "with.json"),
            false,
            Map.of("status", ValueType.Simple.INT, "headers", ValueType.Simple.JSON, "body", ValueType.Simple.JSON));

    private final HttpClients clients = new HttpClients();

    @Override
    public StepType type() {
        return type;
    }

    @Override
    public Result run(StepRequest step, StepContext context) throws InterruptedException {
        try {
            var settings = HttpSettings.read(step.with(), context.connections());
            long start = System.nanoTime();
            var response =
                    new Exchange(clients.withConnectTimeout(settings.connectTimeout()), settings, BODY_LIMIT).run();
            log(context, settings, response, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
            return judge(settings, response);
        } catch (SettingsException | IllegalArgumentException wrong) {
            return failed("settings", String.valueOf(wrong.getMessage()), false);
        } catch (IOException failure) {
            return failed(kind(failure), describe(failure), true);
        }
    }

    private static Result judge(HttpSettings settings, HttpResponse<Content> response) {
        int status = response.statusCode();
        if (!settings.expected().holds(status)) {
            var text = ResponseBody.text(response);
            boolean retryable = status >= 500 || status == 429 || status == 408;
            return failed(
                    "http",
                    "%s %s answered %d, expected %s%s"
                            .formatted(
                                    settings.method(),
                                    shown(settings.uri()),
                                    status,
                                    settings.expected().text(),
                                    text.isBlank() ? "" : ": " + withoutSecrets(shortened(text), settings)),
                    retryable);
        }
        var outputs = new HashMap<String, JsonNode>();
        outputs.put("status", JSON.numberNode(status));
        var headers = JSON.objectNode();
        response.headers()
                .map()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(", ", values)));
        outputs.put("headers", headers);
        ResponseBody.value(response).ifPresent(body -> outputs.put("body", body));
        return new Result.Succeeded(outputs);
    }

    private static void log(StepContext context, HttpSettings settings, HttpResponse<Content> response, long millis)
            throws IOException {
        var content = response.body();
        var line = "%s %s: %d, %,d bytes, %d ms%n"
                .formatted(
                        settings.method(),
                        shown(settings.uri()),
                        response.statusCode(),
                        content.bytes().length,
                        millis);
        context.log().write(line.getBytes(StandardCharsets.UTF_8));
        if (!content.whole()) {
            var notice = "[dagkeeper] the body is longer than %,d bytes; it is not offered as an output%n"
                    .formatted(BODY_LIMIT);
            context.log().write(notice.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String kind(IOException failure) {
        return switch (failure) {
            case HttpConnectTimeoutException _ -> "connect";
            case HttpTimeoutException _ -> "timeout";
            case ConnectException _ -> "connect";
            case SSLException _ -> "tls";
            case IOException _ -> "http";
        };
    }

    private static String describe(IOException failure) {
        var message = failure.getMessage();
        var cause = failure.getCause() == null ? failure : failure.getCause();
        return failure instanceof ConnectException && message == null
                ? "cannot connect: " + cause
                : "the request failed: " + (message == null ? failure.getClass().getSimpleName() : message);
    }

    /** Without user and query, where secrets like to be. */
    private static String shown(URI uri) {
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
                + Optional.ofNullable(uri.getRawPath()).orElse("")
                + (uri.getRawQuery() == null ? "" : "?...");
    }

    /** A server may answer with what it was sent. */
    private static String withoutSecrets(String text, HttpSettings settings) {
        var clean = text;
        for (var secret : settings.secretHeaders().values()) {
            clean = clean.replace(secret, "***");
        }
        return clean;
    }

    private static String shortened(String text) {
        var line = text.strip();
        return line.length() <= SHOWN_CHARS ? line : line.substring(0, SHOWN_CHARS) + "...";
    }

    private static Result failed(String kind, String message, boolean retryable) {
        return new Result.Failed(kind, message, Optional.empty(), retryable);
    }
}
