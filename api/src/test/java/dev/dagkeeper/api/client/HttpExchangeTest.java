package dev.dagkeeper.api.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers as they come over a real socket, byte by byte. */
class HttpExchangeTest {
    @Test
    void reads_a_body_of_known_size_and_no_further() throws Exception {
        assertThat(answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, more"))
                .isEqualTo("200 hello");
    }

    @Test
    void reads_chunks_with_extensions_and_trailers() throws Exception {
        assertThat(
                        answer(
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nA: b\r\n\r\n"))
                .isEqualTo("200 hello");
    }

    @Test
    void reads_to_the_end_of_the_connection_where_no_size_is_given() throws Exception {
        assertThat(answer("HTTP/1.0 404 Not Found\nServer: old\n\ngone")).isEqualTo("404 gone");
    }

    @Test
    void passes_over_answers_that_are_not_the_last() throws Exception {
        assertThat(answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"))
                .isEqualTo("204 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SSH-2.0-OpenSSH\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhel",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhel",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n"
            })
    void an_answer_that_is_cut_off_or_none_is_a_failure(String bytes) {
        assertThatThrownBy(() -> answer(bytes)).isInstanceOf(IOException.class);
    }

    @Test
    void sends_what_was_asked_for() throws Exception {
        var request = new Transport.Request(
                "POST",
                "/v1/runs?x=a%20b",
                Map.of("Accept", "a/b"),
                "{}".getBytes(StandardCharsets.UTF_8),
                Duration.ZERO);
        var sent = exchange("HTTP/1.1 204 No Content\r\n\r\n", request).sent();

        assertThat(sent)
                .startsWith("POST /v1/runs?x=a%20b HTTP/1.1\r\nHost: 127.0.0.1:")
                .endsWith("\r\n\r\n{}");
        assertThat(sent)
                .contains("\r\nAccept: a/b\r\n")
                .contains("\r\nAuthorization: Bearer secret\r\n")
                .contains("\r\nContent-Length: 2\r\n");
    }

    @Test
    void a_header_cannot_hold_another() {
        var request = new Transport.Request("GET", "/", Map.of("Accept", "a\r\nX: y"), new byte[0], Duration.ZERO);
        assertThatThrownBy(() -> exchange("HTTP/1.1 204 No Content\r\n\r\n", request))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 409, 412, 422, 429, 500})
    void problems_carry_their_status_and_code(int status) throws Exception {
        var problem = "{\"title\": \"t\", \"detail\": \"d\", \"code\": \"c\"}";
        try (var server = new OneAnswer(
                "HTTP/1.1 " + status + " x\r\nContent-Length: " + problem.length() + "\r\n\r\n" + problem)) {
            assertThatThrownBy(() -> new DagkeeperClient(server.address()).cluster())
                    .isInstanceOfSatisfying(ApiException.class, e -> {
                        assertThat(e.status()).isEqualTo(status);
                        assertThat(e.code()).isEqualTo("c");
                        assertThat(e).hasMessage("d");
                    });
        }
    }

    @Test
    void a_server_whose_store_is_away_counts_as_unreachable() throws Exception {
        try (var server = new OneAnswer("HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n")) {
            assertThatThrownBy(() -> new DagkeeperClient(server.address()).cluster())
                    .isInstanceOf(UnreachableException.class);
        }
    }

    private static String answer(String bytes) throws Exception {
        return exchange(bytes, Transport.Request.get("/", "*/*")).received();
    }

    private static Exchanged exchange(String bytes, Transport.Request request) throws Exception {
        try (var server = new OneAnswer(bytes);
                var exchange = HttpExchange.open(server.address(), request, Duration.ofSeconds(10))) {
            var body = new String(exchange.body().readAllBytes(), StandardCharsets.UTF_8);
            return new Exchanged(exchange.status() + " " + body, server.sent());
        }
    }

    private record Exchanged(String received, String sent) {}

    /** A server that gives one answer, whatever it is asked. */
    private static final class OneAnswer implements AutoCloseable {
        private final ServerSocket socket;
        private final CompletableFuture<String> sent;

        OneAnswer(String bytes) throws IOException {
            socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sent = CompletableFuture.supplyAsync(() -> serve(bytes));
        }

        private String serve(String bytes) {
            try (var connection = socket.accept()) {
                var buffer = new byte[8192];
                var read = connection.getInputStream().read(buffer);
                for (var one : bytes.getBytes(StandardCharsets.UTF_8)) {
                    connection.getOutputStream().write(one);
                }
                return new String(buffer, 0, Math.max(0, read), StandardCharsets.UTF_8);
            } catch (IOException e) {
                return "";
            }
        }

        ServerAddress address() {
            return new ServerAddress(URI.create("http://127.0.0.1:" + socket.getLocalPort()), Optional.of("secret"));
        }

        String sent() throws InterruptedException, ExecutionException, java.util.concurrent.TimeoutException {
            return sent.get(60, TimeUnit.SECONDS);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
