package dev.dagkeeper.api.client;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a server answers, and what to show it.
 *
 * @param url {@code http} or {@code https} with a host; a path is a prefix of every request's
 * @param token bearer token, absent where the server wants none
 */
public record ServerAddress(URI url, Optional<String> token) {
    public ServerAddress {
        var scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!(scheme.equals("http") || scheme.equals("https")) || url.getHost() == null) {
            throw new IllegalArgumentException(
                    "'" + url + "' is not a server's address; expected something like http://127.0.0.1:8080");
        }
    }

    /** The full address of a path that begins with a slash and is encoded already. */
    URI resolve(String path) {
        var base = url.toString();
        return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return url.toString();
    }
}
