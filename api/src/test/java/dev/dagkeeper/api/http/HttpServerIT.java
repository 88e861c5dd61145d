package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.history.StoreException;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The server around the operations: limits, refusals, streams. Its operations are the test's own. */
@Timeout(180)
class HttpServerIT {
    private static final String TOKEN = "0123456789abcdef";
    private static final HttpLimits LIMITS = new HttpLimits(
            1000,
            1000,
            2,
            50,
            20,
            Duration.ofMillis(700),
            Duration.ofMillis(900),
            Duration.ofMillis(100),
            Duration.ofMillis(300),
            Duration.ofSeconds(2));

    private final CountDownLatch release = new CountDownLatch(1);
    private final HttpTimings timings = new HttpTimings();
    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpSettings settings = new HttpSettings("127.0.0.1", 0, TOKEN, LIMITS);
    private final Dispatcher dispatcher = new Dispatcher(new Router(routes()), new Guard(settings), LIMITS, timings);
    private final WebServer server = HttpApi.server(settings, InetAddress.getLoopbackAddress(), dispatcher);

    private List<Route> routes() {
        return List.of(
                new Route("GET", "/open", Route.Access.EVERYBODY, call -> new Answer.Empty(204)),
                Route.get("/closed", call -> Answer.ok(Json.object().put("by", call.by()))),
                Route.post("/body", call -> Answer.ok(Json.object().put("size", call.body(1000).length))),
                Route.get("/silent", call -> new Answer.Stream("text/plain", out -> {})),
                Route.get("/fault", call -> {
                    throw new IllegalStateException("a secret of the inside");
                }),
                Route.get("/store", call -> {
                    throw new StoreException("connection refused");
                }),
                Route.get(
                        "/stream",
                        call -> new Answer.Stream("application/x-ndjson", out -> {
                            out.write("first\n".getBytes(StandardCharsets.UTF_8));
                            out.flush();
                            release.await();
                            out.write("last\n".getBytes(StandardCharsets.UTF_8));
                        })));
    }

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void stop() {
        release.countDown();
        server.stop();
        client.close();
    }

    @Test
    void without_the_token_only_open_operations_answer() throws Exception {
        assertThat(client.send(HttpRequest.newBuilder(uri("/open")).build(), BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(204);

        var refused = client.send(HttpRequest.newBuilder(uri("/closed")).build(), BodyHandlers.ofString());
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate")).isPresent();
        assertProblem(refused, "unauthenticated");
        assertThat(get("/closed").statusCode()).isEqualTo(200);
    }

    @Test
    void another_host_name_is_refused() throws Exception {
        var answer = raw("GET /open HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 421").contains("\"misdirected\"");
    }

    @Test
    void faults_tell_nothing_of_the_inside() throws Exception {
        var answer = get("/fault");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertProblem(answer, "internal");
        assertThat(answer.body()).doesNotContain("secret");
    }

    @Test
    void a_store_that_is_away_is_told_and_when_to_come_back() throws Exception {
        var answer = get("/store");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertProblem(answer, "store-unavailable");
    }

    @Test
    void a_body_over_the_limit_is_refused_whether_announced_or_not() throws Exception {
        assertThat(post("/body", BodyPublishers.ofByteArray(new byte[1000])).statusCode())
                .isEqualTo(200);

        var announced = post("/body", BodyPublishers.ofByteArray(new byte[1001]));
        assertThat(announced.statusCode()).isEqualTo(413);
        assertProblem(announced, "too-large");

        var chunked = post(
                "/body", BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(new byte[5_000_000])));
        assertThat(chunked.statusCode()).isEqualTo(413);
        assertProblem(chunked, "too-large");
        assertThat(get("/closed").statusCode()).as("the server is well").isEqualTo(200);
    }

    @Test
    void a_body_that_does_not_come_is_not_waited_for() throws Exception {
        try (var socket = connect()) {
            write(
                    socket,
                    "POST /body HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + TOKEN
                            + "\r\nContent-Length: 10\r\n\r\nabc");
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer).startsWith("HTTP/1.1 408").contains("timed-out");
        }
    }

