package dev.dagkeeper.config;

import dev.dagkeeper.alert.EmailSettings;
import dev.dagkeeper.alert.WebhookSettings;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** The settings of where alerts go. */
final class AlertKeys {
    static final Key<Optional<URI>> WEBHOOK_URL = new Key<>(
            "alerts.webhook-url",
            "",
            "DAGKEEPER_ALERTS_WEBHOOK_URL",
            "",
            Key.Kind.SECRET,
            "where alerts are posted to as JSON",
            items -> one(items).map(Keys::httpUrl));
    static final Key<Optional<WebhookSettings.Secret>> WEBHOOK_SECRET = new Key<>(
            "alerts.webhook-secret",
            "",
            "DAGKEEPER_ALERTS_WEBHOOK_SECRET",
            "",
            Key.Kind.SECRET,
            "`whsec_` and 24 to 64 bytes in Base64: what they are signed with, by Standard Webhooks; without it they are not",
            items -> one(items).map(WebhookSettings.Secret::parse));
    static final Key<Optional<URI>> EMAIL_SERVER = new Key<>(
            "alerts.email-server",
            "",
            "DAGKEEPER_ALERTS_EMAIL_SERVER",
            "",
            Key.Kind.TEXT,
            "`smtp://HOST:PORT` (STARTTLS where the server offers it) or `smtps://HOST:PORT` of the server that takes alerts as"
                    + " e-mail",
            items -> one(items).map(AlertKeys::mailServer));
    static final Key<Optional<EmailSettings.Login>> EMAIL_LOGIN = new Key<>(
            "alerts.email-login",
            "",
            "DAGKEEPER_ALERTS_EMAIL_LOGIN",
            "",
            Key.Kind.SECRET,
            "`USER:PASSWORD` for that server; sent over an encrypted connection only",
            items -> one(items).map(AlertKeys::login));
    static final Key<Optional<String>> EMAIL_FROM = new Key<>(
            "alerts.email-from",
            "",
            "DAGKEEPER_ALERTS_EMAIL_FROM",
            "",
            Key.Kind.TEXT,
            "the address that alerts come from",
            items -> one(items).map(AlertKeys::address));
    static final Key<List<String>> EMAIL_TO = new Key<>(
            "alerts.email-to",
            "",
            "DAGKEEPER_ALERTS_EMAIL_TO",
            "",
            Key.Kind.LIST,
            "the addresses that alerts go to",
            items -> items.stream().map(AlertKeys::address).toList());

    static final List<Key<?>> ALL =
            List.of(WEBHOOK_URL, WEBHOOK_SECRET, EMAIL_SERVER, EMAIL_LOGIN, EMAIL_FROM, EMAIL_TO);

    private AlertKeys() {}

    /**
     * What the settings of the webhook come to.
     *
     * @throws IllegalArgumentException when they do not fit together, saying what was expected
     */
    static Optional<WebhookSettings> webhook(Optional<URI> url, Optional<WebhookSettings.Secret> secret) {
        if (url.isEmpty() && secret.isPresent()) {
            throw new IllegalArgumentException(
                    WEBHOOK_SECRET.path() + " is given without " + WEBHOOK_URL.path() + ", expected both");
        }
        return url.map(address -> new WebhookSettings(address, secret));
    }

    /** As {@link #webhook}, for e-mail. */
    static Optional<EmailSettings> email(
            Optional<URI> server, Optional<EmailSettings.Login> login, Optional<String> from, List<String> to) {
        if (server.isPresent() && from.isPresent() && !to.isEmpty()) {
            return Optional.of(new EmailSettings(server.get(), from.get(), to, login));
        }
        if (server.isPresent() || login.isPresent() || from.isPresent() || !to.isEmpty()) {
            throw new IllegalArgumentException("alerts by e-mail need " + EMAIL_SERVER.path() + ", " + EMAIL_FROM.path()
                    + " and " + EMAIL_TO.path() + ", expected all of them or none");
        }
        return Optional.empty();
    }

    private static Optional<String> one(List<String> items) {
        return items.getFirst().isEmpty() ? Optional.empty() : Optional.of(items.getFirst());
    }

    private static URI mailServer(String text) {
        if (!text.matches("smtps?://[A-Za-z0-9._-]+:[0-9]{1,5}")) {
            throw new IllegalArgumentException("expected smtp://HOST:PORT or smtps://HOST:PORT");
        }
        return URI.create(text);
    }

    private static EmailSettings.Login login(String text) {
        var colon = text.indexOf(':');
        if (colon < 1 || colon == text.length() - 1) {
            throw new IllegalArgumentException("expected USER:PASSWORD");
        }
        return new EmailSettings.Login(text.substring(0, colon), text.substring(colon + 1));
    }

    private static String address(String text) {
        if (!text.matches("[^\\s@<>,;]+@[^\\s@<>,;]+")) {
            throw new IllegalArgumentException("expected an address such as team@example.org");
        }
        return text;
    }
}
