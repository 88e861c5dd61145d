package dev.dagkeeper.executors.http;

import dev.dagkeeper.config.Connections;
import dev.dagkeeper.workflow.Durations;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One request as the workflow and the connection want it.
 *
 * @param headers the step's own, by lower-case name
 * @param secretHeaders the connection's, by lower-case name; without those that the step sets itself
 */
record HttpSettings(
        String method,
        URI uri,
        Map<String, String> headers,
        Map<String, String> secretHeaders,
        Optional<byte[]> body,
        Duration timeout,
        Duration connectTimeout,
        ExpectedStatus expected,
        boolean followRedirects) {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    static HttpSettings read(ObjectNode with, Connections connections) throws SettingsException {
        var connection = connection(with, connections);
        var headers = headers(with);
        var secretHeaders = secretHeaders(connection);
        secretHeaders.keySet().removeAll(headers.keySet());
        var body = Optional.ofNullable(with.get("body")).filter(node -> !node.isNull());
        if (body.isPresent() && !body.get().isString() && !secretHeaders.containsKey("content-type")) {
            headers.putIfAbsent("content-type", "application/json");
        }
        return new HttpSettings(
                text(with, "method").orElse("GET").toUpperCase(Locale.ROOT),
                uri(with, connection),
                Map.copyOf(headers),
                Map.copyOf(secretHeaders),
                body.map(node ->
                        (node.isString() ? node.stringValue() : node.toString()).getBytes(StandardCharsets.UTF_8)),
                duration(with, "timeout").orElse(TIMEOUT),
                duration(with, "connect-timeout").orElse(CONNECT_TIMEOUT),
                with.has("expect") ? ExpectedStatus.read(with.get("expect")) : ExpectedStatus.SUCCESS,
                followRedirects(with));
    }

    private static Map<String, String> connection(ObjectNode with, Connections connections) throws SettingsException {
        var name = text(with, "connection");
        if (name.isEmpty()) {
            return Map.of();
        }
        return connections
                .find(name.get())
                .orElseThrow(() -> new SettingsException(
                        "with.connection: this worker has no connection '" + name.get() + "', it has "
                                + connections.byName().keySet() + "; add it under connections: in dagkeeper.yaml"));
    }

    private static URI uri(ObjectNode with, Map<String, String> connection) throws SettingsException {
        var base = Optional.ofNullable(connection.get("url"));
        var given = text(with, "url");
        if (given.isEmpty() && base.isEmpty()) {
            throw new SettingsException("with.url: expected an address, found none");
        }
        var uri = parse(base.isEmpty() ? given.orElseThrow() : join(base.get(), given.orElse("")));
        if (base.isPresent() && !sameOrigin(uri, parse(base.get()))) {
            throw new SettingsException("with.url: expected a path below the connection's url, found another host");
        }
        return uri;
    }

    private static String join(String base, String path) throws SettingsException {
        if (path.contains("://")
                && !path.startsWith("/")
                && !path.startsWith("?")
                && path.indexOf("://") < Math.max(path.indexOf('/'), 1)) {
            throw new SettingsException(
                    "with.url: expected a path below the connection's url, such as /orders, found a whole address");
        }
        if (path.isEmpty() || path.startsWith("?")) {
            return base + path;
        }
        return (base.endsWith("/") ? base.substring(0, base.length() - 1) : base)
                + (path.startsWith("/") ? path : "/" + path);
    }

    private static URI parse(String text) throws SettingsException {
        try {
            var uri = new URI(text);
            var scheme = uri.getScheme();
            if (("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme)) && uri.getHost() != null) {
                return uri;
            }
        } catch (URISyntaxException malformed) {
            throw new SettingsException("with.url: not an address, at character " + malformed.getIndex() + ": "
                    + malformed.getReason() + "; encode special characters as %XX");
        }
        throw new SettingsException(
                "with.url: expected an address that begins with http:// or https:// and names a host");
    }

    static boolean sameOrigin(URI one, URI other) {
        return one.getScheme().equalsIgnoreCase(other.getScheme())
                && one.getHost().equalsIgnoreCase(other.getHost())
                && one.getPort() == other.getPort();
    }

    private static Map<String, String> headers(ObjectNode with) throws SettingsException {
        var headers = new TreeMap<String, String>();
        var setting = with.get("headers");
        if (setting == null || setting.isNull()) {
            return headers;
        }
        if (!setting.isObject()) {
            throw new SettingsException("with.headers: expected names and values, found " + setting);
        }
        setting.properties()
                .forEach(header -> headers.put(
                        header.getKey().toLowerCase(Locale.ROOT),
                        header.getValue().isString()
                                ? header.getValue().stringValue()
                                : header.getValue().toString()));
        return headers;
    }

    private static Map<String, String> secretHeaders(Map<String, String> connection) {
        var headers = new TreeMap<String, String>();
        connection.forEach((key, value) -> {
            if (key.startsWith("headers.")) {
                headers.put(key.substring("headers.".length()).toLowerCase(Locale.ROOT), value);
            }
        });
        var token = connection.get("token");
        var user = connection.get("user");
        if (token != null) {
            headers.putIfAbsent("authorization", "Bearer " + token);
        } else if (user != null) {
            var pair = user + ":" + connection.getOrDefault("password", "");
            var encoded = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
            headers.putIfAbsent("authorization", "Basic " + encoded);
        }
        return headers;
    }

    private static boolean followRedirects(ObjectNode with) throws SettingsException {
        var setting = with.get("follow-redirects");
        if (setting == null) {
            return true;
        }
        if (!setting.isBoolean()) {
            throw new SettingsException("with.follow-redirects: expected true or false, found " + setting);
        }
        return setting.booleanValue();
    }

    private static Optional<Duration> duration(ObjectNode with, String key) throws SettingsException {
        var text = text(with, key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        var duration = Durations.parse(text.get()).filter(Duration::isPositive);
        if (duration.isEmpty()) {
            throw new SettingsException(
                    "with." + key + ": expected a duration such as 30s, found '" + text.get() + "'");
        }
        return duration;
    }

    private static Optional<String> text(ObjectNode with, String key) throws SettingsException {
        JsonNode setting = with.get(key);
        if (setting == null || setting.isNull()) {
            return Optional.empty();
        }
        if (!setting.isString()) {
            throw new SettingsException("with." + key + ": expected a string, found " + setting);
        }
        return Optional.of(setting.stringValue());
    }
}
