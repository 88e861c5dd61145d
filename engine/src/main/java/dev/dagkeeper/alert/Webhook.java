package dev.dagkeeper.alert;

import dev.dagkeeper.history.AlertStore.Alert;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import tools.jackson.databind.node.JsonNodeFactory;

/** Posts alerts as JSON to a server, signed by Standard Webhooks. What it answers besides its status is not looked at. */
final class Webhook implements Channel {
    static final String NAME = "webhook";
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(15);

    private final WebhookSettings settings;
    private final InstantSource clock;
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    /** @param clock what receivers compare with theirs, to refuse what somebody recorded and sends again */
    Webhook(WebhookSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void send(Alert alert) throws UndeliveredException, InterruptedException {
        var body = body(alert);
        var id = alert.id().toString();
        var timestamp = clock.instant().getEpochSecond();
        var request = HttpRequest.newBuilder(settings.url())
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .header("User-Agent", "dagkeeper")
                .header("Idempotency-Key", id)
                .header("webhook-id", id)
                .header("webhook-timestamp", Long.toString(timestamp))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        settings.secret()
                .ifPresent(secret -> request.header("webhook-signature", Signature.of(secret, id, timestamp, body)));
        try {
            var answer = client.send(request.build(), HttpResponse.BodyHandlers.discarding());
            if (answer.statusCode() / 100 != 2) {
                throw new UndeliveredException("expected a status of 2xx, found " + answer.statusCode());
            }
        } catch (IOException e) {
            throw new UndeliveredException("no answer: " + words(e), e);
        }
    }

    /** The exceptions of refused connections have no message. */
    private static String words(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static byte[] body(Alert alert) {
        var data = JsonNodeFactory.instance.objectNode();
        data.put("subject", alert.subject());
        data.put("namespace", alert.namespace());
        data.put("workflow", alert.workflow());
        alert.data().properties().forEach(field -> data.set(field.getKey(), field.getValue()));
        var body = JsonNodeFactory.instance.objectNode();
        body.put("type", alert.kind());
        body.put("timestamp", alert.at().toString());
        body.set("data", data);
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
