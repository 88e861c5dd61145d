package dev.dagkeeper.api.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * Requests over {@link HttpURLConnection}: {@code java.net.http} takes half a second longer to start, more than a whole
 * command may take. Thread-safe.
 */
final class Transport {
    private static final int CONNECT_MILLIS = 5_000;
    /** The longest a server may take to begin an answer, over what the request itself asks it to wait. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ServerAddress address;

    Transport(ServerAddress address) {
        this.address = address;
    }

    /** What to send; nobody changes the body. The path is encoded already and begins with a slash. */
    @SuppressWarnings("ArrayRecordComponent")
    record Request(String method, String path, Map<String, String> headers, byte[] body, Duration patience) {
        Request {
            headers = Map.copyOf(headers);
        }

        static Request get(String path, String accept) {
            return new Request("GET", path, Map.of("Accept", accept), new byte[0], Duration.ZERO);
        }
    }

    /** An answer that is no problem; the body is to be closed. */
    record Response(int status, InputStream body, HttpURLConnection connection) implements AutoCloseable {
        String header(String name) {
            var value = connection.getHeaderField(name);
            return value == null ? "" : value;
        }

        byte[] bytes() throws IOException {
            try (body) {
                return body.readAllBytes();
            }
        }

        /** Ends the connection at once, even in the middle of a stream. */
        @Override
        public void close() {
            connection.disconnect();
        }
    }

    /**
     * Sends a request.
     *
     * @throws ApiException when the answer is a problem
     * @throws UnreachableException when there is no answer, or the server's store does not answer
     */
    Response send(Request request) {
        try {
            var connection = open(request);
            var status = connection.getResponseCode();
            if (status >= 400) {
                throw problem(status, connection);
            }
            return new Response(status, connection.getInputStream(), connection);
        } catch (IOException e) {
            throw new UnreachableException(address, e);
        }
    }

    /** As {@link #send}, for answers in JSON; a missing node when there is no content. */
    JsonNode json(Request request) {
        try {
            var response = send(request);
            var bytes = response.bytes();
            return bytes.length == 0
                    ? MissingNode.getInstance()
                    : JsonMapper.shared().readTree(bytes);
        } catch (JacksonException e) {
            throw new UnreachableException(
                    "the server at " + address + " answered something that is not JSON; is it a dagkeeper server?");
        } catch (IOException e) {
            throw new UnreachableException(address, e);
        }
    }

    ServerAddress address() {
        return address;
    }

    private HttpURLConnection open(Request request) throws IOException {
        var connection =
                (HttpURLConnection) address.resolve(request.path()).toURL().openConnection();
        connection.setRequestMethod(request.method());
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(
                Math.toIntExact(PATIENCE.plus(request.patience()).toMillis()));
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        request.headers().forEach(connection::setRequestProperty);
        address.token().ifPresent(token -> connection.setRequestProperty("Authorization", "Bearer " + token));
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            connection.setDoOutput(true);
            // A fixed length also keeps the connection from silently sending a POST twice.
            connection.setFixedLengthStreamingMode(request.body().length);
            try (var body = connection.getOutputStream()) {
                body.write(request.body());
            }
        }
        return connection;
    }

    private ClientException problem(int status, HttpURLConnection connection) throws IOException {
        JsonNode problem = MissingNode.getInstance();
        try (var body = connection.getErrorStream()) {
            if (body != null) {
                var text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
                problem = JsonMapper.shared().readTree(text);
            }
        } catch (JacksonException e) {
            // A proxy's page, most likely: the status says all there is to say.
            problem = MissingNode.getInstance();
        }
        if (status >= 502 && status <= 504) {
            var detail = problem.path("detail").asString("it answered " + status);
            return new UnreachableException("the server at " + address + " cannot take requests now: " + detail);
        }
        return new ApiException(status, problem);
    }
}
