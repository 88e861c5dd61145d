package dev.dagkeeper.api.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command makes of the server's answers. */
class DoctorCommandTest {
    private static final String VIOLATION = """
            {"run": "01890000-0000-7000-8000-000000000001", "step": "load[3]", "node": null,
             "expected": "a final state, since the run is failed", "found": "running"}
            """;

    @TempDir
    private Path directory;

    private HttpServer server;
    private String answer = "";
    private String asked = "";

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/doctor", exchange -> {
            asked = exchange.getRequestURI().getQuery();
            var bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void a_healthy_system_is_exit_code_0() {
        answer = examination(true, true, 0, "");
        var run = doctor("--since", "2h", "--runs", "7", "--patience", "3s");
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("CHECK").contains("ended-run-open-steps  12        0");
        assertThat(asked).isEqualTo("since=7200&runs=7&patience=3");
    }

    @Test
    void violations_are_exit_code_1_and_named() {
        answer = examination(false, true, 21, VIOLATION);
        var run = doctor();
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out())
                .contains("ended-run-open-steps: report it")
                .contains("""
                        run 01890000-0000-7000-8000-000000000001/load[3]
                            expected: a final state, since the run is failed
                            found:    running
                        """)
                .contains("  and 20 more");
        assertThat(doctor("-o", "name").out()).isEqualTo("ended-run-open-steps\n");
        assertThat(doctor("-o", "jsonl").out()).contains("\"violations\":21").hasLineCount(1);
    }

    @Test
    void a_zookeeper_that_is_away_and_a_server_that_is_are_exit_code_8() {
        answer = examination(true, false, 0, "");
        var run = doctor();
        assertThat(run.code()).isEqualTo(8);
        assertThat(run.err()).contains("ZooKeeper is away");
        server.stop(0);
        assertThat(doctor().code()).isEqualTo(8);
    }

    @Test
    void a_wrong_duration_is_wrong_usage() {
        assertThat(doctor("--since", "yesterday").code()).isEqualTo(2);
    }

    private static String examination(boolean healthy, boolean zooKeeper, int violations, String item) {
        return """
                {"at": "2026-11-25T10:00:00Z", "healthy": %s, "zookeeper": %s, "runs": 12, "leftOut": false, "checks": [
                  {"id": "ended-run-open-steps", "description": "what must hold", "advice": "report it",
                   "carriedOut": true, "examined": 12, "violations": %d, "items": [%s]}]}
                """.formatted(healthy, zooKeeper, violations, item);
    }

    private CommandRun doctor(String... more) {
        var arguments = new String[more.length + 1];
        arguments[0] = "doctor";
        System.arraycopy(more, 0, arguments, 1, more.length);
        var address = "http://127.0.0.1:" + server.getAddress().getPort();
        return CommandRun.of(directory, Map.of("DAGKEEPER_SERVER", address, "DAGKEEPER_TOKEN", "t"), arguments);
    }
}
