package dev.dagkeeper.api.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client whose every exchange is judged by openapi.yaml. */
final class ApiClient implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final URI base;
    private final String token;
    private final Described described;

    ApiClient(URI base, String token, Described described) {
        this.base = base;
        this.token = token;
        this.described = described;
    }

    /** What came back. */
    record Reply(int status, HttpResponse<byte[]> response) {
        String text() {
            return new String(response.body(), StandardCharsets.UTF_8);
        }

        JsonNode json() {
            return JsonMapper.shared().readTree(response.body());
        }

        Optional<String> header(String name) {
            return response.headers().firstValue(name);
        }
    }

    Reply get(String path, String... headers) throws IOException, InterruptedException {
        return send("GET", path, BodyPublishers.noBody(), headers);
    }

    Reply post(String path, String type, String body, String... headers) throws IOException, InterruptedException {
        var all = new java.util.ArrayList<>(java.util.List.of("Content-Type", type));
        all.addAll(java.util.List.of(headers));
        return send("POST", path, BodyPublishers.ofString(body), all.toArray(new String[0]));
    }

    Reply put(String path, String type, byte[] body, String... headers) throws IOException, InterruptedException {
        var all = new java.util.ArrayList<>(java.util.List.of("Content-Type", type));
        all.addAll(java.util.List.of(headers));
        return send("PUT", path, BodyPublishers.ofByteArray(body), all.toArray(new String[0]));
    }

    Reply send(String method, String path, BodyPublisher body, String... headers)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(base.resolve(path)).method(method, body);
        request.header("Authorization", "Bearer " + token);
        for (var i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        var response = http.send(request.build(), BodyHandlers.ofByteArray());
        described.judge(
                method,
                request.build().uri().getRawPath(),
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(""),
                response.body());
        return new Reply(response.statusCode(), response);
    }

    @Override
    public void close() {
        http.close();
    }
}