    @Test
    void a_body_that_trickles_is_cut_off() throws Exception {
        try (var socket = connect()) {
            write(
                    socket,
                    "POST /body HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + TOKEN
                            + "\r\nContent-Length: 900\r\n\r\n");
            await().pollInterval(Duration.ofMillis(100))
                    .atMost(Promised.EVENTUALLY)
                    .until(() -> {
                        write(socket, "x");
                        return socket.getInputStream().available() > 0;
                    });
            var answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8);

            assertThat(answer).isEqualTo("HTTP/1.1 408");
        }
    }

    @Test
    void a_client_that_says_nothing_is_disconnected() throws Exception {
        try (var socket = connect()) {
            write(socket, "GET /open HTTP/1.1\r\nHost: local");

            assertThat(socket.getInputStream().readAllBytes()).asString().doesNotContain(" 204 ");
        }
    }

    @Test
    void headers_over_the_limit_are_refused() throws Exception {
        var answer = raw("GET /open HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(20_000) + "\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 4").contains("application/problem+json");
    }

    @Test
    void what_is_not_http_is_told_so() throws Exception {
        assertThat(raw("GET  HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400").contains("\"malformed-request\"");
    }

    @Test
    void streams_arrive_as_they_are_written_and_their_number_is_limited() throws Exception {
        var first = client.sendAsync(request("/stream").build(), BodyHandlers.ofInputStream());
        var second = client.sendAsync(request("/stream").build(), BodyHandlers.ofInputStream());
        for (var stream : List.of(first, second)) {
            assertThat(stream.get().body().readNBytes(6)).asString().isEqualTo("first\n");
        }

        var third = get("/stream");
        assertThat(third.statusCode()).isEqualTo(429);
        assertProblem(third, "too-many-streams");
        await().atMost(Promised.EVENTUALLY).until(() -> dispatcher.openRequests() == 2);

        release.countDown();
        for (var stream : List.of(first, second)) {
            assertThat(stream.get().body().readAllBytes()).asString().isEqualTo("last\n");
        }
        await().atMost(Promised.EVENTUALLY).until(() -> dispatcher.openRequests() == 0);
        assertThat(get("/stream").statusCode()).isEqualTo(200);
    }

    @Test
    void a_stream_may_be_silent_for_longer_than_a_read_may_take() throws Exception {
        var stream = client.send(request("/stream").build(), BodyHandlers.ofInputStream());
        assertThat(stream.body().readNBytes(6)).asString().isEqualTo("first\n");
        var begun = System.nanoTime();
        await().atMost(Promised.EVENTUALLY)
                .until(() ->
                        System.nanoTime() - begun > 2 * LIMITS.readTimeout().toNanos());
        release.countDown();

        assertThat(stream.body().readAllBytes()).asString().isEqualTo("last\n");
    }

    @Test
    void a_connection_is_closed_when_the_client_wants_it_so() throws Exception {
        var patient = new HttpSettings("127.0.0.1", 0, TOKEN, HttpLimits.DEFAULT);
        var other = HttpApi.listen(patient, InetAddress.getLoopbackAddress(), dispatcher);
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), other.port())) {
            socket.setSoTimeout((int) HttpLimits.DEFAULT.readTimeout().toMillis() / 2);
            write(socket, "GET /open HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

            assertThat(socket.getInputStream().readAllBytes()).asString().startsWith("HTTP/1.1 204");
        } finally {
            other.stop();
        }
    }

    @Test
    void a_stream_is_whole_when_the_client_wants_the_connection_closed() throws Exception {
        release.countDown();

        assertThat(raw(lastRequest("/stream"))).endsWith("first\n\r\n5\r\nlast\n\r\n0\r\n\r\n");
        assertThat(raw(lastRequest("/silent"))).startsWith("HTTP/1.1 200").contains("text/plain");
        assertThat(raw(lastRequest("/closed"))).startsWith("HTTP/1.1 200").endsWith("}");
    }

    @Test
    void a_port_that_is_taken_is_told() {
        var taken = new HttpSettings("127.0.0.1", server.port(), TOKEN, LIMITS);

        assertThatThrownBy(() -> HttpApi.listen(taken, InetAddress.getLoopbackAddress(), dispatcher))
                .isInstanceOf(ListenException.class)
                .hasMessageContaining("cannot listen on 127.0.0.1:" + server.port());
    }

    @Test
    void addresses_that_others_can_reach_are_refused() {
        for (var host : List.of("0.0.0.0", "::", "192.0.2.1")) {
            assertThatThrownBy(() -> HttpApi.loopback(host))
                    .isInstanceOf(ListenException.class)
                    .hasMessageContaining("no authentication for other machines");
        }
        assertThat(HttpApi.loopback("localhost").isLoopbackAddress()).isTrue();
        assertThat(HttpApi.loopback("127.0.0.2").isLoopbackAddress()).isTrue();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer " + TOKEN);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, HttpRequest.BodyPublisher body)
            throws IOException, InterruptedException {
        return client.send(request(path).POST(body).build(), BodyHandlers.ofString());
    }

    private String raw(String request) throws IOException {
        try (var socket = connect()) {
            write(socket, request);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String lastRequest(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + TOKEN
                + "\r\nConnection: close\r\n\r\n";
    }

    private Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private static void assertProblem(HttpResponse<String> response, String code) {
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode problem = JsonMapper.shared().readTree(response.body());
        assertThat(problem.get("code").stringValue()).isEqualTo(code);
        assertThat(problem.get("status").intValue()).isEqualTo(response.statusCode());
        assertThat(Map.of("detail", problem.get("detail").stringValue())).doesNotContainValue("");
    }
}
