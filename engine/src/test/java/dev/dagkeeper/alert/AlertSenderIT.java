package dev.dagkeeper.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.history.AlertStore;
import dev.dagkeeper.history.AlertStore.State;
import dev.dagkeeper.history.AlertWrites;
import dev.dagkeeper.history.AlertWrites.NewAlert;
import dev.dagkeeper.history.Database;
import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.history.FireWrites;
import dev.dagkeeper.history.RunWrites;
import dev.dagkeeper.history.TestPostgres;
import dev.dagkeeper.run.RunId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.node.JsonNodeFactory;

/** Alerts on their way from the rows that a leader wrote to real receivers. */
@Timeout(180)
class AlertSenderIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private static final Instant NOW = Instant.parse("2026-11-25T06:00:00Z");
    private static final RunId RUN = new RunId(UUID.fromString("019307a0-0000-7000-8000-000000000001"));
    private static Database database;
    private static AlertStore store;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private HookReceiver hook;
    private MailReceiver mail;

    @BeforeAll
    static void open() {
        database = POSTGRES.open(Role.MASTER);
        store = database.alerts();
    }

    @BeforeEach
    void listen() throws Exception {
        POSTGRES.execute("TRUNCATE alert CASCADE");
        hook = new HookReceiver();
        mail = new MailReceiver();
    }

    @AfterEach
    void close() throws Exception {
        hook.close();
        mail.close();
    }

    /** As a leader does, under an epoch of its own. */
    private static UUID decide(String subject) {
        var id = NewAlert.idFor("deadline", subject);
        var data = JsonNodeFactory.instance.objectNode().put("late", true);
        var alert = new NewAlert(id, NOW, "deadline", "default", "nightly", Optional.of(RUN), subject, data);
        var alerts = new AlertWrites(List.of(), List.of(alert));
        var leader = database.leader();
        var writes = new RunWrites(
                List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), FireWrites.NONE, alerts, true);
        assertThat(leader.write(leader.raiseEpoch(), writes)).isTrue();
        return id;
    }

    private AlertSender sender(AlertSettings settings, int tries, BooleanSupplier leads) {
        var backoff = new Backoff(Duration.ofMillis(20), Duration.ofMillis(40), tries);
        return new AlertSender(store, settings, backoff, Duration.ofMillis(20), () -> NOW, leads, meters);
    }

    private Optional<WebhookSettings> webhook() {
        return Optional.of(
                new WebhookSettings(hook.uri(), Optional.of(WebhookSettings.Secret.parse(HookReceiver.SECRET))));
    }

    private Optional<EmailSettings> email(Optional<EmailSettings.Login> login) {
        return Optional.of(new EmailSettings(
                mail.uri(), "dagkeeper@example.org", List.of("a@example.org", "b@example.org"), login));
    }

    private static State state(UUID id) {
        return store.find(id).orElseThrow().state();
    }

    private static void within(ThrowingRunnable assertion) {
        await().atMost(Promised.EVENTUALLY).pollInterval(Duration.ofMillis(20)).untilAsserted(assertion);
    }

    private double count(String channel, String outcome) {
        var counter = meters.find("dagkeeper.alert.deliveries")
                .tags("channel", channel, "outcome", outcome)
                .counter();
        return counter == null ? 0 : counter.count();
    }

    @Test
    void webhook_is_signed_tried_again_after_failures_and_known_by_its_id() throws Exception {
        hook.answer(500);
        var id = decide("late");
        assertThat(state(id)).isEqualTo(State.PENDING);
        try (var _ = sender(new AlertSettings(webhook(), Optional.empty()), 1_000, () -> true)) {
            within(() -> assertThat(hook.posts()).hasSizeGreaterThan(2));
            var failed = store.find(id).orElseThrow().deliveries().getFirst();
            assertThat(failed.error()).isEqualTo("expected a status of 2xx, found 500");
            assertThat(failed.state()).isEqualTo(State.PENDING);
            hook.answer(204);
            within(() -> assertThat(state(id)).isEqualTo(State.SENT));
        }
        assertThat(hook.posts()).allSatisfy(post -> {
            assertThat(post.signed()).isTrue();
            assertThat(post.id()).isEqualTo(id.toString());
            assertThat(post.timestamp()).isEqualTo(NOW.getEpochSecond());
            assertThat(post.body())
                    .hasToString(
                            "{\"type\":\"deadline\",\"timestamp\":\"2026-11-25T06:00:00Z\",\"data\":{"
                                    + "\"subject\":\"late\",\"namespace\":\"default\",\"workflow\":\"nightly\",\"late\":true}}");
        });
        assertThat(count("webhook", "failed")).isEqualTo(hook.posts().size() - 1);
        assertThat(count("webhook", "sent")).isEqualTo(1);
    }

    @Test
    void what_is_never_accepted_becomes_a_dead_letter_until_somebody_asks_for_another_try() throws Exception {
        hook.answer(503);
        var id = decide("unheard");
        var other = decide("unheard too");
        try (var _ = sender(new AlertSettings(webhook(), Optional.empty()), 3, () -> true)) {
            within(() -> assertThat(store.list(Optional.of(State.DEAD), Optional.empty(), 10))
                    .hasSize(2));
            within(() -> assertThat(meters.get("dagkeeper.alerts")
                            .tag("state", "dead")
                            .gauge()
                            .value())
                    .isEqualTo(2));
            assertThat(hook.posts()).hasSize(6);
            assertThat(count("webhook", "dead")).isEqualTo(2);
            hook.answer(200);
            assertThat(store.retry(id)).isEqualTo(1);
            within(() -> assertThat(state(id)).isEqualTo(State.SENT));
        }
        assertThat(store.retry(id)).as("nothing of it is dead any more").isZero();
        assertThat(state(other)).isEqualTo(State.DEAD);
        var dead = store.find(other).orElseThrow().deliveries().getFirst();
        assertThat(dead.attempts()).isEqualTo(3);
        assertThat(dead.nextAt()).isEmpty();
    }

    @Test
    void mail_goes_out_while_the_webhook_does_not() throws Exception {
        var nobody = new WebhookSettings(URI.create("http://127.0.0.1:1/"), Optional.empty());
        var id = decide("run of nächtlich not ended 1h after its scheduled time");
        try (var _ = sender(new AlertSettings(Optional.of(nobody), email(Optional.empty())), 2, () -> true)) {
            within(() -> assertThat(store.find(id).orElseThrow().deliveries())
                    .extracting(AlertStore.Progress::state)
                    .containsExactly(State.SENT, State.DEAD));
        }
        assertThat(state(id)).as("somebody has to look at it").isEqualTo(State.DEAD);
        assertThat(store.find(id).orElseThrow().deliveries().getLast().error()).startsWith("no answer: ");
        assertThat(mail.commands())
                .contains("RCPT TO:<a@example.org>", "RCPT TO:<b@example.org>")
                .anyMatch(command -> command.startsWith("MAIL FROM:<dagkeeper@example.org>"));
        assertThat(mail.messages()).singleElement().satisfies(message -> {
            assertThat(message).contains("Message-ID: <" + id + "@dagkeeper>");
            assertThat(message).contains("Subject: =?UTF-8?").contains("Auto-Submitted: auto-generated");
            assertThat(message).contains("run       " + RUN).contains("dagkeeper status " + RUN);
        });
    }

    @Test
    void password_is_not_sent_over_a_connection_that_is_not_encrypted() throws Exception {
        var id = decide("secret");
        var login = Optional.of(new EmailSettings.Login("me", "hush"));
        try (var _ = sender(new AlertSettings(Optional.empty(), email(login)), 1, () -> true)) {
            within(() -> assertThat(state(id)).isEqualTo(State.DEAD));
        }
        assertThat(mail.commands()).noneMatch(command -> command.startsWith("AUTH"));
        assertThat(mail.messages()).isEmpty();
        assertThat(store.find(id).orElseThrow().deliveries().getFirst().error()).contains("STARTTLS");
    }

    @Test
    void who_leads_next_sends_what_was_decided_or_taken_and_not_settled_before() throws Exception {
        var settings = new AlertSettings(webhook(), Optional.empty());
        var id = decide("handed over");
        try (var _ = sender(settings, 3, () -> false)) {
            assertThat(store.route(List.of("webhook"))).isEqualTo(1);
            // As a sender that ends while it sends: the receiver may have got it, and nobody wrote so.
            var taken = store.take("webhook", Duration.ofMillis(200)).orElseThrow();
            assertThat(store.take("webhook", Duration.ofMillis(200)))
                    .as("nobody else gets it now")
                    .isEmpty();
            try (var _ = sender(settings, 3, () -> true)) {
                within(() -> assertThat(state(id)).isEqualTo(State.SENT));
            }
            store.failed(taken, "too late to say so", Optional.empty());
        }
        assertThat(state(id)).isEqualTo(State.SENT);
        assertThat(store.find(id).orElseThrow().deliveries().getFirst().attempts())
                .isEqualTo(2);
        assertThat(hook.posts()).hasSize(1);
    }

    @Test
    void what_nobody_comes_to_an_end_with_is_given_up_as_well() throws Exception {
        var id = decide("poison");
        store.route(List.of("webhook"));
        for (int i = 0; i < 3; i++) {
            assertThat(store.take("webhook", Duration.ZERO)).isPresent();
        }
        try (var _ = sender(new AlertSettings(webhook(), Optional.empty()), 3, () -> true)) {
            within(() -> assertThat(state(id)).isEqualTo(State.DEAD));
        }
        assertThat(hook.posts()).isEmpty();
    }

    @Test
    void alerts_without_a_channel_are_listed_newest_first_page_by_page_and_not_sent_later() throws Exception {
        for (int i = 0; i < 5; i++) {
            decide("alert " + i);
        }
        assertThat(store.route(List.of())).isEqualTo(5);
        assertThat(store.route(List.of("webhook")))
                .as("a channel that came later")
                .isZero();
        var first = store.list(Optional.empty(), Optional.empty(), 3);
        var last = first.getLast().alert();
        var second = store.list(Optional.empty(), Optional.of(new AlertStore.Place(last.at(), last.id())), 3);
        assertThat(first).hasSize(3);
        assertThat(second).hasSize(2);
        assertThat(java.util.stream.Stream.concat(first.stream(), second.stream())
                        .map(alert -> alert.alert().id())
                        .distinct())
                .hasSize(5);
        assertThat(first).allSatisfy(alert -> assertThat(alert.state()).isEqualTo(State.LISTED));
        assertThat(store.list(Optional.of(State.LISTED), Optional.empty(), 10)).hasSize(5);
        for (var none : List.of(State.PENDING, State.SENT, State.DEAD)) {
            assertThat(store.list(Optional.of(none), Optional.empty(), 10))
                    .as(none.text())
                    .isEmpty();
        }
        assertThat(store.find(UUID.randomUUID())).isEmpty();
    }
}
