package dev.dagkeeper.config;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A Postgres database.
 *
 * @param jdbcUrl for the driver; may hold a password among its parameters
 * @param user to log in as, when the URL does not say
 * @param password of the user
 */
public record PostgresUrl(String jdbcUrl, Optional<String> user, Optional<String> password) {
    private static final String EXPECTED =
            "expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE or jdbc:postgresql://HOST:PORT/DATABASE";

    /**
     * Reads the notation of Postgres itself, or that of JDBC.
     *
     * @throws IllegalArgumentException when the text is neither; the message does not repeat it, for its password
     */
    public static PostgresUrl parse(String text) {
        if (text.startsWith("jdbc:postgresql:")) {
            return new PostgresUrl(text, Optional.empty(), Optional.empty());
        }
        var uri = uri(text);
        var scheme = uri.getScheme();
        if (scheme == null || !scheme.matches("postgres(ql)?") || uri.getRawAuthority() == null) {
            throw new IllegalArgumentException(EXPECTED);
        }
        var authority = uri.getRawAuthority();
        var at = authority.lastIndexOf('@');
        var query = uri.getRawQuery();
        var jdbcUrl = "jdbc:postgresql://" + authority.substring(at + 1) + uri.getRawPath()
                + (query == null ? "" : "?" + query);
        if (at < 0) {
            return new PostgresUrl(jdbcUrl, Optional.empty(), Optional.empty());
        }
        var login = authority.substring(0, at).split(":", 2);
        return new PostgresUrl(
                jdbcUrl,
                Optional.of(decode(login[0])),
                login.length == 2 ? Optional.of(decode(login[1])) : Optional.empty());
    }

    private static URI uri(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            // Its message would repeat the password.
            throw new IllegalArgumentException(EXPECTED);
        }
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Without what may be secret. */
    @Override
    public String toString() {
        return jdbcUrl.replaceFirst("\\?.*", "");
    }
}
