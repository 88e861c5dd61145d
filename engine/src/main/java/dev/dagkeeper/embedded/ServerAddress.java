package dev.dagkeeper.embedded;

import java.net.URI;
import java.util.HashMap;
import java.util.Optional;

/**
 * Where the server of a data directory listens.
 *
 * @param url of its HTTP interface
 * @param token a bearer token for clients of the user who owns the directory
 * @param pid of the server's process
 */
public record ServerAddress(URI url, String token, long pid) {
    public ServerAddress {
        if (token.isBlank() || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException("a token is printable ASCII without spaces");
        }
        if (pid <= 0) {
            throw new IllegalArgumentException("pid " + pid);
        }
    }

    /** One {@code key=value} a line. Plain text, because clients that only ask are to start fast. */
    String format() {
        return "url=" + url + "\ntoken=" + token + "\npid=" + pid + "\n";
    }

    /** Reads {@link #format()}; anything else is no address. */
    static Optional<ServerAddress> parse(String text) {
        var values = new HashMap<String, String>();
        text.lines().forEach(line -> {
            var equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        });
        var url = values.get("url");
        var token = values.get("token");
        var pid = values.get("pid");
        if (url == null || token == null || pid == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ServerAddress(URI.create(url), token, Long.parseLong(pid)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "ServerAddress[" + url + ", pid " + pid + "]";
    }
}
