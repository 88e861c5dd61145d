package dev.dagkeeper.api.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;

/** Builds encoded paths with queries. */
final class Paths {
    private final StringBuilder path;
    private final StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");

    private Paths(String path) {
        this.path = new StringBuilder(path);
    }

    /** A path under a run. */
    static Paths run(String id, String rest) {
        return new Paths("/v1/runs/" + encode(id) + rest);
    }

    /** A path made of the given part as it is and segments to be encoded. */
    static Paths of(String path, String... segments) {
        var built = new Paths(path);
        for (var segment : segments) {
            built.path.append('/').append(encode(segment));
        }
        return built;
    }

    Paths with(String name, Object value) {
        query.add(name + "=" + URLEncoder.encode(value.toString(), StandardCharsets.UTF_8));
        return this;
    }

    @Override
    public String toString() {
        return path + query.toString();
    }

    private static String encode(String segment) {
        // URLEncoder writes forms, where a blank is a plus; in a path it is %20. An @ may stand as it is.
        return URLEncoder.encode(segment, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%40", "@");
    }
}
