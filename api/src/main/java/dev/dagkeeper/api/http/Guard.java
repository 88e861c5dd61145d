package dev.dagkeeper.api.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Who may talk to the server. Immutable and thread-safe. */
final class Guard {
    private static final String SCHEME = "bearer ";

    private final byte[] token;
    private final Set<String> hosts;

    Guard(HttpSettings settings) {
        token = settings.token().getBytes(StandardCharsets.UTF_8);
        var host = settings.host().toLowerCase(Locale.ROOT);
        var names = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));
        names.add(host.contains(":") ? "[" + host + "]" : host);
        hosts = Set.copyOf(names);
    }

    /**
     * Refuses names that are not this server's: a web page whose name was made to mean 127.0.0.1 must not reach it.
     *
     * @throws ApiProblem 421
     */
    void checkHost(Optional<String> header) {
        var host = header.map(Guard::withoutPort).orElse("");
        if (!hosts.contains(host)) {
            throw ApiProblem.of(
                    421, "misdirected", "expected a Host of this machine, such as localhost, found '" + host + "'");
        }
    }

    /**
     * Wants the token.
     *
     * @throws ApiProblem 401
     */
    void checkToken(Optional<String> authorization) {
        var given = authorization
                .filter(value -> value.toLowerCase(Locale.ROOT).startsWith(SCHEME))
                .map(value -> value.substring(SCHEME.length()).strip());
        if (given.isEmpty()) {
            throw unauthenticated("expected the header Authorization: Bearer TOKEN");
        }
        if (!MessageDigest.isEqual(given.get().getBytes(StandardCharsets.UTF_8), token)) {
            throw unauthenticated("the bearer token is not this server's; it changes when the server is started again");
        }
    }

    private static ApiProblem unauthenticated(String detail) {
        return ApiProblem.of(401, "unauthenticated", detail).with("WWW-Authenticate", "Bearer realm=\"dagkeeper\"");
    }

    private static String withoutPort(String host) {
        var colon = host.lastIndexOf(':');
        var bare = colon > host.lastIndexOf(']') && colon >= 0 ? host.substring(0, colon) : host;
        return bare.strip().toLowerCase(Locale.ROOT);
    }
}
