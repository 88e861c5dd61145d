package dev.dagkeeper.alert;

import dev.dagkeeper.history.AlertStore.Alert;
import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.Properties;

/** Sends alerts as e-mail in plain text, each by a connection of its own: they are few. */
final class Email implements Channel {
    static final String NAME = "email";
    private static final String TIMEOUT_MILLIS = "15000";

    private final EmailSettings settings;
    private final Session session;

    Email(EmailSettings settings) {
        this.settings = settings;
        session = Session.getInstance(properties(settings));
    }

    private static Properties properties(EmailSettings settings) {
        var protocol = settings.isSecure() ? "smtps" : "smtp";
        var prefix = "mail." + protocol + ".";
        var properties = new Properties();
        properties.put("mail.transport.protocol", protocol);
        properties.put(prefix + "connectiontimeout", TIMEOUT_MILLIS);
        properties.put(prefix + "timeout", TIMEOUT_MILLIS);
        properties.put(prefix + "writetimeout", TIMEOUT_MILLIS);
        properties.put(prefix + "ssl.checkserveridentity", "true");
        properties.put(prefix + "starttls.enable", "true");
        // Better no alert than a password in the open; without one there is nothing to protect.
        properties.put(
                prefix + "starttls.required", String.valueOf(settings.login().isPresent()));
        properties.put(prefix + "auth", String.valueOf(settings.login().isPresent()));
        return properties;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void send(Alert alert) throws UndeliveredException {
        try (var transport = session.getTransport()) {
            var message = message(alert);
            var server = settings.server();
            transport.connect(
                    server.getHost(),
                    server.getPort(),
                    settings.login().map(EmailSettings.Login::user).orElse(null),
                    settings.login().map(EmailSettings.Login::password).orElse(null));
            transport.sendMessage(message, message.getAllRecipients());
        } catch (MessagingException e) {
            throw new UndeliveredException(String.valueOf(e.getMessage()).strip(), e);
        }
    }

    private MimeMessage message(Alert alert) throws MessagingException {
        // The library would make an id of its own, and another one for each try.
        var message = new MimeMessage(session) {
            @Override
            protected void updateMessageID() throws MessagingException {
                setHeader("Message-ID", "<" + alert.id() + "@dagkeeper>");
            }
        };
        message.setFrom(new InternetAddress(settings.from()));
        message.setRecipients(Message.RecipientType.TO, receivers());
        message.setSubject("[dagkeeper] " + alert.subject(), StandardCharsets.UTF_8.name());
        message.setSentDate(Date.from(alert.at()));
        message.setHeader("Auto-Submitted", "auto-generated");
        message.setText(text(alert), StandardCharsets.UTF_8.name());
        return message;
    }

    private Address[] receivers() throws MessagingException {
        var receivers = new Address[settings.to().size()];
        for (int i = 0; i < receivers.length; i++) {
            receivers[i] = new InternetAddress(settings.to().get(i));
        }
        return receivers;
    }

    private static String text(Alert alert) {
        var text = new StringBuilder(alert.subject()).append(".\n\n");
        text.append("at        ").append(alert.at()).append('\n');
        text.append("workflow  ")
                .append(alert.workflow())
                .append(" in ")
                .append(alert.namespace())
                .append('\n');
        alert.run()
                .ifPresent(run -> text.append("run       ")
                        .append(run)
                        .append("\n\ndagkeeper status ")
                        .append(run)
                        .append("\ndagkeeper why ")
                        .append(run)
                        .append('\n'));
        return text.append("\n")
                .append(alert.data().toPrettyString())
                .append('\n')
                .toString();
    }
}
