package dev.dagkeeper.api.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** Sends requests and makes exceptions of what is not the promised answer. Thread-safe. */
final class Transport {
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

    /** An answer that is no problem, to be closed: that ends its connection at once, even in the middle of a stream. */
    record Response(HttpExchange exchange) implements AutoCloseable {
        InputStream body() {
            return exchange.body();
        }

        @Override
        public void close() {
            exchange.close();
        }
    }

    /**
     * Sends a request.
     *
     * @throws ApiException when the answer is a problem
     * @throws UnreachableException when there is no answer, or the server's store does not answer
     */
    Response send(Request request) {
        HttpExchange exchange;
        try {
            exchange = HttpExchange.open(address, request, PATIENCE.plus(request.patience()));
        } catch (IOException e) {
            throw new UnreachableException(address, e);
        }
        if (exchange.status() < 400) {
            return new Response(exchange);
        }
        try (exchange) {
            throw problem(exchange.status(), exchange.body());
        } catch (IOException e) {
            throw new UnreachableException(address, e);
        }
    }

    /** As {@link #send}, for answers in JSON; a missing node when there is no content. */
    JsonNode json(Request request) {
        try (var response = send(request)) {
            var bytes = response.body().readAllBytes();
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

    private ClientException problem(int status, InputStream body) throws IOException {
        JsonNode problem;
        try {
            var text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
            problem = text.isEmpty()
                    ? MissingNode.getInstance()
                    : JsonMapper.shared().readTree(text);
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
