package dev.dagkeeper.executors.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.dagkeeper.executors.StepFixture;
import dev.dagkeeper.executors.StepFixture.Attempt;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpExecutorIT {
    @TempDir
    Path directory;

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final CountDownLatch hold = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private StepFixture steps;

    @BeforeEach
    void open() throws IOException {
        server = serve(exchange -> {});
        steps = new StepFixture(new HttpExecutor(), directory);
    }

    @AfterEach
    void close() {
        hold.countDown();
        steps.close();
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void a_json_answer_is_offered_as_json() throws InterruptedException {
        var outputs = run("{'url': '%s/json?q=1', 'headers': {'X-One': 'a'}}")
                .succeeded()
                .outputs();
        assertThat(outputs.get("status")).hasToString("200");
        assertThat(outputs.get("body")).hasToString("{\"items\":[{\"id\":7}]}");
        assertThat(outputs.get("headers")).asString().contains("\"content-type\":\"application/json; charset=utf-8\"");
        assertThat(seen).singleElement().asString().startsWith("GET /json?q=1").contains("X-one: [a]");
    }

    @Test
    void any_other_answer_is_offered_as_text() throws InterruptedException {
        assertThat(run("{'url': '%s/latin'}").succeeded().outputs().get("body")).hasToString("\"gr\u00fc\u00df\"");
    }

    @Test
    void a_tree_is_sent_as_json_and_a_string_as_it_is() throws InterruptedException {
        run("{'method': 'POST', 'url': '%s/json', 'body': {'total': 3}}").succeeded();
        run("{'method': 'PUT', 'url': '%s/json', 'body': 'plain'}").succeeded();
        assertThat(seen.get(0)).contains("POST /json", "[application/json]", "{\"total\":3}");
        assertThat(seen.get(1)).contains("PUT /json", "plain").doesNotContain("application/json");
    }

    @ParameterizedTest
    @CsvSource({"400, false", "404, false", "408, true", "429, true", "500, true", "503, true"})
    void an_unexpected_status_fails_and_some_are_worth_another_try(int status, boolean retryable)
            throws InterruptedException {
        var failed = run("{'url': '%s/status/" + status + "'}").failed();
        assertThat(failed.kind()).isEqualTo("http");
        assertThat(failed.retryable()).isEqualTo(retryable);
        assertThat(failed.message()).contains("answered " + status, "expected 2xx", "the reason");
    }

    @Test
    void expect_names_what_success_is() throws InterruptedException {
        assertThat(run("{'url': '%s/status/404', 'expect': [200, '4xx']}")
                        .succeeded()
                        .outputs()
                        .get("status"))
                .hasToString("404");
        assertThat(run("{'url': '%s/json', 'expect': '201-204'}").failed().kind())
                .isEqualTo("http");
    }

    @Test
    void nobody_listening_is_worth_another_try() throws Exception {
        int port;
        try (var closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        var failed = run("{'url': 'http://127.0.0.1:" + port + "/'}").failed();
        assertThat(failed.kind()).isEqualTo("connect");
        assertThat(failed.retryable()).isTrue();
    }

    @Test
    void a_slow_answer_times_out() throws InterruptedException {
        var failed = run("{'url': '%s/slow', 'timeout': '200ms'}").failed();
        assertThat(failed.kind()).isEqualTo("timeout");
        assertThat(failed.retryable()).isTrue();
    }

    @Test
    void being_told_to_end_gives_up_the_request() throws Exception {
        var running = steps.start(attempt("{'url': '%s/slow'}"));
        await().atMost(60, SECONDS).until(() -> !seen.isEmpty());
        running.interrupt();
        assertThat(running.ended().get(60, SECONDS).result()).isEmpty();
    }

    @Test
    void a_body_without_end_is_cut_off_and_not_offered() throws InterruptedException {
        var ended = run("{'url': '%s/endless'}");
        assertThat(ended.succeeded().outputs()).containsOnlyKeys("status", "headers");
        assertThat(ended.log()).contains("longer than 4,194,304 bytes");
    }

    @Test
    void a_connection_gives_address_and_secret_headers_which_nobody_sees() throws InterruptedException {
        steps.connection("api", Map.of("url", address() + "/base", "headers.X-Api-Key", "s3cr3t", "token", "t0ken"));
        var ended = run("{'connection': 'api', 'url': '/echo'}");
        assertThat(seen).singleElement().asString().contains("GET /base/echo", "X-api-key: [s3cr3t]", "[Bearer t0ken]");
        assertThat(ended.failed().message()).contains("answered 418").doesNotContain("s3cr3t", "t0ken");
        assertThat(ended.log()).doesNotContain("s3cr3t", "t0ken");
        assertThat(run("{'connection': 'other', 'url': '/'}").failed().message())
                .contains("'other'", "[api]", "connections:");
        assertThat(run("{'connection': 'api', 'url': 'http://evil.example/'}")
                        .failed()
                        .kind())
                .isEqualTo("settings");
    }

    @Test
    void a_redirect_is_followed_without_the_secrets_when_it_leads_elsewhere() throws IOException, InterruptedException {
        var elsewhere = serve(exchange -> {});
        try {
            steps.connection("api", Map.of("url", address(), "token", "t0ken"));
            run("{'connection': 'api', 'url': '/to?http://127.0.0.1:"
                            + elsewhere.getAddress().getPort() + "/json'}")
                    .succeeded();
            run("{'connection': 'api', 'url': '/to?/json'}").succeeded();
            assertThat(seen.get(1)).contains("GET /json").doesNotContain("t0ken");
            assertThat(seen.get(3)).contains("GET /json").contains("t0ken");
            assertThat(run("{'url': '%s/to?/json', 'follow-redirects': false, 'expect': 302}")
                            .succeeded()
                            .outputs())
                    .containsKey("status");
            assertThat(run("{'url': '%s/loop'}").failed().message()).contains("redirects");
        } finally {
            elsewhere.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'url': 'ftp://x/'} | with.url",
                "{'url': 'http://x/ y'} | with.url",
                "{'url': 'http://x/', 'timeout': 'soon'} | with.timeout",
                "{'url': 'http://x/', 'expect': 'good'} | with.expect",
                "{'url': 'http://x/', 'headers': ['a']} | with.headers",
                "{'url': 'http://x/', 'headers': {'bad name': 'a'}} | header"
            })
    void wrong_settings_are_named_and_not_tried_again(String with, String key) throws InterruptedException {
        var failed = run(with).failed();
        assertThat(failed.kind()).isEqualTo("settings");
        assertThat(failed.retryable()).isFalse();
        assertThat(failed.message()).contains(key);
    }

    private StepFixture.Ended run(String with) throws InterruptedException {
        return steps.run(attempt(with));
    }

    private Attempt attempt(String with) {
        return Attempt.with(with.replace("%s", address()).replace('\'', '"'));
    }

    private String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private interface Before {
        void handle(HttpExchange exchange);
    }

    private HttpServer serve(Before before) throws IOException {
        var created = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        created.setExecutor(threads);
        created.createContext("/", exchange -> {
            before.handle(exchange);
            var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            var headers = new ArrayList<String>();
            exchange.getRequestHeaders().forEach((name, values) -> headers.add(name + ": " + values));
            seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + headers + " " + body);
            answer(exchange, headers);
        });
        created.start();
        return created;
    }

    private void answer(HttpExchange exchange, List<String> headers) throws IOException {
        var path = exchange.getRequestURI().getPath();
        if (path.equals("/json")) {
            exchange.getResponseHeaders().add("Content-Type", "application/json; charset=utf-8");
            send(exchange, 200, "{\"items\": [{\"id\": 7}]}".getBytes(UTF_8));
        } else if (path.equals("/latin")) {
            exchange.getResponseHeaders().add("Content-Type", "text/plain; charset=iso-8859-1");
            send(exchange, 200, "gr\u00fc\u00df".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        } else if (path.startsWith("/status/")) {
            send(exchange, Integer.parseInt(path.substring(8)), "the reason".getBytes(UTF_8));
        } else if (path.equals("/slow")) {
            try {
                hold.await();
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        } else if (path.equals("/endless")) {
            exchange.sendResponseHeaders(200, 0);
            var block = new byte[65536];
            try (var out = exchange.getResponseBody()) {
                while (hold.getCount() > 0) {
                    out.write(block);
                }
            }
        } else if (path.equals("/to") || path.equals("/loop")) {
            exchange.getResponseHeaders()
                    .add(
                            "Location",
                            path.equals("/loop")
                                    ? "/loop"
                                    : exchange.getRequestURI().getQuery());
            send(exchange, 302, new byte[0]);
        } else {
            send(exchange, 418, headers.toString().getBytes(UTF_8));
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        try (var out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
