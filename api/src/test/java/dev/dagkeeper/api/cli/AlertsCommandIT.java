package dev.dagkeeper.api.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.dagkeeper.Promised;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A deadline of a real engine that is configured with a webhook, up to the receiver and the command line. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class AlertsCommandIT {
    private static final String WORKFLOW = """
            version: 1
            name: late
            deadlines: [{from: scheduled, within: 1h, do: alert}]
            steps:
              a: {uses: shell, run: "sleep 1"}
            """;

    @TempDir
    private static Path directory;

    private final EngineHost host =
            ServiceLoader.load(EngineHost.class).findFirst().orElseThrow();
    private final List<String> posts = new CopyOnWriteArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private HttpServer receiver;

    @BeforeAll
    void start() throws Exception {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            posts.add(exchange.getRequestHeaders().getFirst("webhook-id") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        receiver.start();
        var data = Files.createDirectory(directory.resolve("data"));
        Files.writeString(data.resolve("dagkeeper.yaml"), """
                alerts:
                  webhook-url: http://127.0.0.1:%d/hook
                  webhook-secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
                """.formatted(
                        receiver.getAddress().getPort()));
        host.start(HostOptions.of(data, HostOptions.Lifetime.SERVER).withSlots(2));
        Files.writeString(directory.resolve("late.yaml"), WORKFLOW);
    }

    @AfterAll
    void stop() {
        host.close();
        receiver.stop(0);
    }

    private static CommandRun run(String... arguments) {
        return CommandRun.of(directory, arguments);
    }

    private static JsonNode alerts(String... more) {
        var arguments = new java.util.ArrayList<>(List.of("alerts", "list", "-o", "json"));
        arguments.addAll(List.of(more));
        var run = run(arguments.toArray(String[]::new));
        assertThat(run.code()).as("%s", run).isZero();
        return JsonMapper.shared().readTree(run.out());
    }

    @Test
    void run_that_is_late_is_told_to_the_webhook_and_listed() {
        assertThat(run("alerts").err()).contains("No alerts.");
        var late = run("run", "late.yaml", "--at", "2026-03-29T05:00:00Z");
        assertThat(late.code()).as("%s", late).isZero();
        await().atMost(Promised.EVENTUALLY)
                .untilAsserted(
                        () -> assertThat(alerts("--state", "sent").size()).isEqualTo(1));
        var alert = alerts().path(0);
        var id = alert.path("id").asString("");
        assertThat(posts)
                .singleElement()
                .asString()
                .startsWith(id + " {\"type\":\"deadline\"")
                .contains("run of late not ended 1h after its scheduled time")
                .contains(alert.path("run").asString("none"));
        assertThat(run("alerts").out()).contains(id).contains("webhook sent");
        assertThat(run("alerts", "list", "-o", "name").out()).isEqualTo(id + "\n");
        assertThat(alerts("--state", "dead").size()).isZero();

        var again = run("alerts", "retry", id);
        assertThat(again.code()).isEqualTo(6);
        assertThat(again.err()).contains("is sent; only deliveries that were given up can be tried again");
        assertThat(run("alerts", "retry", "nothing").code()).isEqualTo(5);
        assertThat(run("alerts", "--limit", "0").code()).isEqualTo(2);
    }
}
