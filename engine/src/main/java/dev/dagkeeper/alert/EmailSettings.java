package dev.dagkeeper.alert;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * How alerts go by e-mail.
 *
 * @param server {@code smtp://HOST:PORT}, which is encrypted (STARTTLS) where the server offers it, or
 *     {@code smtps://HOST:PORT}, which always is
 * @param from the sender's address
 * @param to the receivers' addresses
 * @param login never sent over a connection that is not encrypted
 */
public record EmailSettings(URI server, String from, List<String> to, Optional<Login> login) {
    public EmailSettings {
        to = List.copyOf(to);
    }

    /** Whether all is encrypted from the beginning. */
    boolean isSecure() {
        return "smtps".equals(server.getScheme());
    }

    /** Who the server is told to be. Its text does not show the password. */
    public record Login(String user, String password) {
        @Override
        public String toString() {
            return user + ":***";
        }
    }
}
